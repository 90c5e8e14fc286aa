"""Bytes that people send, to bytes that are kept: known by what they are, without where and by whom they were made."""

from cpims.attachments.formats.cleaning import Cleaned, clean
from cpims.attachments.formats.refusing import Unusable
from cpims.attachments.formats.sniffing import content_type_of

__all__ = ["Cleaned", "Unusable", "clean", "content_type_of"]
