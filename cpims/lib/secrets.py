"""The instance's secrets: one file each, readable by its owner alone, made once."""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

NAMES = ("session", "instance", "ledger")


class SecretMissing(RuntimeError):
    """A secret file is missing or unreadable."""


def make_secrets(folder: Path) -> None:
    """Make each secret file that is not there yet (32 random bytes, hexadecimal, mode 0600)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in NAMES:
        path = folder / f"{name}.key"
        if path.exists():
            continue
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")


@lru_cache(maxsize=8)
def _read(folder: Path, name: str) -> bytes:
    path = folder / f"{name}.key"
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SecretMissing(
            f"The secret file {path} is missing or cannot be read. Restore it from a backup: "
            "without it the stored history cannot be opened."
        ) from error


def secret(name: str) -> bytes:
    """The bytes of one secret of this instance.

    Raises: SecretMissing.
    """
    return _read(settings.ENVIRONMENT.secrets, name)
