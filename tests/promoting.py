"""Somebody who looks after the configuration, and the other instance as a test plays it: it signs with its own key."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password

from cpims.access.rules.catalogue import ADMIN_RESOURCES
from cpims.accounts.models import Agency, Role, User
from cpims.configuration.actions import publish_version
from cpims.configuration.formats.canonical import hash_of, written
from cpims.configuration.queries import configuration_document
from cpims.lib.clock import iso, now
from cpims.lib.ids import new_token
from cpims.lib.signing import public_key_of, signed_by
from cpims.promotion.actions.pairing import pair_instance
from cpims.promotion.formats.signed import FROM, NONCE, PROMOTION, SIGNATURE, STATE, TIME, said_of_request, signed_file
from cpims.settings.models import Instance
from tests.cast import AT, PASSWORD
from tests.configured import put_home

SEED, STRANGER = b"the other instance's secret seed", b"somebody else's own secret seed!"
OTHER = UUID("0e0e0e0e-0000-4000-8000-000000000001")


def put_stewards(*names: str) -> None:
    """People who look after the configuration and may read no case."""
    put_home()
    permissions = {**{r: ["manage"] for r in ADMIN_RESOURCES}, "primero_configuration": ["manage"]}
    role = Role.objects.create(
        unique_id="role-steward", name="Steward", permissions=permissions, group_permission="admin_only"
    )
    agency, secret = Agency.objects.get(unique_id="agency-a"), make_password(PASSWORD)
    for name in names:
        User.objects.create(
            user_name=name, full_name=name.title(), email=f"{name}@example.org", role=role, agency=agency,
            locale="en", password=secret,
        )  # fmt: skip


def card_of(kind: str, seed: bytes = SEED, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    """What the other instance says of itself."""
    return {"uuid": str(OTHER), "name": "The other", "kind": kind, "url": url, "public_key": public_key_of(seed)}


def paired_demo() -> None:
    """This instance is the demo; its production is played by the test."""
    pair_instance(values=card_of("production"), actor=None, at=AT)


def paired_production() -> None:
    """This instance is production; its demo is played by the test."""
    Instance.objects.update(kind="production")
    publish_version(reason="As it began", actor=None, at=AT)
    pair_instance(values=card_of("demo"), actor=None, at=AT)


def standing_hash() -> str:
    """The hash of what is configured now."""
    return hash_of(written(configuration_document(None)))


def state_of(document: Any, seed: bytes = SEED, **said: Any) -> dict[str, Any]:
    """Production's signed file about itself."""
    told = {
        "format": STATE, "from": str(OTHER), "hash": hash_of(written(document)), "version": 3, "cause": "promotion",
        "changed": False, "closed": True, "promotions": [], "document": document,
    }  # fmt: skip
    return signed_file(seed, told | said)


def set_of(document: Any, seed: bytes = SEED, **said: Any) -> dict[str, Any]:
    """A set of changes as the demo signs it, from what stands here to the document."""
    sent = {
        "format": PROMOTION, "from": str(OTHER), "to": str(Instance.objects.get().uuid), "id": str(uuid4()),
        "number": 1, "title": "Clearer words", "reason": "The workers asked", "base_hash": standing_hash(),
        "target_hash": hash_of(written(document)), "proposed_by": "ida", "proposed_at": iso(AT),
        "approved_by": "omar", "approved_at": iso(AT), "document": document,
    }  # fmt: skip
    return signed_file(seed, sent | said)


def signed_headers(
    path: str, body: Any, *, seed: bytes = SEED, time: str = "", nonce: str = "", receiver: UUID | None = None
) -> dict[str, str]:
    """What the other instance sends around a request."""
    time, nonce = time or iso(now()), nonce or new_token()
    said = said_of_request(
        method="POST", path=path, body=json.dumps(body).encode(), time=time, nonce=nonce, sender=OTHER,
        receiver=receiver or Instance.objects.get().uuid,
    )  # fmt: skip
    return {FROM: str(OTHER), TIME: time, NONCE: nonce, SIGNATURE: signed_by(seed, said)}
