"""Letters to this instance: anybody with its public key seals one, and only this instance opens it (HPKE, RFC 9180).

The suite is DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; a letter is the encapsulated key and the ciphertext.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from cpims.lib.crypto import CannotOpen
from cpims.lib.secrets import SecretMissing

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NAME = re.compile(r"^letters-(\d{4})$")


@dataclass(frozen=True)
class LetterBox:
    """A key pair of this instance: its public half is told to devices, the other stays here."""

    number: int
    private: ec.EllipticCurvePrivateKey

    @property
    def point(self) -> bytes:
        """The public key as an uncompressed point (65 bytes)."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def id(self) -> str:
        """Its name: a number, and a mark of the public key."""
        return f"{self.number}-{hashlib.sha256(self.point).hexdigest()[:8]}"

    @property
    def public(self) -> dict[str, str]:
        """What devices are told."""
        return {"id": self.id, "public_key": base64.b64encode(self.point).decode()}


def pair_names(folder: Path) -> list[str]:
    """The names of the key pairs in a folder of secrets, the oldest first."""
    return sorted(path.stem for path in folder.glob("letters-*.key") if NAME.match(path.stem))


def letter_boxes(folder: Path | None = None) -> list[LetterBox]:
    """Every key pair of this instance, the newest first: what was sealed before a change of keys still opens.

    Raises: SecretMissing when one cannot be read.
    """
    where = folder or settings.ENVIRONMENT.secrets
    found = []
    for name in pair_names(where):
        path = where / f"{name}.key"
        try:
            private = ec.derive_private_key(int(path.read_text().strip(), 16), ec.SECP256R1())
        except (OSError, ValueError) as error:
            raise SecretMissing(f"The secret file {path} cannot be read. Restore it from a backup.") from error
        found.append(LetterBox(int(name[-4:]), private))
    return found[::-1]


def letter_box() -> LetterBox:
    """The key pair that devices seal to now; made at the first need.

    Raises: SecretMissing.
    """
    found = letter_boxes()
    return found[0] if found else _make(1)


def renew_letter_box() -> LetterBox:
    """Make the next key pair; the older ones stay, for letters that are on their way."""
    return _make(max((int(name[-4:]) for name in pair_names(settings.ENVIRONMENT.secrets)), default=0) + 1)


def _make(number: int) -> LetterBox:
    folder = settings.ENVIRONMENT.secrets
    scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    draft = folder / f".letters-{secrets.token_hex(8)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(f"{scalar:064x}\n")
        try:
            # Appears whole or not at all; another process may have been first, then its pair holds.
            os.link(draft, folder / f"letters-{number:04d}.key")
        except FileExistsError:
            pass
    finally:
        draft.unlink()
    return letter_boxes()[0]


def open_letter(sealed: bytes, info: bytes) -> bytes:
    """What a letter says, whichever of this instance's keys it was sealed to.

    Raises: CannotOpen.
    """
    for box in letter_boxes():
        try:
            return SUITE.decrypt(sealed, box.private, info=info)
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen("no key of this instance opens this letter")


def seal_letter(public_key: str, plain: bytes, info: bytes) -> bytes:
    """Seal a letter as a device does, to the public key that it was told."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(public_key))
    return SUITE.encrypt(plain, point, info=info)
