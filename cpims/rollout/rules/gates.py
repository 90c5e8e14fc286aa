"""Whether a gate is open: a question to evidence, never a tick. Every rule is pure: the same evidence, the same verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from cpims.rollout.rules.road import GATE

#: What the other instance said longer ago than this proves nothing any more.
STALE_AFTER: Final = timedelta(days=1)
#: One person works on no more devices than these; more, and several seem to share the account.
MOST_DEVICES: Final = 4
DEMO, PRODUCTION = "demo", "production"
#: Names of accounts that are nobody's own.
OFFICES: Final = frozenset(
    "admin administrator administrateur administrador root system sysadmin superuser operator test user team shared "
    "primero cpims office helpdesk support".split()
)


class State(StrEnum):
    """How a gate stands."""

    MET = "met"
    UNMET = "unmet"
    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    NOT_BUILT = "not_built"


@dataclass(frozen=True)
class Administrator:
    """Somebody who looks after an instance, as far as evidence goes. ``name`` is told on her own instance only."""

    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    used_at: datetime | None = None
    own_password_at: datetime | None = None
    first_sign_in_at: datetime | None = None
    is_named: bool = False
    devices: int = 0
    name: str = ""


@dataclass(frozen=True)
class Alignment:
    """How an instance agrees with what its country asked for."""

    requirements: int | None = None
    brought_at: datetime | None = None
    open: int = 0
    accepted: int = 0
    errors: int = 0
    hash: str = ""
    attested_hash: str = ""
    attested_requirements: int | None = None
    attested_at: datetime | None = None


@dataclass(frozen=True)
class Side:
    """What one instance says of itself, and when it said so. ``drifts`` and ``by_hand`` are unknown where nobody looked."""

    kind: str
    at: datetime
    is_here: bool = True
    administrators: Sequence[Administrator] = ()
    is_paired: bool = False
    is_closed: bool = False
    drifts: bool | None = None
    by_hand: int | None = None
    alignment: Alignment = field(default_factory=Alignment)


@dataclass(frozen=True)
class Evidence:
    """What both instances say, as it is held at a moment."""

    at: datetime
    demo: Side | None = None
    production: Side | None = None

    def side(self, kind: str) -> Side | None:
        """One of the two."""
        return self.demo if kind == DEMO else self.production


@dataclass(frozen=True)
class Check:
    """One thing that a gate rests on: does it hold (nothing: nobody knows), since when, on which instance, whose turn is it?"""

    code: str
    side: str
    holds: bool | None
    who: str
    at: datetime | None = None
    seen_at: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """How a gate stands by its rule, and why."""

    state: State
    checks: tuple[Check, ...] = ()

    @property
    def missing(self) -> tuple[Check, ...]:
        """What does not hold, or is not known to."""
        return tuple(check for check in self.checks if not check.holds)


def evaluate(gate_id: str, evidence: Evidence) -> Verdict:
    """The verdict of a gate's own rule; one that has no rule yet is never open."""
    rule = RULES.get(gate_id)
    if rule is None or not GATE[gate_id].is_built:
        return Verdict(State.NOT_BUILT)
    checks = tuple(rule(evidence))
    held = {check.holds for check in checks}
    state = State.UNMET if False in held else State.UNKNOWN if None in held else State.MET
    return Verdict(state, checks)


def standing(verdict: Verdict, *, is_waived: bool) -> State:
    """How a gate counts: a waiver stands in for what is missing, and for nothing else."""
    return State.WAIVED if is_waived and verdict.state in (State.UNMET, State.UNKNOWN) else verdict.state


def _heard(evidence: Evidence, kind: str) -> tuple[Side | None, Check]:
    """What an instance says, if it may still be believed, and the check that tells of it."""
    side = evidence.side(kind)
    if side is None:
        return None, Check("instance_heard", kind, None, "operator")
    fresh = side.is_here or evidence.at - side.at <= STALE_AFTER
    found = Check("instance_heard", kind, True if fresh else None, "operator", at=side.at, seen_at=side.at)
    return (side if fresh else None), found


