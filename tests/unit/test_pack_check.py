"""Each rule of ``cpims pack check`` on a small broken pack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cpims.configuration.formats import lines_of, survey_pack
from cpims.configuration.rules import check_packs
from cpims.configuration.rules.reach import Answer, outcomes
from cpims.forms.rules.privacy import PRIVACY, class_of, suggested_class

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "packs"

HEAD = "name: small\ntitle: {en: Small, fr: Petit}\nversion: '1'\nlocales: [en, fr]\n"
MODULE = "unique_id: primeromodule-cp\nname: CP\nassociated_record_types: [case]\noptions: {}\n"
LOOKUP = """
lookup-yes:
  name: {en: Answers, fr: Réponses}
  values:
    - {id: "yes", en: "Yes", fr: Oui, tags: [good]}
    - {id: "no", en: "No", fr: Non}
"""
FORM = """
unique_id: a
parent_form: case
name: {en: First, fr: Premier}
form_group_id: g
order_form_group: 1
order: 1
fields:
  - {name: sure, type: select_box, option_strings_source: lookup lookup-yes, display_name: {en: Sure, fr: Sûr}}
  - {name: many, type: select_box, multi_select: true, option_strings_source: lookup lookup-yes, display_name: {en: Many, fr: Plusieurs}}
  - {name: ticked, type: tick_box, display_name: {en: Ticked, fr: Coché}}
  - {name: count, type: numeric_field, display_name: {en: Count, fr: Nombre}}
  - {name: day, type: date_field, display_name: {en: Day, fr: Jour}}
  - {name: story, type: textarea, display_name: {en: Story, fr: Récit}}
  - name: rows
    type: subform
    display_name: {en: Rows, fr: Lignes}
    subform:
      unique_id: row
      name: {en: Row, fr: Ligne}
      fields:
        - {name: kind, type: select_box, option_strings_source: lookup lookup-yes, display_name: {en: Kind, fr: Genre}}
        - {name: amount, type: numeric_field, display_name: {en: Amount, fr: Quantité}}
