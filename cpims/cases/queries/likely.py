"""Cases that may be about the same child: found by the index of keys, compared piece by piece, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.cases.rules.kind import CASE
from cpims.cases.rules.persons import COMPARED, birth_told, person_of
from cpims.matching.queries import matching_at
from cpims.matching.rules.candidates import keys_of
from cpims.matching.rules.persons import Birth, Person
from cpims.matching.rules.scoring import Likelihood, Score, score
from cpims.matching.rules.weights import Weights
from cpims.records.models import Record
from cpims.records.queries.alike import find_alike
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import served_all
from cpims.records.queries.setup import places, setup_of
from cpims.records.rules.kinds import MASK
from cpims.records.rules.projections import name_of

#: So many are shown.
MOST: Final = 10
#: Where nobody may be the child, so many of the nearest are shown, if the first name agrees at all.
FARTHEST: Final = 5
NEAREST_UNLIKELY: Final = 0.02
#: So many of those whose names, sex and age fit best are compared in all that is known.
COMPARED_WHOLE: Final = 40
#: Found by a telephone number or a number of a card, or by every word of the name: compared whatever the name says.
STRICTEST: Final = 20
#: What the first comparison needs.
AT_A_GLANCE: Final = (
    *("id", "kind", "module", "owned_by", "hidden_name", "state", "row", "name", "sex", "birth_from", "birth_to"),
    *("associated_user_names", "associated_user_groups", "associated_user_agencies", "identified_by"),
)
UNUSED: Final = ("row", "facets", "facet_keys", "name_keys", "identifiers", "phones", "tasks", "incomplete")


@dataclass(frozen=True)
class LikelyCase:
    """A case in sight that may be about the child, with how likely that is and why."""

    record: Record
    score: Score


def find_likely_cases(
    *, viewer: Viewer, person: Person, today: date, leave_out: UUID | None = None
) -> list[LikelyCase]:
    """The cases that may be about this child, the likeliest first; a few of the nearest where none is.

    Raises: Forbidden.
    Shows: cases in sight, compared by what this viewer reads of each and by nothing else.
    """
    require(viewer, CASE.name, "read")
    weights = matching_at(viewer.configuration).weights
    ours = Record.objects.visible_to(viewer).of_kind(CASE.name).filter(record_state=True)
    if leave_out is not None:
        ours = ours.exclude(pk=leave_out)
    ids = find_alike(ours, keys_of(person), kind=CASE.name, viewer=viewer)
    if not ids:
        return []
    records = list(Record.objects.filter(pk__in=nearest(ids, person, viewer, weights)).defer(*UNUSED).order_by("id"))
    persons = persons_of(records, viewer=viewer, today=today)
    found = [LikelyCase(one, score(person, persons[one.id], weights)) for one in records]
    found.sort(key=lambda one: (-one.score.value, -one.record.created_at.timestamp()))
    likely = [one for one in found if one.score.likelihood is not Likelihood.UNLIKELY]
    return likely[:MOST] or [one for one in found if _is_near(one.score)][:FARTHEST]


def persons_of(records: Sequence[Record], *, viewer: Viewer, today: date) -> dict[UUID, Person]:
    """The children of some cases in sight, by what this viewer reads of each."""
    names = COMPARED.union(CASE.identifier_fields)
    shown = served_all(records, viewer, today=today, names=names, in_sight=True)
    tree = places(viewer.configuration)
    return {
        record.id: _person(record, {name: value for name, value in said.items() if value != MASK}, viewer, tree)
        for record, said in zip(records, shown, strict=True)
    }


def person_typed(answers: Mapping[str, Any], *, viewer: Viewer, today: date) -> Person:
    """The child whom a worker is about to register, by the answers so far."""
    setup = setup_of(viewer.configuration, CASE.name)
    return person_of(
        answers,
        name=name_of(answers, setup),
        birth=birth_told(answers, today),
        places=places(viewer.configuration),
        identifiers=_numbers(answers),
    )


def _person(record: Record, said: Mapping[str, Any], viewer: Viewer, tree: Mapping[str, tuple[str, ...]]) -> Person:
    named = "name" in readable_of(record, viewer) and not record.is_masked_for(viewer)
    return person_of(
        said,
        name=record.name if named else None,
        birth=_birth(record, said) if said.keys() & {"age", "date_of_birth"} else None,
        places=tree,
        identifiers=_numbers(said),
    )


def _birth(record: Record, said: Mapping[str, Any]) -> Birth | None:
    if record.birth_from is None or record.birth_to is None:
        return None
    return Birth(record.birth_from, record.birth_to, said.get("estimated") is True)


def _numbers(answers: Mapping[str, Any]) -> dict[str, str]:
    told = {name: answers.get(name) for name in CASE.identifier_fields}
    return {name: str(value) for name, value in told.items() if isinstance(value, (str, int)) and str(value).strip()}


def nearest(ids: Sequence[UUID], person: Person, viewer: Viewer, weights: Weights) -> list[UUID]:
    """Those to be compared in all that is known: the best by names, sex and age alone, and the strictest finds."""
    if len(ids) <= COMPARED_WHOLE:
        return list(ids)
    slim = Record.objects.filter(pk__in=ids).only(*AT_A_GLANCE)
    scored = {record.id: score(person, _at_a_glance(record, viewer), weights).value for record in slim}
    best = sorted(scored, key=lambda one: (-scored[one], str(one)))
    return list(dict.fromkeys((*ids[:STRICTEST], *best)))[:COMPARED_WHOLE]


def _at_a_glance(record: Record, viewer: Viewer) -> Person:
    readable = readable_of(record, viewer)
    row = record.row if not record.is_masked_for(viewer) else {}
    low, high = record.birth_from, record.birth_to
    known = low is not None and high is not None and bool(readable & {"age", "date_of_birth"})
    return Person(
        names=(record.name,) if record.name and row and "name" in readable else (),
        nicknames=tuple(
            str(row[name]) for name in ("name_nickname", "name_other") if row.get(name) and name in readable
        ),
        sex=record.sex or "" if "sex" in readable else "",
        birth=Birth(low, high, low != high) if known and low and high else None,
    )


def _is_near(found: Score) -> bool:
    agrees = any(reason.code.startswith("first_name") and reason.weight > 0 for reason in found.reasons)
    return agrees and found.value >= NEAREST_UNLIKELY
