"""Seals: authenticated encryption, keyed digests, keys wrapped by keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random_source

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class CannotOpen(ValueError):
    """The bytes were not sealed with this key, or were changed."""


def new_key() -> bytes:
    """A fresh 256-bit key."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, plain: bytes, context: bytes = b"") -> bytes:
    """Encrypt so that any change is noticed (AES-256-GCM, random nonce in front)."""
    nonce = random_source.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes = b"") -> bytes:
    """Decrypt what :func:`seal` made.

    Raises: CannotOpen.
    """
    try:
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], context)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("sealed bytes do not open with this key") from error


def digest(key: bytes, *parts: bytes) -> bytes:
    """A keyed digest (HMAC-SHA-256) over parts, each prefixed by its length."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        mac.update(len(part).to_bytes(8, "big"))
        mac.update(part)
    return mac.digest()


def derive(key: bytes, purpose: str) -> bytes:
    """A key for one purpose, made from another key."""
    return hmac.new(key, purpose.encode(), hashlib.sha256).digest()


def same(left: bytes | str, right: bytes | str) -> bool:
    """Compare without telling by the time it takes."""
    a = left.encode() if isinstance(left, str) else left
    b = right.encode() if isinstance(right, str) else right
    return hmac.compare_digest(a, b)
