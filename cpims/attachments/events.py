"""What can have happened to the files of a record. ``changes`` has the file before and after under its question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FileAttached(Event):
    """A photo, a sound, a paper or a signature was put on a record."""

    name: ClassVar[str] = "file.attached"


@dataclass(frozen=True, kw_only=True)
class FileAmended(Event):
    """What is said with a file was changed."""

    name: ClassVar[str] = "file.amended"


@dataclass(frozen=True, kw_only=True)
class FileDetached(Event):
    """A file was taken off a record, and its bytes erased."""

    name: ClassVar[str] = "file.detached"
