"""Server and client answer alike, on expressions, records and edits that nobody wrote down."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from cpims.forms.rules.builder import condition_from_rows, rows_from_condition
from cpims.forms.rules.calculations import age_on, birth_from_age, calculate, evaluate, summarize
from cpims.forms.rules.conditions import BrokenCondition, holds
from cpims.forms.rules.defaults import default_answers
from cpims.forms.rules.options import options_offered
from cpims.forms.rules.validation import check_answers, find_incomplete
from cpims.records.rules.merging import merge_patch, merge_three_way
from tests.properties import form_logic as made
from tests.properties.other_language import Ask, asked
from tests.vectors import alike

NOW = "2026-03-15T10:00:00Z"

often = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    yield from asked("src/engine/index.ts", "engine.mjs", tmp_path_factory.mktemp("client"))


def fresh() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"fresh-{next(numbers)}"


def or_code(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except BrokenCondition as broken:
        return {"error": broken.code}


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def agree(ours: Any, theirs: Any) -> None:
    assert alike(through_json(ours), theirs), (ours, theirs)


@seed(20260315)
@often
@given(expression=made.expressions, data=made.records)
def test_conditions(client: Ask, expression: Any, data: dict[str, Any]) -> None:
    agree(or_code(lambda: holds(expression, data)), client("holds", expression=expression, data=data))


@seed(20260316)
@often
@given(expression=made.calculations, data=made.records)
def test_calculations(client: Ask, expression: Any, data: dict[str, Any]) -> None:
    agree(or_code(lambda: evaluate(expression, data)), client("evaluate", expression=expression, data=data))


@seed(20260317)
@often
@given(
    computed=st.lists(st.tuples(made.names, made.calculations), max_size=4),
    fields=made.fields,
    data=made.answers,
)
def test_whole_records_are_computed_alike(
    client: Ask, computed: list[tuple[str, Any]], fields: list[dict[str, Any]], data: dict[str, Any]
) -> None:
    every = [*fields, *({"name": n, "type": "calculated", "calculation": {"expression": e}} for n, e in computed)]
    result, problems = calculate(every, data)
    theirs = client("calculate", fields=every, data=data)
    agree(result, theirs["data"])
    order = lambda problem: (problem["field"], problem["code"])  # noqa: E731
    agree(sorted(problems, key=order), sorted(theirs["problems"], key=order))


@seed(20260318)
@often
@given(end=st.sampled_from(["first", "last"]), order=st.sampled_from(["asc", "desc"]), by=made.names, rows=made.rows)
def test_summaries(client: Ask, end: str, order: str, by: str, rows: list[Any]) -> None:
    summary = {end: {"field_name": "a", "order_by": by, "order": order}}
    agree(summarize(summary, rows), client("summarize", summary=summary, rows=rows))


def _said(problems: list[Any]) -> list[Any]:
    return sorted(
        ({"pointer": p.pointer, "code": p.code, "kind": p.kind, "params": dict(p.params)} for p in problems), key=str
    )


@seed(20260319)
@often
@given(fields=made.fields, sent=made.answers, stored=made.answers, partial=st.booleans())
def test_answers_are_checked_alike(
    client: Ask, fields: list[dict[str, Any]], sent: dict[str, Any], stored: dict[str, Any], partial: bool
) -> None:
    record = merge_patch(stored, sent, fresh())
    lookups = {"l": made.OPTIONS[:3]}
    ours = check_answers(fields, sent, record=record, stored=stored, lookups=lookups, now=NOW, partial=partial)
    asked = {"record": record, "stored": stored, "lookups": lookups, "now": NOW, "partial": partial}
    agree(_said(ours), sorted(client("check", fields=fields, sent=sent, asked=asked), key=_as_ours))
    agree(
        _said(find_incomplete(fields, record)), sorted(client("incomplete", fields=fields, record=record), key=_as_ours)
    )


def _as_ours(problem: dict[str, Any]) -> str:
    return str({key: problem[key] for key in ("pointer", "code", "kind", "params")})


@seed(20260320)
@often
@given(before=made.answers, patch=made.answers)
def test_patches(client: Ask, before: dict[str, Any], patch: dict[str, Any]) -> None:
    agree(merge_patch(before, patch, fresh()), client("patch", before=before, patch=patch))


@seed(20260321)
@often
@given(base=made.whole, mine=made.whole, theirs=made.whole, fields=made.fields)
def test_three_way_merges(
    client: Ask, base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], fields: list[dict[str, Any]]
) -> None:
    merged, conflicts = merge_three_way(base, mine, theirs, fields)
    other = client("three_way", base=base, mine=mine, theirs=theirs, fields=fields)
    agree(merged, other["merged"])
    order = lambda conflict: (conflict["pointer"], conflict["kind"])  # noqa: E731
    agree(sorted(conflicts, key=order), sorted(other["conflicts"], key=order))


@seed(20260322)
@often
@given(
    field=made.plain_fields,
    filters=st.dictionaries(st.sampled_from("tu"), made.expressions),
    record=made.records,
    row=made.records,
)
def test_options(client: Ask, field: Any, filters: Any, record: Any, row: Any) -> None:
    options = [{"id": "x", "tags": ["t"]}, {"id": "y", "tags": ["u"]}, {"id": "z"}, {"id": "gone", "disabled": True}]
    whole = {**field, "option_strings_source": "", "option_strings_text": options, "option_strings_condition": filters}
    agree(options_offered(whole, record, row), client("offered", field=whole, record=record, row=row))


@seed(20260323)
@often
@given(fields=made.fields, born=made.texts, age=made.scalars)
def test_defaults_and_ages(client: Ask, fields: Any, born: str, age: Any) -> None:
    clock = {"today": "2026-03-15", "now": NOW}
    agree(default_answers(fields, **clock), client("defaults", fields=fields, clock=clock))
    ours = [age_on(born, clock["today"]), birth_from_age(age, clock["today"])]
    agree(ours, client("ages", born=born, age=age, today=clock["today"]))


@seed(20260324)
@often
@given(
    rows=st.lists(
        st.builds(
            lambda a, c, v, t: {"attribute": a, "constraint": c, "value": v, **t},
            made.names, st.sampled_from(["eq", "in", "gt", "lt", "about"]), st.one_of(made.scalars, st.lists(made.scalars, max_size=2)),
            st.sampled_from([{}, {"type": "and"}, {"type": "or"}]),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_the_builder(client: Ask, rows: list[dict[str, Any]]) -> None:
    expression = condition_from_rows(rows)
    agree({"expression": expression, "rows": rows_from_condition(expression)}, client("builder", rows=rows))
