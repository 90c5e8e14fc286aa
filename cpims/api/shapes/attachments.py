"""Files: on their way, and on records."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Day, Shape

FileKind = Literal["image", "audio", "document", "signature"]


class UploadWanted(Shape):
    """A file that is going to be sent."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: str = Field(description="a random UUID, made on the device")
    attachment_type: FileKind
    size: int = Field(description="in bytes", ge=1)
    sha256: str = Field(description="of the file as it lies on the device, in lower-case hex")
    record_type: Literal["cases"]
    record_id: str = Field(description="the record need not be here yet")
    field_name: str


class Upload(Shape):
    """How far a file is."""

    id: str
    state: Literal["open", "ready", "refused", "attached"]
    size: int
    received: int = Field(description="where the next piece begins")
    largest_piece: int
    content_type: str | None = None
    has_thumbnail: bool | None = None


class AttachmentWrite(Shape):
    """A file in one request."""

    model_config = ConfigDict(strict=True, extra="allow")

    field_name: str
    attachment_type: FileKind
    attachment: str = Field(description="the bytes in base64, without a prefix")
    file_name: str | None = None
    date: Day | None = None
    description: str | None = None
    is_current: bool | None = None
    comments: str | None = None
    signature_provided_by: str | None = None


class AttachmentChange(Shape):
    """What is said with a file; the file itself is never changed."""

    model_config = ConfigDict(strict=True, extra="allow")

    date: Day | None = None
    description: str | None = None
    is_current: bool | None = None
    comments: str | None = None
    signature_provided_by: str | None = None


class Attachment(Shape):
    """A file of a record; what has no value is left out. A signature has the names that begin with ``signature``."""

    id: int
    unique_id: str | None = Field(None, description="the id of the upload that it came from")
    field_name: str | None = None
    file_name: str | None = None
    date: Day | None = None
    description: str | None = None
    is_current: bool | None = None
    comments: str | None = None
    signature_provided_on: Day | None = None
    signature_provided_by: str | None = None
    signature_created_by_user: str | None = None
    attachment_url: str | None = None
    thumbnail_url: str | None = Field(None, description="for pictures only")
    content_type: str | None = None
    size: int | None = None
    record: dict[str, Any] | None = Field(None, description="what changed of the record, after an act")
