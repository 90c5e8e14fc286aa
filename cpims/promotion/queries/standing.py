"""This instance, the other one, and how they stand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.configuration.formats.canonical import Document, hash_of, written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.versions import document_of, newest_version, require_may_see
from cpims.configuration.rules.differing import Change, changes_between
from cpims.lib.crypto import derive
from cpims.lib.secrets import secret
from cpims.lib.signing import public_key_of
from cpims.promotion.formats.signed import STATE, signed_file
from cpims.promotion.models import Drift, Pair, Promotion
from cpims.promotion.rules.pairs import UNKNOWN, UNPAIRED, Told
from cpims.promotion.rules.refusals import NotPaired
from cpims.settings.models import Instance

#: So many promotions are told to the other instance.
LAST: Final = 50


@dataclass(frozen=True)
class Own:
    """This instance, as the other one needs to know it, and its configuration as it stands."""

    uuid: UUID
    name: str
    kind: str
    closed: bool
    document: Document
    newest: ConfigurationVersion | None

    @property
    def hash(self) -> str:
        """The hash of what stands."""
        return hash_of(written(self.document))

    def told(self) -> Told:
        """How it says that it stands."""
        known = self.hash
        changed = self.newest is not None and self.newest.document_id != known
        number, cause = (self.newest.number, self.newest.cause) if self.newest else (0, "")
        return Told(known, number, cause, changed, self.closed)


@dataclass(frozen=True)
class Standing:
    """The page about the pair: both instances, their state, and the drift of this one with what differs."""

    own: Own
    told: Told
    other: Pair | None
    drift: Drift | None
    changes: list[Change]

    @property
    def state(self) -> str:
        """How the two stand to each other, as far as is known here."""
        return UNPAIRED if self.other is None else self.other.state or UNKNOWN


def signing_seed() -> bytes:
    """The key that this instance signs with; made from its own secret, so that a backup holds it."""
    return derive(secret("instance"), "pair signature")


def card() -> dict[str, str]:
    """What the other instance has to know of this one."""
    instance = Instance.objects.get()
    return {
        "uuid": str(instance.uuid),
        "name": instance.name,
        "kind": instance.kind,
        "url": settings.ENVIRONMENT.public_url.rstrip("/"),
        "public_key": public_key_of(signing_seed()),
    }


def own_standing() -> Own:
    """This instance with its configuration as it stands."""
    instance = Instance.objects.get()
    return Own(
        instance.uuid, instance.name, instance.kind, instance.closed, configuration_document(None), newest_version()
    )


def find_pair() -> Pair | None:
    """The other instance, if there is one."""
    return Pair.objects.filter(ended_at__isnull=True).first()


def get_pair() -> Pair:
    """The other instance.

    Raises: NotPaired.
    """
    found = find_pair()
    if found is None:
        raise NotPaired
    return found


def pair_standing(viewer: Viewer | None) -> Standing:
    """How the pair stands, without asking anybody else.

    Raises: Forbidden. Shows: both instances, their state, drift.
    """
    require_may_see(viewer)
    own = own_standing()
    drift = Drift.objects.filter(resolved_at__isnull=True).first()
    changes = changes_between(document_of(own.newest), own.document) if drift and own.newest else []
    return Standing(own, own.told(), find_pair(), drift, changes)


def state_said(own: Own) -> dict[str, Any]:
    """How this instance is configured, as it is told to the other one."""
    told = own.told()
    return {
        "format": STATE,
        "from": str(own.uuid),
        "hash": told.hash,
        "version": told.version,
        "cause": told.cause,
        "changed": told.changed,
        "closed": told.closed,
        "promotions": [str(found) for found in _received()],
        "document": own.document,
    }


def _received() -> list[UUID]:
    """The last promotions that hold here, so that the other instance learns of files that were carried by hand."""
    rows = Promotion.objects.filter(rolled_back_at__isnull=True).order_by("-received_at")
    return list(rows.values_list("pk", flat=True)[:LAST])


def state_file(viewer: Viewer) -> dict[str, Any]:
    """How this instance is configured, as a signed file that is carried to the other one.

    Raises: Forbidden.
    """
    require_may_see(viewer)
    return signed_file(signing_seed(), state_said(own_standing()))
