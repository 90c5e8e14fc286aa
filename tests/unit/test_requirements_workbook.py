"""The workbook of requirements: what is written is read again, every bad cell is named, and differences are told."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from cpims.imports.formats import SheetUnreadable
from cpims.rollout.formats.workbook import read_workbook, write_workbook
from cpims.rollout.rules.filling import Filled, Table, read_workbook_rows
from cpims.rollout.rules.requirements import (
    SHEETS,
    asked_of,
    differences_between,
    heads_of,
    read_value,
    tidy,
    value_text,
)

LOCALES = ("en", "ar")
DOCUMENT: dict[str, Any] = {
    "settings": {"locales": ["en", "ar"], "system_options": {"show_alerts": True, "word": "true"}, "time_zone": "UTC"},
    "forms": {
        "visit": {"parent_form": "case", "name": {"en": "Visit"}, "is_nested": True, "fields": []},
        "home": {
            "parent_form": "case",
            "name": {"en": "Home", "ar": "البيت"},
            "fields": [
                {"name": "safe", "type": "radio_button", "display_name": {"en": "Safe?"},
                 "option_strings_text": [{"id": "yes", "display_text": {"en": "Yes"}}, {"id": "old", "disabled": True}]},
                {"name": "risk", "type": "select_box", "required": True, "option_strings_source": "lookup lookup-risk"},
                {"name": "visits", "type": "subform", "subform_unique_id": "visit"},
                {"name": "place", "type": "select_box", "option_strings_source": "Location"},
            ],
        },
    },
    "lookups": {"lookup-risk": {"name": {"en": "Risk"}, "values": [{"id": "low", "display_text": {"en": "=Low"}}]}},
    "roles": {
        "role-worker": {"name": "Worker", "group_permission": "self", "permissions": {"case": ["write", "read"], "objects": {}}}
    },
    "grants": {"role-worker": {"home": "rw"}},
    "locations": {
        "KA": {"type": "country"}, "KA01": {"type": "province", "parent": "KA"}, "KA02": {"type": "city", "parent": "KA"}
    },
}  # fmt: skip


def book(**changes: Any) -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    document.update(changes)
    return asked_of(document, LOCALES)


def again(workbook: dict[str, Any], locale: str = "en") -> Filled:
    return read_workbook(write_workbook(workbook, locale), LOCALES)


@pytest.mark.parametrize("locale", ["en", "fr", "es", "ar"])
def test_what_is_written_is_read_again_in_every_language(locale: str) -> None:
    read = again(book(), locale)
    assert (read.bad, read.unread) == ([], [])
    assert read.workbook == book()
    assert again(read.workbook, "fr").workbook == book()


def test_what_stands_is_asked_for_in_cells() -> None:
    sheets = book()["sheets"]
    fields = {row["field_id"]: row for _, row in sheets["fields"]["rows"]}
    assert fields["safe"]["options_list"] == "home/safe" and fields["risk"]["options_list"] == "lookup-risk"
    assert (fields["risk"]["required"], fields["safe"]["required"]) == ("true", "false")
    assert fields["visits"]["rows_form"] == "visit" and fields["place"]["options_list"] == "Location"
    assert [row["option_id"] for _, row in sheets["options"]["rows"]] == ["yes", "low"]
    assert [row["place_types"] for _, row in sheets["levels"]["rows"]] == ["country", "city; province"]
    assert [row["actions"] for _, row in sheets["permissions"]["rows"]] == ["read; write"]
    assert {row["setting"]: row["value"] for _, row in sheets["settings"]["rows"]} == {
        "locales": '["en","ar"]', "system_options/show_alerts": "true", "system_options/word": '"true"', "time_zone": "UTC",
    }  # fmt: skip


def test_a_row_stays_where_it_was_and_so_does_a_column() -> None:
    workbook = book()
    lists = workbook["sheets"]["lists"]
    lists["heads"] = ["notes", "", "name/ar", "list_id", "name/en"]
    lists["rows"] = [[number * 3, row] for number, row in lists["rows"]]
    read = again(workbook)
    assert read.bad == [] and read.workbook == workbook
    workbook["sheets"]["lists"]["rows"][0][1]["name/en"] = "Danger"
    (found,) = differences_between(again(workbook).workbook, book())
    assert (found.cell, found.wanted, found.found, found.action) == ((3, 4), "Danger", "Risk", "other")


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(
        st.tuples(
            st.text(alphabet="abc-", min_size=1, max_size=6),
            st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="_"), max_size=12).map(tidy),
            st.integers(0, 3),
        ),
        max_size=6,
        unique_by=lambda row: row[0],
    )
)  # fmt: skip
def test_whatever_is_asked_for_comes_back(rows: list[tuple[str, str, int]]) -> None:
    workbook, number = book(), 0
    lists = workbook["sheets"]["lists"]
    for name, text, gap in rows:
        number += 1 + gap
        lists["rows"].append([number + 9, {"list_id": name} | ({"name/en": text} if text else {})])
    read = again(workbook)
    assert read.bad == [] and read.workbook == workbook


@settings(deadline=None)
@given(st.one_of(st.text(max_size=8), st.booleans(), st.integers(-9, 9), st.lists(st.text(max_size=3), max_size=2)))
def test_a_setting_in_a_cell_says_what_it_is(value: Any) -> None:
    text = value_text(value)
    assert text == tidy(text)
    assert read_value(text) == value and type(read_value(text)) is type(value)


def with_cell(sheet: str, head: str, row: int, text: str) -> Callable[[dict[str, Any]], None]:
    def change(workbook: dict[str, Any]) -> None:
        values = workbook["sheets"][sheet]["rows"][row][1]
        values.pop(head, None)
        if text:
            values[head] = text

    return change


@pytest.mark.parametrize(
    ("sheet", "head", "row", "text", "code"),
    [
        ("fields", "type", 0, "essay", "cell_no_choice"),
        ("fields", "type", 0, "", "cell_empty"),
        ("fields", "form_id", 1, "elsewhere", "form_unknown"),
        ("fields", "options_list", 1, "", "options_missing"),
        ("fields", "options_list", 1, "lookup-none", "list_unknown"),
        ("fields", "rows_form", 2, "", "rows_form_missing"),
        ("fields", "rows_form", 2, "nowhere", "form_unknown"),
        ("options", "list_id", 0, "lookup-none", "list_unknown"),
        ("forms", "record_type", 0, "client", "cell_no_choice"),
        ("roles", "sees", 0, "everything", "cell_no_choice"),
        ("permissions", "role_id", 0, "role-none", "role_unknown"),
        ("permissions", "actions", 0, "read; fly", "action_unknown"),
        ("role_forms", "access", 0, "all", "cell_no_choice"),
        ("role_forms", "form_id", 0, "nowhere", "form_unknown"),
        ("levels", "level", 0, "first", "cell_not_number"),
        ("levels", "level", 1, "1", "row_twice"),
        ("settings", "setting", 0, "", "cell_empty"),
    ],
)
def test_a_bad_cell_is_named(sheet: str, head: str, row: int, text: str, code: str) -> None:
    workbook = book()
    with_cell(sheet, head, row, text)(workbook)
    place = workbook["sheets"][sheet]["heads"].index(head)
    bad = again(workbook).bad
    assert [(one.sheet, one.row, one.column, one.code) for one in bad] == [(sheet, row + 1, place, code)]


def test_ticks_are_yes_or_no_in_any_language_and_nothing_else() -> None:
    sheet = SHEETS["forms"]
    heads = heads_of(sheet, LOCALES)
    rows = [heads, *([f"form_{n}", "case", word, "", ""] for n, word in enumerate(("oui", "no", "", "نعم", "perhaps")))]
    tables = [
        Table("Formulaires", rows),
        *(Table(name, [heads_of(one, LOCALES)]) for name, one in SHEETS.items() if name != "forms"),
    ]
    read = read_workbook_rows(tables, LOCALES)
    assert [row.get("rows_only") for _, row in read.workbook["sheets"]["forms"]["rows"]] == [
        "true",
        "false",
        "false",
        "true",
        None,
    ]
    assert [(one.row, one.code) for one in read.bad] == [(5, "cell_not_tick")]


def test_sheets_and_columns_that_are_missing_are_named_and_others_told() -> None:
    tables = [Table(name, [heads_of(one, LOCALES)]) for name, one in SHEETS.items() if name != "roles"]
    tables[0] = Table("forms", [["Form id", "Name (en)", "Colour", "Name (en)"]])
    read = read_workbook_rows([*tables, Table("Budget", [["a"]])], LOCALES)
    assert {(one.sheet, one.column, one.code, one.params.get("column")) for one in read.bad} == {
        ("roles", None, "sheet_missing", None),
        ("forms", None, "column_missing", "record_type"),
        ("forms", None, "column_missing", "rows_only"),
        ("forms", 3, "column_twice", None),
    }
    assert read.unread == [("forms", 2), ("forms", 3), ("Budget", None)]


def test_formulas_are_named_and_what_is_no_workbook_is_refused() -> None:
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as made:
        for name, one in SHEETS.items():
            page = made.add_worksheet(name)
            page.write_row(0, 0, heads_of(one, LOCALES))
            if name == "lists":
                page.write_string(1, 0, "lookup-a")
                page.write_formula(1, 1, "=1+1")
    read = read_workbook(target.getvalue(), LOCALES)
    assert [(one.sheet, one.row, one.column, one.code) for one in read.bad] == [("lists", 1, 1, "cell_formula")]
    for content in (b"", b"PK", b"name;code"):
        with pytest.raises(SheetUnreadable):
            read_workbook(content, LOCALES)


def test_nothing_differs_from_what_stands_and_everything_else_is_told_once() -> None:
    assert differences_between(book(), book()) == []
    forms = deepcopy(DOCUMENT["forms"])
    forms["home"]["fields"][1]["required"] = False
    del forms["home"]["fields"][3]
    forms["new"] = {"parent_form": "case", "name": {"en": "New"}, "fields": []}
    found = differences_between(book(), book(forms=forms))
    assert [(one.sheet, one.key, one.column, one.action) for one in found] == [
        ("forms", ("new",), "", "extra"),
        ("fields", ("home", "risk"), "required", "other"),
        ("fields", ("home", "place"), "", "missing"),
    ]
    assert found[0].cell is None and found[1].cell == (2, 3) and found[2].cell == (4, 0)
    assert len({one.id for one in found}) == 3
    assert [one.id for one in differences_between(book(), book(forms=forms))] == [one.id for one in found]


def test_a_language_that_the_workbook_does_not_speak_of_is_not_compared() -> None:
    wanted = asked_of(DOCUMENT, ("en",))
    forms = deepcopy(DOCUMENT["forms"])
    forms["home"]["name"]["ar"] = "بيت"
    assert differences_between(wanted, book(forms=forms)) == []
    assert [one.column for one in differences_between(book(), book(forms=forms))] == ["name/ar"]
