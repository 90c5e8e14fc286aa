"""Looking at the gates anew, and signing that one may be passed for a time."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.passwords import is_password
from cpims.accounts.actions.tries import count_try
from cpims.accounts.models import User
from cpims.accounts.rules.tries import PAIR
from cpims.audit.actions import record
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.promotion.actions.drift import raise_drift
from cpims.promotion.queries.asking import ask_pair
from cpims.promotion.rules.refusals import AnswerNotProven, NotPaired, OtherRefused, Unreachable
from cpims.rollout.events import GateTurned, WaiverEnded, WaiverSigned
from cpims.rollout.models import GateStanding, OtherSide, Waiver
from cpims.rollout.queries.evidence import Road, road_now
from cpims.rollout.rules.refusals import WaiverInvalid, WaiverNotFound, require_may_decide, waiver_problems

#: Where the other instance is asked what it says of itself, and how long somebody waits for that.
ASKED, PATIENCE = "pair/evidence", 15.0


def look_at_gates(*, actor: Viewer | None, at: datetime, today: date) -> Road:
    """Every gate is looked at anew: the other instance is asked, and what turned is written down.

    Not one transaction on purpose: nobody waits for the other instance with anything held. That it does not answer
    is no refusal; what it said before counts as long as it may still be believed.
    Raises: Forbidden.
    Records: GateTurned for each gate that stands otherwise than before.
    """
    if actor is not None:
        require_may_decide(actor)
    raise_drift(actor=actor, at=at)
    _ask_other_side(at=at)
    return turn_gates(actor=actor, at=at, today=today)


@atomic
def turn_gates(*, actor: Viewer | None, at: datetime, today: date) -> Road:
    """How the gates stand is written down, and what turned since they were last looked at.

    Records: GateTurned.
    """
    known = {row.gate: row for row in GateStanding.objects.select_for_update().order_by("gate")}
    road = road_now(None, at=at, today=today)
    for now in road.gates:
        if not now.gate.is_built:
            continue
        before = known.get(now.gate.id)
        turned = before is None or before.state != now.state
        GateStanding.objects.update_or_create(
            gate=now.gate.id,
            defaults={
                "state": now.state,
                "since": at if before is None or turned else before.since,
                "looked_at": at,
                "rule_version": now.gate.version,
            },
        )
        if turned:
            record(
                GateTurned(
                    subject=f"gate:{now.gate.id}",
                    changes={"state": (before.state if before else None, str(now.state))},
                    about={
                        "rule": now.gate.version,
                        "missing": [f"{check.side}.{check.code}" for check in now.verdict.missing],
                    },
                ),
                actor=actor,
                at=at,
            )
    return road_now(None, at=at, today=today)


def _ask_other_side(*, at: datetime) -> bool:
    """Ask the other instance of the pair what it says of itself, and keep that; answers whether it said anything."""
    try:
        said = ask_pair(ASKED, {}, seconds=PATIENCE)
    except (NotPaired, Unreachable, AnswerNotProven, OtherRefused):
        return False
    OtherSide.objects.update_or_create(id=1, defaults={"at": at, "said": said})
    return True


def sign_waiver(
    *, gate: str, reason: str, until: date, password: str, actor: Viewer, at: datetime, today: date
) -> Waiver:
    """Somebody signs with her password that a gate may be passed until the end of a day, and why.

    Not one transaction on purpose: what was counted about a wrong password must stay when it is refused.
    Raises: Forbidden, WaiverInvalid, TriedTooOften.
    Records: WaiverSigned.
    """
    require_may_decide(actor)
    problems = waiver_problems({"gate": gate, "reason": reason, "until": until}, today=today)
    if not problems:
        count_try(PAIR, actor.user_name, "waiver", at=at)
        stored = User.objects.values_list("password", flat=True).get(pk=actor.user_id)
        if not is_password(password, stored):
            problems.append(Problem("/password", "admin.rollout.password_wrong"))
    if problems:
        raise WaiverInvalid(problems)
    return _sign(gate=gate, reason=reason.strip(), until=until, actor=actor, at=at)


@atomic
def _sign(*, gate: str, reason: str, until: date, actor: Viewer, at: datetime) -> Waiver:
    waiver = Waiver.objects.create(
        id=new_id(), gate=gate, reason=reason, until=until, at=at, by=actor.user_name, by_name=actor.full_name
    )
    about = {"reason": reason, "until": until.isoformat()}
    record(WaiverSigned(subject=f"gate:{gate}", about=about), actor=actor, at=at)
    return waiver


@atomic
def end_waiver(*, waiver_id: UUID | None, actor: Viewer, at: datetime) -> Waiver:
    """Somebody ends a waiver before its day; it stays to be seen.

    Raises: Forbidden, WaiverNotFound.
    Records: WaiverEnded.
    """
    require_may_decide(actor)
    waiver = (
        Waiver.objects.select_for_update().filter(pk=waiver_id, ended_at__isnull=True).first() if waiver_id else None
    )
    if waiver is None:
        raise WaiverNotFound
    waiver.ended_at, waiver.ended_by = at, actor.user_name
    waiver.save(update_fields=["ended_at", "ended_by"])
    record(WaiverEnded(subject=f"gate:{waiver.gate}", changes={"ended_at": (None, at)}), actor=actor, at=at)
    return waiver
