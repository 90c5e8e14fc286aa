"""The routes of files, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import attachments as a
from cpims.api.shapes.envelope import Changed
from cpims.api.shapes.route import V1, V2, WRITING, Route

FILES, ONE, UPLOAD = f"{V2}/cases/{{id}}/attachments", "cases/{id}/attachments/{id}", f"{V1}/uploads/{{id}}"
BYTES = "application/octet-stream"

ATTACHMENT_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{V1}/uploads"): Route(
        "Begin to send a file, or ask how far it is", a.Upload, request=a.UploadWanted, statuses=(404, 409)
    ),
    ("GET", UPLOAD): Route("How far a file of one's own is", a.Upload),
    ("PATCH", f"{UPLOAD}/{{id}}"): Route(
        "Send the piece of a file that begins at this place", a.Upload, takes=BYTES, statuses=(409, 415, 422)
    ),
    ("POST", f"{UPLOAD}/finish"): Route(
        "All of a file was sent: look at it, clean it, keep it", a.Upload, statuses=(409, 422)
    ),
    ("DELETE", UPLOAD): Route("Drop a file that was being sent", statuses=(204,)),
    ("POST", FILES): Route(
        "Put a file on a case",
        a.Attachment,
        metadata=Changed,
        request=a.AttachmentWrite,
        headers=WRITING,
        statuses=(409,),
    ),
    ("PATCH", f"{V2}/{ONE}"): Route(
        "Change what is said with a file", a.Attachment, metadata=Changed, request=a.AttachmentChange, headers=WRITING
    ),
    ("DELETE", f"{V2}/{ONE}"): Route("Take a file off a case and erase its bytes", statuses=(204,)),
    ("GET", f"{V2}/{ONE}"): Route("The bytes of a file", media=BYTES, headers=("Range",), statuses=(206, 416)),
    ("GET", f"{V1}/{ONE}/thumbnail"): Route("A small picture of a file", media="image/jpeg"),
}