def _credentials(evidence: Evidence) -> Iterator[Check]:
    """The system administrator of each instance was invited, the invitation arrived, and she herself came in by it."""
    for kind in (DEMO, PRODUCTION):
        side, heard = _heard(evidence, kind)
        yield heard
        if side is not None:
            yield from _of_administrator(side)


def _of_administrator(side: Side) -> Iterator[Check]:
    best = max(side.administrators, key=lambda one: sum(bool(holds) for _, holds, _, _ in _facts(one)), default=None)
    params = {"name": best.name} if best and best.name else {}
    for code, holds, at, who in _facts(best or Administrator()):
        more = {"devices": best.devices} if code == "account_not_shared" and best else {}
        yield Check(code, side.kind, holds, who, at=at, seen_at=side.at, params=params | more)


def _facts(one: Administrator) -> tuple[tuple[str, bool, datetime | None, str], ...]:
    opened = one.opened_at or one.used_at
    arrived = one.delivered_at or opened  # what was opened has arrived
    return (
        ("invitation_sent", one.sent_at is not None, one.sent_at, "operator"),
        ("invitation_delivered", arrived is not None, arrived, "operator"),
        ("invitation_opened", opened is not None, opened, "administrator"),
        ("own_password_set", one.own_password_at is not None, one.own_password_at, "administrator"),
        ("signed_in", one.first_sign_in_at is not None, one.first_sign_in_at, "administrator"),
        ("account_named", one.is_named, None, "administrator"),
        ("account_not_shared", one.first_sign_in_at is not None and one.devices <= MOST_DEVICES, None, "administrator"),
    )


def is_named_person(user_name: str, full_name: str) -> bool:
    """Does an account speak of one person, and not of an office?"""
    words = [word for word in full_name.casefold().split() if any(letter.isalpha() for letter in word)]
    said = {user_name.casefold().partition("@")[0].rstrip("0123456789._-"), *words}
    return bool(words) and not said & OFFICES


def _demo_only(evidence: Evidence) -> Iterator[Check]:
    """Production changes by promotion alone."""
    side, heard = _heard(evidence, PRODUCTION)
    yield heard
    if side is None:
        return
    seen = side.at
    yield Check("instances_paired", PRODUCTION, side.is_paired, "operator", seen_at=seen)
    yield Check("production_closed", PRODUCTION, side.is_closed, "operator", seen_at=seen)
    yield Check("no_drift", PRODUCTION, None if side.drifts is None else not side.drifts, "configurer", seen_at=seen)
    by_hand = None if side.by_hand is None else side.by_hand == 0
    yield Check("nothing_by_hand", PRODUCTION, by_hand, "configurer", seen_at=seen, params={"count": side.by_hand or 0})


def _aligned(evidence: Evidence) -> Iterator[Check]:
    """The demo is as the country asked for, and somebody put her name to it."""
    side, heard = _heard(evidence, DEMO)
    yield heard
    if side is None:
        return
    it, seen = side.alignment, side.at
    there = it.requirements is not None
    yield Check(
        "requirements_brought", DEMO, there, "configurer",
        at=it.brought_at, seen_at=seen, params={"number": it.requirements or 0},
    )  # fmt: skip
    counts = {"open": it.open, "accepted": it.accepted}
    yield Check("no_open_differences", DEMO, there and it.open == 0, "configurer", seen_at=seen, params=counts)
    yield Check("no_errors", DEMO, it.errors == 0, "configurer", seen_at=seen, params={"count": it.errors})
    attested = bool(it.attested_hash) and (it.attested_hash, it.attested_requirements) == (it.hash, it.requirements)
    yield Check("alignment_attested", DEMO, attested, "configurer", at=it.attested_at, seen_at=seen)


Rule = Callable[[Evidence], Iterator[Check]]
RULES: Final[Mapping[str, Rule]] = {"g1": _credentials, "g1b": _demo_only, "g2": _aligned}
