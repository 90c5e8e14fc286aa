"""What a device sealed, this server opens: the same letters in both languages."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cpims.lib.letters import SUITE, seal_letter
from tests.running import ROOT

VECTORS: dict[str, Any] = json.loads((ROOT / "contracts" / "vectors" / "sealing.json").read_text())
KEY = VECTORS["key"]
PRIVATE = ec.derive_private_key(int(KEY["scalar"], 16), ec.SECP256R1())


def test_the_public_key_is_that_of_the_private_one() -> None:
    point = PRIVATE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert base64.b64decode(KEY["public_key"]) == point


@pytest.mark.parametrize("letter", VECTORS["letters"], ids=["item", "empty", "no purpose", "long"])
def test_a_letter_of_a_device_opens(letter: dict[str, str]) -> None:
    sealed = base64.b64decode(letter["sealed"])
    assert SUITE.decrypt(sealed, PRIVATE, info=letter["info"].encode()).decode() == letter["plain"]
    with pytest.raises(InvalidTag):
        SUITE.decrypt(sealed, PRIVATE, info=letter["info"].encode() + b"?")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    with pytest.raises(InvalidTag):
        SUITE.decrypt(changed, PRIVATE, info=letter["info"].encode())


def test_a_letter_sealed_here_opens_by_the_same_key() -> None:
    sealed = seal_letter(KEY["public_key"], b"Noor", b"cpims/handover/1")
    assert SUITE.decrypt(sealed, PRIVATE, info=b"cpims/handover/1") == b"Noor"
