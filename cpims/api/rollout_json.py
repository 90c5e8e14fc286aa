"""The road of a rollout and its requirements as replies tell them."""

from __future__ import annotations

from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.imports.formats import address
from cpims.lib.clock import iso
from cpims.lib.messages import sentence
from cpims.rollout.models import AcceptedDifference, Attestation, Requirements, Waiver
from cpims.rollout.queries.evidence import GateNow, Road, is_live
from cpims.rollout.queries.requirements import Compared
from cpims.rollout.rules.filling import word_of
from cpims.rollout.rules.gates import Check
from cpims.rollout.rules.requirements import Difference
from cpims.rollout.rules.road import ROAD

#: The longest value that stands in a sentence; the whole one stands beside it.
LONGEST = 120


def road_json(road: Road, viewer: Viewer) -> dict[str, Any]:
    """Where a rollout is."""
    return {
        "kind": road.kind,
        "name": road.name,
        "at": iso(road.at),
        "paired": road.is_paired,
        "other_at": iso(road.other_at) if road.other_at else None,
        "may_decide": viewer.may("primero_configuration", "manage"),
        "phases": [
            {
                "id": phase.id,
                "steps": [
                    {"id": step.id, "opened_by": step.opened_by or None, "has_outcome": step.has_outcome}
                    for step in phase.steps
                ],
            }
            for phase in ROAD
        ],
        "gates": [_gate(now, road) for now in road.gates],
    }


def _gate(now: GateNow, road: Road) -> dict[str, Any]:
    kept = now.kept
    return {
        "id": now.gate.id,
        "strength": now.gate.strength,
        "stands_at": now.gate.stands_at,
        "rule_version": now.gate.version,
        "state": now.state.value,
        "since": iso(kept.since) if kept and kept.state == now.state else None,
        "looked_at": iso(kept.looked_at) if kept else None,
        "checks": [_check(check) for check in now.verdict.checks],
        "waivers": [waiver_json(waiver, live=is_live(waiver, road.today)) for waiver in now.waivers],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "code": check.code,
        "side": check.side,
        "holds": check.holds,
        "who": check.who,
        "at": iso(check.at) if check.at else None,
        "seen_at": iso(check.seen_at) if check.seen_at else None,
        "params": dict(check.params),
    }


def waiver_json(waiver: Waiver, *, live: bool) -> dict[str, Any]:
    """A waiver, in force or over."""
    return {
        "id": str(waiver.id),
        "gate": waiver.gate,
        "reason": waiver.reason,
        "until": waiver.until.isoformat(),
        "at": iso(waiver.at),
        "by": waiver.by,
        "by_name": waiver.by_name,
        "live": live,
        "ended_at": iso(waiver.ended_at) if waiver.ended_at else None,
        "ended_by": waiver.ended_by,
    }


def requirements_json(row: Requirements) -> dict[str, Any]:
    """A version of what was asked for."""
    return {"number": row.number, "hash": row.hash, "at": iso(row.at), "by": row.by, "counts": row.counts}


def difference_json(one: Difference, accepted: AcceptedDifference | None, locale: str) -> dict[str, Any]:
    """One difference with its sentence."""
    return {
        "id": one.id,
        "sheet": one.sheet,
        "cell": address(*one.cell) if one.cell else None,
        "action": one.action,
        "key": list(one.key),
        "column": one.column,
        "wanted": one.wanted,
        "found": one.found,
        "sentence": told(one, locale),
        "accepted": accepted_json(accepted) if accepted else None,
    }


def accepted_json(row: AcceptedDifference) -> dict[str, Any]:
    """Who accepts a difference, and why."""
    return {"id": str(row.id), "reason": row.reason, "by": row.by, "at": iso(row.at)}


def attested_json(row: Attestation, *, holds: bool) -> dict[str, Any]:
    """Whose word it is."""
    return {"by": row.by, "at": iso(row.at), "requirements": row.requirements_id, "holds": holds}


def compared_json(found: Compared, *, idle: int, errors: int, attested: Attestation | None) -> dict[str, Any]:
    """What was compared with what."""
    newest, open_ = found.requirements, len(found.open)
    holds = bool(attested and newest and (attested.hash, attested.requirements_id) == (found.hash, newest.number))
    return {
        "requirements": requirements_json(newest) if newest else None,
        "hash": found.hash,
        "open": open_,
        "accepted": len(found.differences) - open_,
        "idle": idle,
        "errors": errors,
        "attested": attested_json(attested, holds=holds) if attested else None,
    }


def told(one: Difference, locale: str) -> str:
    """A difference in a sentence that somebody reads who has never seen the workbook."""
    language = locale.partition("-")[0]
    name = next(
        (one.words[place] for place in (locale, language, "en", *one.words) if one.words.get(place)), one.key[-1]
    )
    thing = sentence(locale, f"admin.rollout.difference.thing.{one.sheet}", name=name, within=one.key[0])
    if not one.column:
        return sentence(locale, f"admin.rollout.difference.{one.action}", thing=thing)
    head, _, place = one.column.partition("/")
    column = word_of(locale, "column", head)
    return sentence(
        locale, "admin.rollout.difference.other", thing=thing,
        column=f"{column} ({place})" if place else column, wanted=_value(one.wanted, locale), found=_value(one.found, locale),
    )  # fmt: skip


def _value(text: str | None, locale: str) -> str:
    if text in ("true", "false"):
        return sentence(locale, f"import.word.{'yes' if text == 'true' else 'no'}").partition("/")[0]
    if not text:
        return sentence(locale, "admin.rollout.difference.nothing")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
