"""The backup file: a tar with an open manifest and three sealed members (database, files, secrets and counts)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psycopg.conninfo

from cpims.lib.postgres import MAJOR, find_binaries
from cpims.lib.processes import spawn, stop
from cpims.management.launch.sealing import key_from, unseal
from cpims.management.launch.words import Stop

FORMAT = 1
MANIFEST, DATABASE, FILES, INSIDE = "manifest.json", "database.dump.sealed", "files.tar.sealed", "inside.json.sealed"


def client_program(name: str, server_major: int) -> Path:
    """A PostgreSQL client program new enough for that server.

    Raises: Stop.
    """
    if server_major <= MAJOR:
        return find_binaries() / name
    found = shutil.which(name)
    if found is None:
        raise Stop("ops.backup.no_client", name=name, major=server_major)
    return Path(found)


def connection(address: str) -> tuple[str, dict[str, str]]:
    """The address without its password, and an environment that holds the password: process lists are public."""
    parts = psycopg.conninfo.conninfo_to_dict(address)
    password = parts.pop("password", None)
    env = dict(os.environ)
    if password is not None:
        env["PGPASSWORD"] = str(password)
    return psycopg.conninfo.make_conninfo("", **parts), env


@contextmanager
def program(argv: list[str | Path], env: dict[str, str], errors: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a client program with its output on a pipe; its complaints go to a file."""
    with errors.open("wb") as complaints:
        child = spawn(argv, env=env, output=subprocess.PIPE, errors=complaints)
    try:
        yield child
    finally:
        stop(child, patience=5)
        if child.stdout is not None:
            child.stdout.close()


@dataclass(frozen=True)
class Backup:
    """A backup file, opened with its passphrase."""

    path: Path
    key: bytes
    manifest: dict[str, Any]

    def stream(self, member: str) -> Iterator[bytes]:
        """The open content of one sealed member.

        Raises: Stop.
        """
        with tarfile.open(self.path) as archive:
            source = archive.extractfile(member)
            if source is None:
                raise Stop("ops.backup.not_ours", path=self.path)
            yield from unseal(source, self.key, member)

    def inside(self) -> dict[str, Any]:
        """The secrets and counts.

        Raises: Stop.
        """
        found: dict[str, Any] = json.loads(b"".join(self.stream(INSIDE)))
        return found

    def check(self) -> None:
        """Read everything: each sealed chunk, the list of the database dump, the list of the files.

        Raises: Stop.
        """
        inside = self.inside()
        with tarfile.open(self.path) as archive:
            for member, digest in self.manifest["sha256"].items():
                source = archive.extractfile(member)
                if source is None or _digest(source) != digest:
                    raise Stop("ops.backup.damaged", path=self.path, member=member)
        listing = [find_binaries() / "pg_restore", "--list"]
        child = subprocess.Popen(
            [str(part) for part in listing],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdin is not None
        try:
            feed(self.stream(DATABASE), child.stdin)
        finally:
            code = child.wait()
        if code != 0:
            raise Stop("ops.backup.damaged", path=self.path, member=DATABASE)
        reader = ChunkReader(self.stream(FILES))
        with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|") as files:
            found = sum(1 for entry in files if entry.isfile())
        for _ in reader.rest():
            pass
        if found != inside["files"]:
            raise Stop("ops.backup.damaged", path=self.path, member=FILES)


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


class ChunkReader:
    """A file to read from, fed by an iterator of bytes."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        """Read from these chunks."""
        self._chunks = iter(chunks)
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes."""
        parts = [self._held]
        length = len(self._held)
        while size < 0 or length < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            parts.append(chunk)
            length += len(chunk)
        whole = b"".join(parts)
        if size < 0:
            size = len(whole)
        self._held = whole[size:]
        return whole[:size]

    def rest(self) -> Iterator[bytes]:
        """What has not been read yet; reading to the end also checks it."""
        self._held = b""
        yield from self._chunks


def feed(chunks: Iterable[bytes], target: IO[bytes]) -> None:
    """Write chunks into a program's input and close it; a program that has seen enough may stop listening."""
    try:
        for chunk in chunks:
            target.write(chunk)
    except BrokenPipeError:
        for _ in chunks:
            pass
    try:
        target.close()
    except BrokenPipeError:
        pass


def open_backup(path: Path, passphrase: str) -> Backup:
    """Open a backup file.

    Raises: Stop.
    """
    try:
        with tarfile.open(path) as archive:
            source = archive.extractfile(MANIFEST)
            manifest = json.load(source) if source is not None else {}
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        raise Stop("ops.backup.not_ours", path=path) from error
    if manifest.get("format") != FORMAT:
        raise Stop("ops.backup.other_format", path=path, found=manifest.get("format"))
    return Backup(path, key_from(passphrase, bytes.fromhex(manifest["salt"])), manifest)
