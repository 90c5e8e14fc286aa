"""What this instance can say of itself, what the other one said, and how the gates stand by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.accounts.events import (
    AgencyChanged,
    AgencyCreated,
    AgencyDisabled,
    CodeOfConductPublished,
    RoleChanged,
    RoleCreated,
    RoleRetired,
    UserGroupChanged,
    UserGroupCreated,
    UserGroupDisabled,
)
from cpims.accounts.queries.invitations import evidence_of_administrators
from cpims.audit.models import ChangeEntry
from cpims.configuration.events import ConfigurationPublished
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries.linting import find_problems
from cpims.forms.events import FormChanged, FormCreated, FormGrantsChanged, FormRetired
from cpims.lib.clock import iso
from cpims.lib.json import read_moment
from cpims.locations.events import LocationChanged, LocationCreated
from cpims.lookups.events import LookupChanged, LookupCreated, LookupRetired
from cpims.modules.events import ModuleChanged, ModuleSwitchedOn
from cpims.promotion.models import Drift
from cpims.promotion.queries.standing import find_pair
from cpims.rollout.models import GateStanding, OtherSide, Waiver
from cpims.rollout.queries.requirements import compared_with_requirements, newest_attestation
from cpims.rollout.rules.gates import (
    DEMO,
    PRODUCTION,
    Administrator,
    Alignment,
    Evidence,
    Side,
    State,
    Verdict,
    evaluate,
    is_named_person,
    standing,
)
from cpims.rollout.rules.refusals import require_may_look
from cpims.rollout.rules.road import GATES, Gate
from cpims.settings.events import ContactInformationChanged, SettingsChanged
from cpims.settings.models import Instance

#: What is written when somebody changes how an instance is configured.
CONFIGURING: Final = tuple(
    event.name
    for event in (
        *(FormCreated, FormChanged, FormRetired, FormGrantsChanged, LookupCreated, LookupChanged, LookupRetired),
        *(LocationCreated, LocationChanged, ModuleSwitchedOn, ModuleChanged, SettingsChanged),
        *(ContactInformationChanged, CodeOfConductPublished, RoleCreated, RoleChanged, RoleRetired),
        *(AgencyCreated, AgencyChanged, AgencyDisabled, UserGroupCreated, UserGroupChanged, UserGroupDisabled),
    )
)
#: The causes of versions that may change a production.
BY_PROMOTION: Final = ("promotion", "rollback")


@dataclass(frozen=True)
class GateNow:
    """A gate as it stands: by its rule, with its waivers, and as it stood when it was last looked at."""

    gate: Gate
    state: State
    verdict: Verdict
    waivers: Sequence[Waiver]
    kept: GateStanding | None


@dataclass(frozen=True)
class Road:
    """Where a rollout is: every gate, and when what it rests on was said."""

    kind: str
    name: str
    at: datetime
    today: date
    gates: Sequence[GateNow]
    other_at: datetime | None
    is_paired: bool


def own_side(*, at: datetime) -> Side:
    """What this instance says of itself now. A fixed number of statements."""
    instance = Instance.objects.get()
    pair = find_pair()
    return Side(
        kind=instance.kind,
        at=at,
        administrators=[
            Administrator(
                sent_at=one.sent_at,
                delivered_at=one.delivered_at,
                opened_at=one.opened_at,
                used_at=one.used_at,
                own_password_at=one.own_password_at,
                first_sign_in_at=one.first_sign_in_at,
                is_named=is_named_person(one.user_name, one.full_name),
                devices=one.devices,
                name=one.full_name or one.user_name,
            )
            for one in evidence_of_administrators()
        ],
        is_paired=pair is not None,
        is_closed=instance.closed,
        drifts=Drift.objects.filter(resolved_at__isnull=True).exists(),
        by_hand=_by_hand(pair.paired_at) if pair and instance.kind == PRODUCTION else None,
        alignment=_alignment() if instance.kind == DEMO else Alignment(),
    )


def _by_hand(since: datetime) -> int:
    """How often somebody changed the configuration since then, other than by a promotion or its rollback."""
    numbers = ConfigurationVersion.objects.filter(cause__in=BY_PROMOTION).values_list("number", flat=True)
    promoted = ChangeEntry.objects.filter(
        event=ConfigurationPublished.name, subject__in=[f"configuration:{number}" for number in numbers]
    )
    changes = ChangeEntry.objects.filter(event__in=CONFIGURING, actor_id__isnull=False, recorded_at__gte=since)
    return changes.exclude(xid__in=promoted.values("xid")).count()


def _alignment() -> Alignment:
    found = compared_with_requirements()
    attested = newest_attestation()
    newest = found.requirements
    return Alignment(
        requirements=newest.number if newest else None,
        brought_at=newest.at if newest else None,
        open=len(found.open),
        accepted=len(found.differences) - len(found.open),
        errors=errors_of(found.document),
        hash=found.hash,
        attested_hash=attested.hash if attested else "",
        attested_requirements=attested.requirements_id if attested else None,
        attested_at=attested.at if attested else None,
    )


def errors_of(document: Mapping[str, Any]) -> int:
    """How many mistakes the check of a configuration finds that keep it from holding; what is weak only does not count."""
    return sum(not finding.warning for finding in find_problems(None, document))


def told(side: Side) -> dict[str, Any]:
    """What is said to the other instance: no name of anybody leaves this one."""
    said = asdict(side)
    del said["is_here"]
    for one in said["administrators"]:
        del one["name"]
    parts = {"administrators": [_plain(one) for one in said["administrators"]], "alignment": _plain(said["alignment"])}
    return _plain(said) | parts


def heard(said: Mapping[str, Any], *, at: datetime) -> Side:
    """What the other instance said, read with care: what it does not say, nobody knows. Its clock proves nothing: ours counts."""
    people = said.get("administrators")
    hand = said.get("by_hand")
    drifts = said.get("drifts")
    return Side(
        kind=DEMO if said.get("kind") == DEMO else PRODUCTION,
        at=at,
        is_here=False,
        administrators=[_read(Administrator, one) for one in people[:50] if isinstance(one, dict)]
        if isinstance(people, list)
        else [],
        is_paired=said.get("is_paired") is True,
        is_closed=said.get("is_closed") is True,
        drifts=drifts if isinstance(drifts, bool) else None,
        by_hand=hand if isinstance(hand, int) and not isinstance(hand, bool) else None,
        alignment=_read(Alignment, said.get("alignment")),
    )


def _plain(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: iso(value) if isinstance(value, datetime) else value for key, value in said.items()}


def _read(kind: type[Any], said: Any) -> Any:
    """The values of a shape that are of the type that they must be; the others are as if they had not been said."""
    read: dict[str, Any] = {}
    for field in fields(kind):
        value = said.get(field.name) if isinstance(said, Mapping) else None
        if field.name.endswith("_at"):
            value = read_moment(value)
        elif field.name == "name" or type(value).__name__ not in str(field.type):
            continue
        if value is not None:
            read[field.name] = value
    return kind(**read)


def evidence_now(*, at: datetime) -> Evidence:
    """What both instances say, the other one as it last said it."""
    sides = {own.kind: own for own in (own_side(at=at),)}
    kept = OtherSide.objects.first()
    if kept is not None and find_pair() is not None:
        other = heard(kept.said, at=kept.at)
        sides.setdefault(other.kind, other)
    return Evidence(at=at, demo=sides.get(DEMO), production=sides.get(PRODUCTION))


def road_now(viewer: Viewer | None, *, at: datetime, today: date) -> Road:
    """Every gate as it stands now, for who looks after the system, or for the hourly look (no viewer).

    Raises: Forbidden. Shows: evidence of both instances; names of administrators on their own instance alone.
    """
    if viewer is not None:
        require_may_look(viewer)
    instance, evidence = Instance.objects.get(), evidence_now(at=at)
    waivers = list(Waiver.objects.order_by("-at"))
    kept = {row.gate: row for row in GateStanding.objects.all()}
    gates = []
    for gate in GATES:
        verdict = evaluate(gate.id, evidence)
        own = [waiver for waiver in waivers if waiver.gate == gate.id]
        waived = any(is_live(waiver, today) for waiver in own)
        gates.append(GateNow(gate, standing(verdict, is_waived=waived), verdict, own, kept.get(gate.id)))
    other = evidence.production if instance.kind == DEMO else evidence.demo
    return Road(instance.kind, instance.name, at, today, gates, other.at if other else None, find_pair() is not None)


def is_live(waiver: Waiver, today: date) -> bool:
    """Does a waiver still hold?"""
    return waiver.ended_at is None and waiver.until >= today