"""


def files(**changed: str) -> dict[str, bytes]:
    texts = {"pack": HEAD, "module": MODULE, "lookups/l": LOOKUP, "forms/a": FORM}
    texts |= {name.replace("__", "/"): text for name, text in changed.items()}
    return {f"{name}.yaml": text.encode() for name, text in texts.items()}


def found(given: dict[str, bytes]) -> set[tuple[str, str]]:
    pack, unread = survey_pack(given)
    return {(finding.problem.pointer, finding.problem.code) for finding in check_packs([pack], unread)}


def with_field(field: str) -> set[tuple[str, str]]:
    return found(files(forms__a=f"{FORM}  - {field}\n"))


def test_a_sound_pack_has_no_problems() -> None:
    assert found(files()) == set()


WORDS = "display_name: {en: More, fr: Plus}"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{eq: {sure: maybe}}", "condition_option"),
        ("{in: {many: ['yes', maybe]}}", "condition_option"),
        ("{eq: {many: 'yes'}}", "condition_type"),
        ("{eq: {sure: ['yes']}}", "condition_type"),
        ("{eq: {sure: 1}}", "condition_type"),
        ("{gt: {sure: 2}}", "condition_type"),
        ("{eq: {ticked: 'true'}}", "condition_type"),
        ("{eq: {count: '5'}}", "condition_type"),
        ("{gt: {day: 5}}", "condition_type"),
        ("{eq: {rows: 5}}", "condition_type"),
        ("{and: [{eq: {sure: 'yes'}}, {eq: {sure: 'no'}}]}", "condition_never"),
        ("{and: [{gt: {count: 5}}, {lt: {count: 6}}]}", "condition_never"),
        ("{and: [{gt: {day: '2026-01-02'}}, {lt: {day: '2026-01-01'}}]}", "condition_never"),
        ("{and: [{eq: {ticked: true}}, {not: {eq: {ticked: true}}}]}", "condition_never"),
        ("{and: [{in: {many: ['yes', 'no']}}, {not: {in: {many: ['no']}}}]}", "condition_never"),
        ("{or: [{eq: {sure: 'yes'}}, {not: {eq: {sure: 'yes'}}}]}", "condition_idle"),
    ],
)
def test_a_condition_that_says_nothing_or_never_holds(condition: str, code: str) -> None:
    field = f"{{name: more, type: textarea, {WORDS}, display_conditions_record: {condition}}}"
    assert with_field(field) == {("forms/a.yaml#/fields/7/display_conditions_record", f"pack.{code}")}


@pytest.mark.parametrize(
    "condition",
    [
        "{in: {sure: ['yes', 'no']}}",
        "{in: {many: ['yes', 'no']}}",
        "{eq: {many: ['yes']}}",
        "{eq: {sure: null}}",
        "{not: {eq: {sure: 'yes'}}}",
        "{and: [{gt: {count: 5}}, {lt: {count: 7}}]}",
        "{and: [{gt: {day: '2026-01-01'}}, {lt: {day: '2026-01-03'}}]}",
        "{gt: {count: '5'}}",
        "{sure: 'yes', ticked: true}",
        "{eq: {sure: nonsense}, disabled: true}",
    ],
)
def test_a_condition_that_can_hold_is_left_alone(condition: str) -> None:
    assert with_field(f"{{name: more, type: textarea, {WORDS}, display_conditions_record: {condition}}}") == set()


def test_conditions_on_what_is_not_there() -> None:
    more = f"{{name: more, type: textarea, {WORDS}, display_conditions_record: {{eq: {{other: 1}}}}}}"
    assert with_field(more) == {("forms/a.yaml#/fields/7/display_conditions_record", "pack.unknown_field")}
    shown = FORM.replace(
        "    subform:\n",
        "    subform_section_configuration: {display_conditions: {eq: {kind: maybe}}}\n    subform:\n",
    )
    place = "forms/a.yaml#/fields/6/subform_section_configuration/display_conditions"
    assert found(files(forms__a=shown)) == {(place, "pack.condition_option")}
    assert found(files(forms__a=shown.replace("kind: maybe", "sure: 'yes'"))) == {(place, "pack.unknown_field")}
    tagged = (
        f"{{name: more, type: select_box, option_strings_source: lookup lookup-yes, {WORDS}, "
        "option_strings_condition: {good: {eq: {nothing: 1}}, bad: {eq: {sure: 'no'}}}}"
    )
    assert with_field(tagged) == {
        ("forms/a.yaml#/fields/7/option_strings_condition/good", "pack.unknown_field"),
        ("forms/a.yaml#/fields/7/option_strings_condition/bad", "pack.unknown_tag"),
    }


def circle(extra: str = "") -> str:
    return (
        FORM + "  - {name: one, type: tick_box, display_name: {en: One, fr: Un}, "
        f"display_conditions_record: {{eq: {{two: true}}}}{extra}}}\n"
        "  - {name: two, type: tick_box, display_name: {en: Two, fr: Deux}, display_conditions_record: {eq: {one: true}}}\n"
    )


def test_questions_that_wait_for_each_other() -> None:
    assert found(files(forms__a=circle())) == {
        ("forms/a.yaml#/fields/7", "pack.condition_circle"),
        ("forms/a.yaml#/fields/8", "pack.condition_circle"),
    }
    # The program fills in what is disabled, whether it is shown or not.
    assert found(files(forms__a=circle(", disabled: true"))) == set()
    itself = FORM.replace("fields:\n", "display_conditions: {eq: {ticked: true}}\nfields:\n", 1)
    assert {code for _, code in found(files(forms__a=itself))} == {"pack.condition_circle"}
    row = (
        FORM
        + "        - {name: lost, type: textarea, display_name: {en: Lost, fr: Perdu}, display_conditions_subform: {eq: {lost: x}}}\n"
    )
    assert found(files(forms__a=row)) == {("forms/a.yaml#/fields/6/subform/fields/2", "pack.condition_circle")}


def test_form_and_question_that_want_what_cannot_be_together() -> None:
    other = (
        FORM.split("fields:")[0]
        .replace("unique_id: a", "unique_id: b")
        .replace("First", "Second")
        .replace("Premier", "Second")
        + "display_conditions: {eq: {sure: 'yes'}}\nfields:\n"
        + f"  - {{name: more, type: textarea, {WORDS}, display_conditions_record: {{eq: {{sure: 'no'}}}}}}\n"
    )
    assert found(files(forms__b=other)) == {("forms/b.yaml#/fields/0", "pack.condition_never")}


def test_missing_translations_are_all_named_and_do_not_hide_the_rest() -> None:
    lookup = LOOKUP.replace(", fr: Oui", "")
    form = FORM.replace("{en: Day, fr: Jour}", "{en: Day}") + f"  - {{name: note, type: text_field, {WORDS}}}\n"
    assert found(files(lookups__l=lookup, forms__a=form)) == {
        ("lookups/l.yaml#/lookup-yes/values/0/fr", "pack.translation_missing"),
        ("forms/a.yaml#/fields/4/display_name/fr", "pack.translation_missing"),
        ("forms/a.yaml#/fields/7", "pack.privacy_missing"),
    }


@pytest.mark.parametrize(
    ("field", "suggested"),
    [
        ("{name: name_first, type: text_field, %s}", "name"),
        ("{name: telephone_other, type: text_field, %s}", "contact"),
        ("{name: address_old, type: text_field, %s}", "location"),
        ("{name: national_id_no, type: text_field, %s}", "identifier"),
        ("{name: anything, type: text_field, %s}", "free_text"),
        ("{name: date_of_birth, type: date_field, %s}", "identifier"),
        ("{name: hiv_status, type: select_box, option_strings_source: lookup lookup-yes, %s}", "health"),
        ("{name: was_abused_abuse, type: tick_box, %s}", "violence"),
    ],
)
def test_what_seems_to_be_about_a_person_says_what_it_tells(field: str, suggested: str) -> None:
    pack, unread = survey_pack(files(forms__a=f"{FORM}  - {field % WORDS}\n"))
    findings = check_packs([pack], unread)
    assert [(f.problem.code, f.problem.params["suggested"], f.warning) for f in findings] == [
        ("pack.privacy_missing", suggested, False)
    ]
    classified = field.replace("%s", f"privacy: none, {WORDS}")
    assert with_field(classified) == set()
    wrong = field.replace("%s", f"privacy: secret, {WORDS}")
    assert ("forms/a.yaml#/fields/7/privacy", "pack.not_a_choice") in with_field(wrong)


def test_types_and_forms_give_their_class() -> None:
    classes: dict[str, dict[str, Any]] = {
        "text": {"type": "text_field", "name": "x"},
        "story": {"type": "textarea", "name": "x"},
        "phone": {"type": "text_field", "name": "x", "phone_number": True},
        "place": {"type": "select_box", "name": "x", "option_strings_source": "Location"},
        "face": {"type": "photo_upload_box", "name": "x"},
        "sex": {"type": "select_box", "name": "sex", "option_strings_source": "lookup lookup-gender"},
        "decided": {"type": "textarea", "name": "x", "privacy": "violence"},
    }
    assert {name: class_of(field) for name, field in classes.items()} == {
        "text": "free_text", "story": "free_text", "phone": "contact", "place": "location", "face": "likeness",
        "sex": "none", "decided": "violence",
    }  # fmt: skip
    assert suggested_class({"type": "separator", "name": "name_first"}) is None
    form = (
        FORM.replace("fields:\n", "privacy: violence\nfields:\n", 1) + f"  - {{name: who, type: text_field, {WORDS}}}\n"
    )
    pack, unread = survey_pack(files(forms__a=form))
    assert unread == []
    inherited = {f["name"]: f.get("privacy") for item in pack.forms for f in item.data["fields"]}
    assert inherited == {
        "sure": "violence", "many": "violence", "ticked": "violence", "count": "violence", "day": "violence",
        "story": None, "rows": None, "who": "violence", "kind": "violence", "amount": "violence",
    }  # fmt: skip


def test_labels_that_do_not_fit_on_a_telephone() -> None:
    long = FORM.replace("en: Ticked, fr: Coché", f"en: {'x' * 61}, fr: {'x' * 75}").replace(
        "en: Count, fr: Nombre", f"en: {'y' * 60}, fr: {'y' * 76}"
    )
    assert found(files(forms__a=long, lookups__l=LOOKUP.replace("fr: Oui", f"fr: {'z' * 61}"))) == {
        ("forms/a.yaml#/fields/2/display_name/en", "pack.too_long"),
        ("forms/a.yaml#/fields/3/display_name/fr", "pack.too_long"),
        ("lookups/l.yaml#/lookup-yes/values/0/fr", "pack.too_long"),
    }


def test_a_question_asked_twice() -> None:
    again = "{name: again, type: textarea, display_name: {en: 'story ?', fr: Histoire}}"
    assert with_field(again) == {("forms/a.yaml#/fields/7/display_name/en", "pack.asked_twice")}
    assert with_field(again.replace("name: again", "name: again, visible: false")) == set()
    apart = f"{{name: part, type: separator, {WORDS}}}\n  - {again}"
    assert with_field(apart) == set()
    row = FORM + "        - {name: again, type: textarea, display_name: {en: Kind, fr: Autre}}\n"
    assert {code for _, code in found(files(forms__a=row))} == {"pack.asked_twice"}
    other = (
        FORM.split("fields:")[0]
        .replace("unique_id: a", "unique_id: b")
        .replace("First", "Second")
        .replace("Premier", "Deux")
    )
    pack, unread = survey_pack(files(forms__b=f"{other}fields:\n  - {again}\n"))
    assert [(f.problem.code, f.warning) for f in check_packs([pack], unread)] == [("pack.asked_elsewhere", True)]


@pytest.mark.parametrize(
    ("part", "text", "expected"),
    [
        ("module", MODULE.replace("{}", "{workflow_lookup: lookup-none, consent_form: none}"), {
            ("module.yaml#/options/workflow_lookup", "pack.unknown_lookup"),
            ("module.yaml#/options/consent_form", "pack.unknown_form")}),
        ("module", MODULE.replace("{}", "{list_headers: {cases: [id, sure, nothing], dragons: []}, list_filters: {cases: [my_cases, status, nothing]}}"), {
            ("module.yaml#/options/list_headers/cases", "pack.unknown_column"),
            ("module.yaml#/options/list_headers/dragons", "pack.unknown_record_type"),
            ("module.yaml#/options/list_filters/cases", "pack.unknown_filter")}),
        ("module", MODULE.replace("{}", "{data_protection_case_create_field_names: [sure, nothing]}"), {
            ("module.yaml#/options/data_protection_case_create_field_names", "pack.unknown_field")}),
        ("settings", "duplicate_export_field: nothing\nauto_populate_list: [{field_key: sure, format: [nothing]}]\n", {
            ("settings.yaml#/duplicate_export_field", "pack.unknown_field"),
            ("settings.yaml#/auto_populate_list/0", "pack.unknown_field")}),
        ("roles/r", "unique_id: role-x\nname: X\ngroup_permission: self\nmodule_unique_ids: []\nform_section_read_write: {none: r}\n"
         "permissions: {role: [read], objects: {role: [role-none], agency: [none]}}\n", {
            ("roles/r.yaml#/form_section_read_write", "pack.unknown_form"),
            ("roles/r.yaml#/permissions/objects/role", "pack.unknown_role"),
            ("roles/r.yaml#/permissions/objects/agency", "pack.unknown_agency")}),
        ("grants", "role-none: {a: rw, none: r, row: r}\n", {
            ("grants.yaml#/role-none", "pack.unknown_role"), ("grants.yaml#/role-none", "pack.unknown_form")}),
        ("lookups/m", LOOKUP, {
            ("lookups/l.yaml#/lookup-yes/unique_id", "pack.twice"), ("lookups/m.yaml#/lookup-yes/unique_id", "pack.twice")}),
        ("pack", HEAD + "requires: other\n", {("pack.yaml#/requires", "pack.requires")}),
    ],
)  # fmt: skip
def test_names_that_lead_nowhere(part: str, text: str, expected: set[tuple[str, str]]) -> None:
    assert found({**files(), f"{part}.yaml": text.encode()}) == expected


@pytest.mark.parametrize(
    ("field", "code", "key"),
    [
        ("{name: x, type: select_box, option_strings_source: lookup lookup-none, %s}", "unknown_lookup", "/option_strings_source"),
        ("{name: x, type: select_box, option_strings_source: lookup lookup-yes, selected_value: maybe, %s}", "unknown_option", "/selected_value"),
        ("{name: x, type: date_field, selected_value: tomorrow, %s}", "no_beginning", "/selected_value"),
        ("{name: x, type: calculated, calculation: {expression: {sum: [count, nothing]}}, %s}", "unknown_field", "/calculation"),
        ("{name: x, type: calculated, disabled: true, subform_summary: {subform_field_name: rows, first: {field_name: nothing}}, %s}", "unknown_field", "/subform_summary"),
        ("{name: x, type: calculated, disabled: true, subform_summary: {subform_field_name: sure}, %s}", "unknown_field", "/subform_summary"),
        ("{name: x, type: subform, subform_unique_id: nothing, %s}", "no_subform", ""),
        ("{name: sure, type: textarea, %s}", "twice", "/name"),
    ],
)  # fmt: skip
def test_fields_that_name_what_is_not_there(field: str, code: str, key: str) -> None:
    assert (f"forms/a.yaml#/fields/7{key}", f"pack.{code}") in with_field(field % WORDS)


def test_a_further_pack_leaves_the_ids_of_the_standard_alone() -> None:
    base, _ = survey_pack(files())
    head = HEAD.replace("small", "further") + "requires: [small]\n"
    form = (
        FORM.replace("unique_id: a", "unique_id: b")
        .split("fields:")[0]
        .replace("First", "Next")
        .replace("Premier", "Suivant")
    )
    own = {
        "pack.yaml": head.encode(),
        "forms/a.yaml": FORM.replace("First", "Other").encode(),
        "forms/b.yaml": (form + f"fields:\n  - {{name: count, type: textarea, {WORDS}}}\n").encode(),
    }
    pack, unread = survey_pack(own)
    codes = {(f.problem.pointer, f.problem.code) for f in check_packs([base, pack], unread)}
    assert ("forms/a.yaml#/unique_id", "pack.taken") in codes
    assert ("forms/a.yaml#/fields/6/subform/unique_id", "pack.taken") in codes
    assert ("forms/b.yaml#/fields/0/type", "pack.two_meanings") in codes


def test_a_file_that_cannot_be_read_does_not_hide_the_others() -> None:
    broken = files(lookups__l="lookup-yes: [\n", forms__b=FORM.replace("unique_id: a", "unique_id: B B"))
    broken["forms/a.yaml"] = f"{FORM}  - {{name: note, type: text_field, {WORDS}}}\n".encode()
    assert found(broken) == {
        ("lookups/l.yaml#", "pack.not_yaml"),
        ("forms/b.yaml#/unique_id", "pack.unique_id"),
        ("forms/a.yaml#/fields/7", "pack.privacy_missing"),
    }


def test_places_have_their_lines(tmp_path: Path) -> None:
    for name, content in files().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    lines = lines_of(tmp_path, ["forms/a.yaml#/fields/0", "forms/a.yaml#/fields/6/subform/fields/1", "lookups/l.yaml#"])
    texts = (tmp_path / "forms" / "a.yaml").read_text().splitlines()
    assert "name: sure" in texts[lines["forms/a.yaml#/fields/0"] - 1]
    assert "name: amount" in texts[lines["forms/a.yaml#/fields/6/subform/fields/1"] - 1]


def test_every_combination_is_found_by_trying() -> None:
    answers = {"n": Answer("number"), "s": Answer("several", ("a", "b", "c"))}
    assert outcomes({"and": [{"ge": {"n": 3}}, {"le": {"n": 3}}]}, answers) == {True, False}
    assert outcomes({"and": [{"in": {"s": ["a"]}}, {"in": {"s": ["b"]}}, {"not": {"in": {"s": ["c"]}}}]}, answers) == {
        True,
        False,
    }
    assert outcomes({"eq": {"s": ["d"]}}, answers) == {False}
    assert outcomes({"eq": {"n": 1}}, answers, open_names=()) == {False}


def test_every_problem_has_a_sentence_with_the_same_gaps_in_each_language() -> None:
    said = {
        locale: json.loads((ROOT / "contracts" / "messages" / locale / "packs.json").read_text("utf-8"))
        for locale in ("en", "fr", "es", "ar")
    }
    codes = "condition_option condition_type condition_never condition_circle condition_idle privacy_missing too_long asked_twice "
    codes += "asked_elsewhere taken other_options unknown_column unknown_filter unknown_record_type unknown_tag "
    codes += "unknown_option no_beginning translation_missing"
    for code in codes.split():
        for locale, catalogue in said.items():
            assert catalogue.get(f"pack.{code}"), (locale, code)
    assert "none" in PRIVACY
