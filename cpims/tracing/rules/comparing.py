"""A case and a trace side by side, question by question: the same on both sides, different, or not said by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpims.cases.rules.persons import FAMILY
from cpims.matching.rules import fold
from cpims.matching.rules.naming import compare_names
from cpims.tracing.rules.persons import TRACES, Answers, is_blank, rows_of, said_of_child

MATCH: Final = "match"
MISMATCH: Final = "mismatch"
BLANK: Final = "blank"

#: What is compared of the child, and of each relative with the adult who asks; Primero's lists (records.md §22).
CHILD: Final = (
    *("name", "name_nickname", "name_other", "sex", "age", "date_of_birth", "nationality", "ethnicity", "religion"),
    *("language", "location_last", "telephone_last", "location_birth", "location_current", "address_current"),
    *("date_of_separation", "separation_cause", "separation_cause_other", "location_before_separation"),
    *("location_separation",),
)
RELATIVE: Final = (
    *("relation", "relation_name", "relation_nickname", "relation_language", "relation_religion", "relation_ethnicity"),
    *("relation_nationality", "relation_other_family", "relation_telephone", "relation_location_current"),
    *("relation_address_current",),
)
NAMES: Final = frozenset({"name", "name_nickname", "name_other", "relation_name", "relation_nickname"})


@dataclass(frozen=True)
class Compared:
    """One question: what the case says, what the trace says, and whether it is the same."""

    field: str
    match: str
    case: Any
    trace: Any


def compare(field: str, case: Any, trace: Any) -> Compared:
    """One question on both sides. Where either says nothing there is nothing to compare."""
    if is_blank(case) or is_blank(trace):
        return Compared(field, BLANK, case, trace)
    return Compared(field, MATCH if _same(field, case, trace) else MISMATCH, case, trace)


def compare_child(case: Answers, request: Answers, row: Answers) -> list[Compared]:
    """The child of the case and the child who is looked for."""
    return [compare(name, case.get(name), said_of_child(request, row, name)) for name in CHILD]


def compare_family(case: Answers, request: Answers, row: Answers) -> list[list[Compared]]:
    """Each relative whom the case tells of, with the adult who asks."""
    asked = {name: request.get(name) for name in RELATIVE} | {"relation": row.get("relation")}
    return [[compare(name, one.get(name), asked[name]) for name in RELATIVE] for one in rows_of(case, FAMILY)]


def row_of(request: Answers, trace: str) -> Mapping[str, Any]:
    """The row of a request that a trace is; empty where it is gone."""
    return next((row for row in rows_of(request, TRACES) if row.get("unique_id") == trace), {})


def _same(field: str, one: Any, other: Any) -> bool:
    if field in NAMES and isinstance(one, str) and isinstance(other, str):
        # A shorter name is the same one as long as the first agrees and nothing contradicts, as in the reasons beside it.
        named = compare_names(one, other)
        return named is not None and named.first > 0 and all(says >= 0 for says in named.against)
    mine, theirs = _words(one), _words(other)
    return mine <= theirs or theirs <= mine


def _words(value: Any) -> frozenset[str]:
    parts = value if isinstance(value, list) else [value]
    return frozenset(word for part in parts for word in fold(str(part)).split())
