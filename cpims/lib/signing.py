"""Signatures: who holds the key said exactly this (Ed25519)."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def public_key_of(seed: bytes) -> str:
    """The public half of the key that 32 secret bytes make, as text."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()).decode()


def signed_by(seed: bytes, said: bytes) -> str:
    """The signature over some bytes, as text."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(said)).decode()


def is_public_key(text: str) -> bool:
    """Is this the public half of such a key?"""
    return _key(text) is not None


def is_signed(public_key: str, said: bytes, signature: str) -> bool:
    """Did the holder of the key sign these very bytes?"""
    key = _key(public_key)
    if key is None:
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), said)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _key(text: str) -> Ed25519PublicKey | None:
    try:
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw) if len(raw) == 32 else None
    except (binascii.Error, ValueError):
        return None
