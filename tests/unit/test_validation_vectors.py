from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from cpims.forms.rules.compiled import compile_fields
from cpims.forms.rules.validation import KINDS, check_answers, find_incomplete, find_problems
from cpims.forms.rules.values import MISSING
from cpims.records.rules.merging import merge_patch
from tests.vectors import cases, read

VECTORS = read("validation")
LOOKUPS = {name: tuple(option["id"] for option in options) for name, options in VECTORS["lookups"].items()}
EXPECTED_CODES = {problem["code"] for case in VECTORS["cases"] for problem in case["expected"]}


def said(problems: list[Any]) -> Counter[tuple[str, str]]:
    return Counter((problem.pointer, problem.code) for problem in problems)


def expected(case: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((problem["pointer"], problem["code"]) for problem in case["expected"])


@pytest.mark.parametrize("case", cases("validation"))
def test_one_field(case: dict[str, Any]) -> None:
    found = find_problems(
        case["field"],
        case.get("value", MISSING),
        record=case.get("record", {}),
        stored=case.get("stored"),
        lookups=LOOKUPS,
        now=case.get("now", VECTORS["now"]),
        partial=case.get("mode") == "partial",
    )
    assert said(found) == expected(case)
    assert all(problem.kind == KINDS[problem.code] for problem in found)


@pytest.mark.parametrize("case", cases("validation"))
def test_the_same_in_a_whole_record(case: dict[str, Any]) -> None:
    name = case["field"]["name"]
    sent = {name: case["value"]} if "value" in case else {}
    stored = case.get("record", {}) | ({name: case["stored"]} if "stored" in case else {})
    found = check_answers(
        [case["field"], {**case["field"], "required": True, "type": "separator"}],  # the first form's field counts
        sent,
        record=merge_patch(stored, sent, lambda: "new"),
        stored=stored,
        lookups=LOOKUPS,
        now=case.get("now", VECTORS["now"]),
        partial=case.get("mode") == "partial",
    )
    assert said(found) == expected(case)


def test_every_case_was_run() -> None:
    assert len(cases("validation")) == len(VECTORS["cases"]) == len({case["id"] for case in VECTORS["cases"]}) == 268


def test_every_code_occurs() -> None:
    assert set(KINDS) == EXPECTED_CODES


FAMILY = {
    "name": "family",
    "type": "subform",
    "subform": {
        "fields": [
            {"name": "relation", "type": "text_field", "required": True},
            {
                "name": "school",
                "type": "text_field",
                "required": True,
                "display_conditions_record": {"lt": {"age": 18}},
            },
        ]
    },
}


def test_what_a_stored_record_still_misses() -> None:
    fields = compile_fields([{"name": "name", "type": "text_field", "required": True}, FAMILY])
    found = find_incomplete(fields, {"age": 9, "family": [{"relation": "aunt"}, {"school": "x"}]})
    assert said(found) == Counter(
        [("/name", "required"), ("/family/0/school", "required"), ("/family/1/relation", "required")]
    )
    assert said(find_incomplete(fields, {"age": 19, "name": "Noor", "family": [{"relation": "aunt"}]})) == Counter()


def test_nothing_is_asked_inside_a_hidden_subform() -> None:
    hidden = [{**FAMILY, "display_conditions_record": {"eq": {"has_family": True}}}]
    sent = {"family": [{"relation": ""}, {"relation": 4}]}
    found = check_answers(hidden, sent, record=sent, lookups={}, now=VECTORS["now"], partial=False)
    assert said(found) == Counter([("/family/1/relation", "wrong_type")])
    assert find_incomplete(hidden, sent) == []


def test_a_change_to_one_tally_item_keeps_the_others() -> None:
    field = {"name": "t", "type": "tally_field", "required": True, "tally": [{"id": "boys"}, {"id": "girls"}]}
    ask = {"stored": {"boys": 1, "girls": 2}, "now": VECTORS["now"], "partial": True}
    assert find_problems(field, {"boys": None}, **ask) == []
    assert said(find_problems(field, {"boys": None, "girls": None}, **ask)) == Counter([("/t", "required")])
