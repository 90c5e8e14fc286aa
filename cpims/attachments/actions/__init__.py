"""Sending files, putting them on records, taking them off, erasing their bytes."""

from cpims.attachments.actions.attaching import Attached, amend_file, attach_file, detach_file
from cpims.attachments.actions.erasing import erase_bytes, sweep_uploads
from cpims.attachments.actions.sending import begin_upload, drop_upload, finish_upload, send_whole, take_piece

__all__ = [
    "Attached",
    "amend_file",
    "attach_file",
    "begin_upload",
    "detach_file",
    "drop_upload",
    "erase_bytes",
    "finish_upload",
    "send_whole",
    "sweep_uploads",
    "take_piece",
]
