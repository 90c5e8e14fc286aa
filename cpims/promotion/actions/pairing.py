"""Naming the other instance, asking how it stands, and keeping what it told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.configuration.actions.publishing import keep_version
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.lib.messages import sentence
from cpims.lib.transactions import atomic
from cpims.promotion.events import ChangeSetPromoted, InstancePaired, PairStateChanged
from cpims.promotion.formats.signed import SentState
from cpims.promotion.models import ChangeSet, Pair
from cpims.promotion.queries.asking import fetch_state
from cpims.promotion.queries.standing import find_pair, get_pair, own_standing
from cpims.promotion.rules.moves import APPROVED, PROMOTED
from cpims.promotion.rules.pairs import IN_SYNC, Told, pair_problems, state_of
from cpims.promotion.rules.refusals import PairInvalid, PairTaken
from cpims.settings.actions import hold_configuration
from cpims.settings.queries import configuration_number, settings_at

KEYS = ("uuid", "name", "kind", "url", "public_key")


@atomic
def pair_instance(*, values: Mapping[str, str], actor: Viewer | None, at: datetime) -> Pair:
    """An operator (no actor) or administrator names the other instance; a production is closed by that.

    Whoever holds the other instance's key decides what comes: once there is a pair, only an operator names another.
    Raises: Forbidden, PairInvalid, PairTaken.
    Records: InstancePaired, and ConfigurationPublished for what a production begins with.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    instance = hold_configuration()
    said = {key: values.get(key, "").strip() for key in KEYS}
    problems = pair_problems(own_kind=instance.kind, own_uuid=str(instance.uuid), **_all_but(said, "name"))
    uuid = read_id(said["uuid"])
    if uuid is None or not said["name"]:
        problems.append(Problem("/name" if uuid else "/uuid", "pair.name" if uuid else "pair.uuid"))
    if problems or uuid is None:
        raise PairInvalid(problems)
    held = find_pair()
    if held is not None and (held.uuid != uuid or held.public_key != said["public_key"]):
        if actor is not None:
            raise PairTaken(name=held.name)
        held.ended_at = at
        held.save(update_fields=["ended_at"])
    pair = _written(uuid, said, actor, at)
    if instance.kind == "production":
        instance.closed = True
        instance.save(update_fields=["closed"])
        locale = settings_at(configuration_number()).default_locale
        reason = sentence(locale, "admin.promotion.begins_with", name=pair.name)
        keep_version(cause="publish", actor=actor, at=at, reason=reason, again=False)
    about = {key: said[key] for key in KEYS} | {"closed": instance.closed}
    record(InstancePaired(subject=f"pair:{uuid}", about=about), actor=actor, at=at)
    return pair


def _all_but(said: Mapping[str, str], left: str) -> dict[str, str]:
    return {key: text for key, text in said.items() if key != left}


def _written(uuid: UUID, said: Mapping[str, str], actor: Viewer | None, at: datetime) -> Pair:
    pair, made = Pair.objects.get_or_create(pk=uuid, defaults={**_all_but(said, "uuid"), "paired_at": at})
    changed = made or pair.ended_at is not None or pair.public_key != said["public_key"]
    for key in ("name", "kind", "url", "public_key"):
        setattr(pair, key, said[key])
    if changed:
        pair.paired_at, pair.paired_by, pair.ended_at = at, actor.user_name if actor else None, None
        pair.agreed_hash = pair.last_hash = pair.last_version = pair.last_seen_at = None
        pair.state, pair.state_since = "unknown", at
    pair.save()
    return pair


def check_pair(*, actor: Viewer | None, at: datetime) -> Pair:
    """An operator (no actor: each night, too) or administrator asks the other instance how it stands.

    Raises: Forbidden, NotPaired, Unreachable, AnswerNotProven, OtherRefused.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    return hear_state(state=fetch_state(get_pair()), actor=actor, at=at)


@atomic
def hear_state(*, state: SentState, actor: Viewer | None, at: datetime) -> Pair:
    """What the other instance said of itself is kept, with what follows for the two.

    A set that it took from a file is promoted by that.
    Raises: NotPaired.
    Records: PairStateChanged, ChangeSetPromoted; nothing when all stands as before.
    """
    told = Told(state.hash, state.version, state.cause, state.changed, state.closed)
    pair = hear_told(told=told, actor=actor, at=at)
    for row in ChangeSet.objects.select_for_update().filter(state=APPROVED, pk__in=_ids(state.promotions)):
        row.state, row.promoted_at = PROMOTED, at
        row.save(update_fields=["state", "promoted_at"])
        about = {"number": row.number, "hash": row.target_id}
        record(ChangeSetPromoted(subject=f"change_set:{row.number}", about=about), actor=actor, at=at)
    return pair


@atomic
def hear_told(*, told: Told, actor: Viewer | None, at: datetime, agreed: str | None = None) -> Pair:
    """How the other instance says that it stands is kept, with how the two stand to each other then; ``agreed`` is where
    production was just brought.

    Raises: NotPaired.
    Records: PairStateChanged; nothing when all stands as before.
    """
    get_pair()
    pair = Pair.objects.select_for_update().get(ended_at__isnull=True)
    pair.last_seen_at, pair.last_hash, pair.last_version = at, told.hash, told.version
    pair.last_cause, pair.last_changed, pair.last_closed = told.cause, told.changed, told.closed
    pair.agreed_hash = agreed or pair.agreed_hash
    follow_state(pair, actor=actor, at=at)
    return pair


def follow_state(pair: Pair, *, actor: Viewer | None, at: datetime) -> None:
    """How the two stand to each other, from what is known here of both; for an act that holds the pair."""
    own, other = own_standing().told(), _told(pair)
    if other is not None:
        demo, production = (own, other) if pair.kind == "production" else (other, own)
        if pair.agreed_hash is None:
            pair.agreed_hash = production.hash
        state = state_of(demo=demo.hash, production=production, agreed=pair.agreed_hash)
        if state == IN_SYNC:
            pair.agreed_hash = production.hash
        if state != pair.state:
            changes = {"state": (pair.state, state)}
            record(PairStateChanged(subject=f"pair:{pair.uuid}", changes=changes), actor=actor, at=at)
            pair.state, pair.state_since = state, at
    pair.save()


def _told(pair: Pair) -> Told | None:
    if pair.last_hash is None:
        return None
    return Told(pair.last_hash, pair.last_version or 0, pair.last_cause, pair.last_changed, pair.last_closed is True)


def _ids(texts: tuple[str, ...]) -> list[UUID]:
    return [found for text in texts if (found := read_id(text)) is not None]
