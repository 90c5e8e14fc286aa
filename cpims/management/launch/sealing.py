"""Sealing a stream with a passphrase: nothing of it can be read, changed, cut short or swapped without it.

A stream is cut into chunks of one mebibyte; each is encrypted with AES-256-GCM under a key made from the passphrase
(scrypt) and the stream's name. The chunk's number is its nonce, and the last chunk is marked as the last.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cpims.management.launch.words import Stop, text

CHUNK = 1 << 20
TAG = 16
SHORTEST = 12
"""Characters of a passphrase, at least."""


def key_from(passphrase: str, salt: bytes) -> bytes:
    """The key of one backup; deliberately slow to compute (128 MiB of memory)."""
    return Scrypt(salt=salt, length=32, n=1 << 17, r=8, p=1).derive(passphrase.encode())


def _cipher(key: bytes, name: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=f"cpims-backup:{name}".encode()).derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


class Sealer:
    """A file to write to; what is written comes out sealed."""

    def __init__(self, target: IO[bytes], key: bytes, name: str) -> None:
        """Seal into ``target`` under the stream's name."""
        self._target = target
        self._cipher = _cipher(key, name)
        self._held = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk. Without it the stream counts as cut short."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number), chunk, b"last" if last else b"more"))
        self._number += 1


def unseal(source: IO[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """The chunks of a sealed stream, each checked before it is handed out.

    Raises: Stop when the passphrase is wrong or the stream was changed or cut.
    """
    cipher = _cipher(key, name)
    chunk, number = _read(source), 0
    while True:
        following = _read(source)
        try:
            yield cipher.decrypt(_nonce(number), chunk, b"more" if following else b"last")
        except InvalidTag as error:
            raise Stop("ops.backup.cannot_open", name=name) from error
        if not following:
            return
        chunk, number = following, number + 1


def _read(source: IO[bytes]) -> bytes:
    found = bytearray()
    while len(found) < CHUNK + TAG:
        part = source.read(CHUNK + TAG - len(found))
        if not part:
            break
        found += part
    return bytes(found)


def ask_passphrase(file: str, *, twice: bool) -> str:
    """The passphrase: from the file named on the command line or in CPIMS_PASSPHRASE_FILE, or typed.

    Raises: Stop.
    """
    file = file or os.environ.get("CPIMS_PASSPHRASE_FILE", "")
    if file:
        try:
            found = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Stop("ops.backup.passphrase_file", path=file, why=error.strerror or str(error)) from error
    elif sys.stdin.isatty():
        found = getpass.getpass(text("ops.backup.ask"))
        if twice and getpass.getpass(text("ops.backup.ask_again")) != found:
            raise Stop("ops.backup.differ")
    else:
        raise Stop("ops.backup.passphrase_needed")
    if len(found) < SHORTEST:
        raise Stop("ops.backup.passphrase_short", shortest=SHORTEST)
    return found
