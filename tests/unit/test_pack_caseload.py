"""The demo's children: invented, plausible, always the same for a seed, and true to the forms."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cpims.configuration.formats import Pack, read_folder, read_pack
from cpims.configuration.formats.problems import BrokenPack
from cpims.forms.rules.validation import check_answers
from cpims.management.demo import InventedCase, Recipes, Worker, invent_caseload, read_recipes

PACKS = Path(__file__).resolve().parents[2] / "packs"
TODAY = date(2026, 3, 15)
NOW = "2026-03-15T12:00:00Z"


@pytest.fixture(scope="module")
def recipes() -> Recipes:
    return read_recipes(read_folder(PACKS / "caseload"))


@pytest.fixture(scope="module")
def standard() -> Pack:
    return read_pack(read_folder(PACKS / "cpims"))


@pytest.fixture(scope="module")
def demo() -> Pack:
    return read_pack(read_folder(PACKS / "demo"))


def invent(recipes: Recipes, demo: Pack, count: int, seed: int = 1) -> list[InventedCase]:
    workers = [
        Worker(u.data["user_name"], u.data["location"], u.data["locale"])
        for u in demo.users
        if u.data["role"] == "role-cp-case-worker"
    ]
    providers: dict[str, list[str]] = defaultdict(list)
    for agency in demo.agencies:
        for service in agency.data["services"]:
            providers[service].append(agency.data["unique_id"])
    return list(
        invent_caseload(count=count, seed=seed, today=TODAY, workers=workers, providers=providers, recipes=recipes)
    )


@pytest.fixture(scope="module")
def cases(recipes: Recipes, demo: Pack) -> list[InventedCase]:
    return invent(recipes, demo, 1000)


def form_fields(pack: Pack) -> list[dict[str, Any]]:
    nested = {form.data["unique_id"]: dict(form.data) for form in pack.forms if form.data.get("is_nested")}
    fields: dict[str, dict[str, Any]] = {}
    for form in pack.forms:
        if form.data.get("is_nested") or form.data["parent_form"] != "case":
            continue
        for field in form.data["fields"]:
            shown = {"visible": True, **field}
            if "subform_unique_id" in field:
                rows = nested[field["subform_unique_id"]]
                shown["subform"] = {**rows, "fields": [{"visible": True, **inner} for inner in rows["fields"]]}
            fields.setdefault(field["name"], shown)
    return list(fields.values())


def test_the_same_seed_gives_the_same_children(recipes: Recipes, demo: Pack, cases: list[InventedCase]) -> None:
    assert invent(recipes, demo, 1000) == cases
    assert invent(recipes, demo, 1000, seed=2) != cases


@pytest.mark.parametrize("count", [0, 1, 3, 50, 137, 2500])
def test_as_many_as_were_asked_for(recipes: Recipes, demo: Pack, count: int) -> None:
    cases = invent(recipes, demo, count)
    assert len(cases) == count
    assert len({case.case_id for case in cases}) == count


def test_no_answer_is_wrong_and_few_are_missing(standard: Pack, cases: list[InventedCase]) -> None:
    lookups = {item.data["unique_id"]: [o["id"] for o in item.data["values"]] for item in standard.lookups}
    fields = form_fields(standard)
    known = {field["name"] for field in fields}
    incomplete = 0
    for case in cases:
        assert set(case.answers) <= known
        problems = check_answers(
            fields, case.answers, record=case.answers, stored={}, lookups=lookups, now=NOW, partial=False
        )
        assert [p for p in problems if p.kind != "incomplete"] == []
        incomplete += bool(problems)
    assert 0.02 < incomplete / len(cases) < 0.35


def test_noor_is_aminas_and_open(cases: list[InventedCase]) -> None:
    found = [case for case in cases if case.answers["name_first"] == "Noor"]
    assert [(case.owner, case.closed_on, case.hidden_name) for case in found] == [("amina", None, False)]
    assert found[0].answers["name_other"].startswith("نور ")
    assert found[0].answers["risk_level"] == "high"


def test_caseloads_are_those_of_people(cases: list[InventedCase]) -> None:
    open_cases = Counter(case.owner for case in cases if not case.closed_on)
    assert 25 <= open_cases["amina"] <= 40
    assert 25 <= open_cases["bilal"] <= 40
    assert len(open_cases) == 36
    assert 0.25 < sum(1 for case in cases if case.closed_on) / len(cases) < 0.38


def test_children_are_children_and_days_are_in_order(cases: list[InventedCase]) -> None:
    for case in cases:
        assert 0 <= case.answers["age"] <= 17
        assert case.created_at.date() < TODAY
        assert (TODAY - case.created_at.date()).days <= 740
        if "date_of_birth" in case.answers:
            born = date.fromisoformat(case.answers["date_of_birth"])
            opened = case.created_at.date()
            assert case.answers["age"] == opened.year - born.year - (
                (opened.month, opened.day) < (born.month, born.day)
            )
        if case.closed_on:
            assert case.created_at.date() < case.closed_on <= TODAY
            assert case.answers["closure_reason"]
        for row in case.answers.get("services_section", []):
            assert row["service_response_day_time"][:10] >= case.created_at.date().isoformat()


def test_names_stand_in_many_scripts(cases: list[InventedCase]) -> None:
    scripts = Counter(unicodedata.name(case.answers["name_first"][0]).split(" ")[0] for case in cases)
    assert {"LATIN", "ARABIC", "ETHIOPIC", "MYANMAR", "BENGALI", "CYRILLIC", "DEVANAGARI"} <= set(scripts)
    assert min(scripts.values()) > 20


def test_brothers_and_sisters_share_their_names(cases: list[InventedCase]) -> None:
    pairs = 0
    for case in cases[1:]:
        for row in case.answers["family_details_section"]:
            if row["relation"] in ("brother", "sister"):
                pairs += 1
                shared = case.answers.get("name_middle", "") or case.answers.get("name_last", "")
                if "ович" in shared or "івна" in shared:
                    shared = shared[:4]
                elif case.answers.get("name_last", "").endswith(("ий", "а")):
                    shared = case.answers["name_last"][:4]
                assert shared.split(" ")[0] in row["relation_name"]
    assert pairs > 200


def test_no_telephone_number_can_be_a_real_one(cases: list[InventedCase]) -> None:
    numbers = [case.answers["telephone_current"] for case in cases if "telephone_current" in case.answers]
    numbers += [
        row["relation_telephone"]
        for case in cases
        for row in case.answers["family_details_section"]
        if "relation_telephone" in row
    ]
    assert len(numbers) > 300
    assert all(number.startswith("+999") and 8 <= len(number) <= 16 for number in numbers)


def test_unsafe_telephones_are_marked(cases: list[InventedCase]) -> None:
    unsafe = [c for c in cases if {"gbv_survivor", "trafficked_smuggled"} & set(c.answers["protection_concerns"])]
    assert unsafe
    assert all(case.answers.get("safe_to_contact") != "yes" for case in unsafe)


def test_missing_recipes_are_named() -> None:
    with pytest.raises(BrokenPack) as refused:
        read_recipes({"names.yaml": b"[]"})
    assert [p.pointer for p in refused.value.problems] == ["stories.yaml#", "texts.yaml#"]
