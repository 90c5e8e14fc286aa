"""What must hold of merging, calculating and checking, whatever is written."""

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from cpims.forms.rules.calculations import calculate, with_total
from cpims.forms.rules.conditions import BrokenCondition, holds
from cpims.forms.rules.validation import KINDS, check_answers, find_incomplete
from cpims.forms.rules.values import same
from cpims.records.rules.merging import merge_edit, merge_patch, merge_three_way
from tests.properties import form_logic as made

often = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NOW = "2026-03-15T10:00:00Z"


def fresh() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"fresh-{next(numbers)}"


def without_new_rows(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(without_new_rows, value.values()))
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return all(isinstance(row.get("unique_id"), str) and without_new_rows(row) for row in value)
    return True


@seed(1)
@often
@given(before=made.whole, patch=made.whole)
def test_a_patch_applied_twice_is_a_patch_applied_once(before: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merge_patch(before, patch, fresh())
    if without_new_rows(patch) and without_new_rows(before):
        assert merge_patch(once, patch, fresh()) == once


@seed(2)
@often
@given(before=made.answers, patch=made.answers)
def test_a_patch_changes_only_what_it_names_and_never_its_arguments(
    before: dict[str, Any], patch: dict[str, Any]
) -> None:
    kept = copy.deepcopy((before, patch))
    merged = merge_patch(before, patch, fresh())
    assert (before, patch) == kept
    assert {key: merged[key] for key in before if key not in patch} == {
        k: v for k, v in before.items() if k not in patch
    }


@seed(3)
@often
@given(base=made.whole, theirs=made.whole)
def test_who_changed_nothing_takes_the_other_side(base: dict[str, Any], theirs: dict[str, Any]) -> None:
    for mine, other in ((base, theirs), (theirs, base), (theirs, theirs)):
        merged, conflicts = merge_three_way(base, mine, other)
        assert same(merged, theirs)
        assert conflicts == []


@seed(4)
@often
@given(base=made.whole, mine=made.whole, theirs=made.whole)
def test_nothing_of_mine_is_lost(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged, conflicts = merge_three_way(base, mine, theirs)
    for key, value in mine.items():
        changed = not same(base.get(key), value)
        if changed and not isinstance(value, (list, dict)):
            told = any(c["pointer"].split("/")[1].replace("~1", "/").replace("~0", "~") == key for c in conflicts)
            assert same(merged.get(key), value) or told
    assert all(not same(c["mine"], c["theirs"]) for c in conflicts)
    again, more = merge_three_way(base, mine, merged)
    assert same(again, merged) or conflicts
    assert len(more) == len(conflicts)


ITEMS = ["b", "g", "u"]
COUNTS = st.dictionaries(st.sampled_from(ITEMS), st.one_of(st.none(), st.integers(0, 9)), max_size=3)


@seed(5)
@often
@given(base=COUNTS, mine=COUNTS, theirs=COUNTS)
def test_a_computed_total_never_conflicts_and_is_always_right(base: Any, mine: Any, theirs: Any) -> None:
    field = {"name": "t", "type": "tally_field", "autosum_total": True, "tally": [{"id": item} for item in ITEMS]}
    sides = [{"t": with_total(field, side)} for side in (base, mine, theirs)]
    merged, conflicts = merge_three_way(*sides, [field])
    assert not [c for c in conflicts if c["pointer"].endswith("/total")]
    numbers = [merged["t"][item] for item in ITEMS if merged["t"].get(item) is not None]
    assert merged["t"].get("total") == (sum(numbers) if numbers else None)


@seed(6)
@often
@given(base=made.whole, patch=made.whole)
def test_an_edit_of_what_is_still_stored_is_a_plain_patch(base: dict[str, Any], patch: dict[str, Any]) -> None:
    merged, conflicts = merge_edit(base, patch, base, [], fresh())
    assert conflicts == []
    assert same(merged, merge_patch(base, patch, fresh()))


@seed(7)
@often
@given(fields=st.lists(st.tuples(made.names, made.calculations), max_size=5), data=made.records)
def test_calculating_again_changes_nothing(fields: list[tuple[str, Any]], data: dict[str, Any]) -> None:
    computed = [{"name": n, "type": "calculated", "calculation": {"expression": e}} for n, e in dict(fields).items()]
    once, problems = calculate(computed, data)
    assert (once, problems) == calculate(computed, once)
    assert same(
        {k: v for k, v in once.items() if k not in dict(fields)},
        {k: v for k, v in data.items() if k not in dict(fields)},
    )


@seed(8)
@often
@given(expression=made.expressions, data=made.records)
def test_not_turns_a_condition_round(expression: Any, data: dict[str, Any]) -> None:
    try:
        held = holds(expression, data)
    except BrokenCondition:
        return
    if isinstance(expression, dict):
        assert holds({"not": expression}, data) is not held
    assert holds({"and": [expression]}, data) is held is holds({"or": [expression]}, data)


@seed(9)
@often
@given(fields=made.fields, sent=made.answers, stored=made.answers, partial=st.booleans())
def test_checking_never_breaks_and_every_pointer_leads_somewhere(
    fields: Any, sent: Any, stored: Any, partial: bool
) -> None:
    record = merge_patch(stored, sent, fresh())
    found = check_answers(fields, sent, record=record, stored=stored, lookups={}, now=NOW, partial=partial)
    for problem in found:
        assert problem.kind == KINDS[problem.code]
        first = problem.pointer.split("/")[1].replace("~1", "/").replace("~0", "~")
        assert first in {field["name"] for field in fields}
        assert not partial or first in sent
    asked = {field["name"] for field in fields if field.get("required") and field.get("visible") is not False}
    assert {p.pointer.split("/")[1] for p in find_incomplete(fields, record) if p.pointer.count("/") == 1} <= {
        name.replace("~", "~0").replace("/", "~1") for name in asked
    }
