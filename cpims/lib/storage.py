"""Where sealed bytes lie: a folder of this machine, or any store that speaks S3. It sees names without meaning and sealed bytes."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import parse_qsl, urlsplit

#: Names that we make: numbers of random ids, in two parts. Nothing that anybody typed is ever in one.
NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\.[a-z0-9]{1,20}")


class BytesMissing(LookupError):
    """The store does not have these bytes."""


class BadStore(ValueError):
    """The address of the store cannot be used."""


class Store(Protocol):
    """What we ask of a place for bytes."""

    def put(self, name: str, sealed: bytes) -> None:
        """Keep bytes under a name; what was there before is replaced, all at once."""

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes from ``offset`` on, at most ``length``.

        Raises: BytesMissing.
        """

    def remove(self, name: str) -> None:
        """Forget bytes; it does not matter whether there are any."""

    def names(self) -> Iterator[str]:
        """Every name."""


def checked(name: str) -> str:
    """A name, when it is one of ours: it becomes part of a path."""
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return name


class FolderStore:
    """Bytes as files below a folder, for its owner alone."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made with the first bytes."""
        self.folder = folder

    def put(self, name: str, sealed: bytes) -> None:
        """Write beside and rename: never half a file, and on the disk before anybody is told."""
        path = self.folder / checked(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes of a file.

        Raises: BytesMissing.
        """
        try:
            with (self.folder / checked(name)).open("rb") as file:
                file.seek(offset)
                return file.read(-1 if length is None else length)
        except FileNotFoundError as error:
            raise BytesMissing(name) from error

    def remove(self, name: str) -> None:
        """Delete a file."""
        (self.folder / checked(name)).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Every file that is one of ours."""
        for path in sorted(self.folder.glob("*/*")) if self.folder.is_dir() else []:
            name = path.relative_to(self.folder).as_posix()
            if NAME.fullmatch(name) and path.is_file() and not path.is_symlink():
                yield name


class BucketStore:
    """Bytes as objects of a bucket, in any store that speaks S3."""

    def __init__(self, address: str) -> None:
        """``s3://bucket/folder?endpoint=https://…&region=…``; key and secret come from ``AWS_ACCESS_KEY_ID`` and
        ``AWS_SECRET_ACCESS_KEY``, or from where the machine has its identity.

        Raises: BadStore.
        """
        from obstore.store import S3Store

        parts = urlsplit(address)
        options = dict(parse_qsl(parts.query))
        unknown = options.keys() - {"endpoint", "region"}
        if parts.scheme != "s3" or not parts.hostname or unknown:
            raise BadStore("s3://bucket/folder?endpoint=https://…&region=…")
        endpoint = options.get("endpoint")
        settings: dict[str, Any] = {"region": options.get("region", "us-east-1"), "virtual_hosted_style_request": False}
        if endpoint:
            settings["endpoint"] = endpoint
        plain = bool(endpoint) and urlsplit(endpoint or "").scheme == "http"
        self.store = S3Store(
            parts.hostname,
            prefix=parts.path.strip("/") or None,
            config=cast(Any, settings),
            client_options={"allow_http": plain, "timeout": "60s", "connect_timeout": "5s"},
        )

    def put(self, name: str, sealed: bytes) -> None:
        """Keep an object."""
        import obstore

        obstore.put(self.store, checked(name), sealed)

    def read(self, name: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes of an object; only those that were asked for travel.

        Raises: BytesMissing.
        """
        import obstore
        from obstore.exceptions import NotFoundError

        try:
            if length is None:
                whole = bytes(obstore.get(self.store, checked(name)).bytes())
                return whole[offset:]
            return bytes(obstore.get_range(self.store, checked(name), start=offset, length=length))
        except (FileNotFoundError, NotFoundError) as error:
            raise BytesMissing(name) from error

    def remove(self, name: str) -> None:
        """Delete an object."""
        import obstore
        from obstore.exceptions import NotFoundError

        try:
            obstore.delete(self.store, checked(name))
        except (FileNotFoundError, NotFoundError):
            pass

    def names(self) -> Iterator[str]:
        """Every object that is one of ours."""
        import obstore

        for page in obstore.list(self.store):
            for entry in page:
                if NAME.fullmatch(entry["path"]):
                    yield entry["path"]


@lru_cache(maxsize=4)
def open_store(folder: Path, address: str = "") -> Store:
    """The store of an instance: its folder, unless an address was given.

    Raises: BadStore.
    """
    return BucketStore(address) if address else FolderStore(folder)
