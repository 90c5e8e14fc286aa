"""The way of a child from the separation back to a family, read off what was answered: in its order, place by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpims.tracing.rules.persons import Answers, is_blank, rows_of

AFTER_REUNIFICATION: Final = "after_reunification"


@dataclass(frozen=True)
class Step:
    """One thing on the way. ``value`` answers ``question`` (``rows.question``); ``form`` is where it is written down."""

    what: str
    on: str = ""
    place: str = ""
    address: str = ""
    question: str = ""
    value: Any = None
    form: str = ""
    row: str = ""


@dataclass(frozen=True)
class Kind:
    """Where a sort of step is written down: its day, its place, the exact place, and the answer that tells most of it.

    ``section`` is a subform, empty where the questions stand alone; of several places the first that is answered.
    """

    what: str
    form: str
    day: str
    places: tuple[str, ...] = ()
    address: str = ""
    detail: str = ""
    section: str = ""


#: In the order of the work: what has no day stands where the work has it.
KINDS: Final = (
    Kind(
        "separation", "tracing", "date_of_separation", ("location_separation", "location_last"),
        "address_separation", "separation_cause",
    ),
    Kind("evacuation", "tracing", "evacuation_date", (), "evacuation_to", "evacuation_agent"),
    Kind("found", "child_under_5", "date_child_found", ("location_child_found",), "address_child_found"),
    Kind("arrival", "tracing", "care_arrangements_arrival_date", ("location_current",)),
    Kind(
        "care", "care_arrangements", "care_arrangement_started_date", detail="care_arrangements_type",
        section="care_arrangements_section",
    ),
    Kind(
        "search", "tracing", "date_tracing", ("location_tracing",), "address_tracing", "tracing_outcome",
        "tracing_actions_section",
    ),
    Kind("match", "tracing", ""),
    Kind(
        "verification", "verification", "verification_date", ("verification_inquirer_location",),
        "verification_inquirer_address_current", "verification_status", "verification_subform_section",
    ),
    Kind(
        "reunification", "reunification_details", "date_reunification",
        ("location_reunified_adult", "location_reunification"), "address_reunified_adult", "reunification_type",
        "reunification_details_section",
    ),
    Kind(
        "followup", "reunification_followup", "reunification_visit_date", detail="followup_risk_of_breakdown",
        section="reunification_followup_section",
    ),
    Kind("followup", "followup", "followup_date", detail="followup_type", section="followup_subform_section"),
)  # fmt: skip
ORDER: Final = {kind.what: at for at, kind in reversed(list(enumerate(KINDS)))}


def journey_of(answers: Answers, matches: Sequence[Step] = ()) -> list[Step]:
    """The way of a child, from the answers that are given here and no others, and the matches that were confirmed."""
    steps = [*(step for kind in KINDS for step in _steps(kind, answers)), *matches]
    dated = sorted((step for step in steps if step.on), key=lambda step: (step.on, ORDER[step.what]))
    for step in (step for step in steps if not step.on):
        before = [at for at, other in enumerate(dated) if ORDER[other.what] <= ORDER[step.what]]
        dated.insert(before[-1] + 1 if before else 0, step)
    return dated


def _steps(kind: Kind, answers: Answers) -> Iterable[Step]:
    for row in rows_of(answers, kind.section) if kind.section else [answers]:
        if kind.section == "followup_subform_section" and row.get("followup_type") != AFTER_REUNIFICATION:
            continue
        step = _step(kind, row)
        if step is not None:
            yield step


def _step(kind: Kind, row: Mapping[str, Any]) -> Step | None:
    day = _text(row.get(kind.day))[:10]
    place = next((found for name in kind.places if (found := _text(row.get(name)))), "")
    address, value = _text(row.get(kind.address)), row.get(kind.detail)
    # A present address is no arrival, and a planned visit none either: without a day they tell nothing of the way.
    told = day or (kind.what not in ("arrival", "followup") and (place or address or not is_blank(value)))
    if not kind.day or not told:
        return None
    path = f"{kind.section}." if kind.section else ""
    question = f"{path}{kind.detail}" if kind.detail and not is_blank(value) else ""
    named = _text(row.get("unique_id")) if kind.section else ""
    return Step(kind.what, day, place, address, question, value if question else None, kind.form, named)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
