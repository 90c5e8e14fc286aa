"""Tracing, incidents, families, and the packs that a country switches on: whole, safe, and filled in as they ask."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cpims.configuration.formats import Pack, read_folder, read_pack
from cpims.configuration.rules import Standing, pack_problems, standing_after
from cpims.forms.rules.calculations import evaluate
from cpims.forms.rules.compiled import compile_fields
from cpims.forms.rules.validation import KINDS, check_answers
from cpims.forms.rules.visibility import field_shown

Entry = dict[str, Any]

PACKS = Path(__file__).resolve().parents[2] / "packs"
FURTHER = ("cpims-alternative-care", "cpims-best-interests", "cpims-caafag", "cpims-child-functioning")
LOCALES = ("en", "fr", "es", "ar")
TRACING = "tracing child_wishes child_under_5 verification reunification_details reunification_followup"
OTHERS = (
    "cp_incident_form cp_individual_details cp_offender_details cp_incident_record_owner tracing_request_inquirer "
    "tracing_request_tracing_request tracing_request_photos_and_audio tracing_request_record_owner family_overview "
    "family_members family_consent family_notes family_documents family_closure_form family_record_owner"
)
NOW = "2026-03-01T09:00:00Z"
ROW = "2c1b8a52-7d5e-4a53-9f0f-3f6c4f1e0a01"
NOT_ANSWERED = {"separator", "document_upload_box", "photo_upload_box", "audio_upload_box", "signature"}


def _pack(name: str) -> Pack:
    return read_pack(read_folder(PACKS / name))


STANDARD = _pack("cpims")
MORE = {name: _pack(name) for name in FURTHER}
LOOKUPS = {
    item.data["unique_id"]: tuple(option["id"] for option in item.data["values"])
    for pack in (STANDARD, *MORE.values())
    for item in pack.lookups
}


def _whole(pack: Pack) -> Iterator[Entry]:
    """The forms of a pack as the engine reads them: rows inside their field."""
    nested = {item.data["unique_id"]: item.data for item in pack.forms if item.data.get("is_nested")}
    for item in pack.forms:
        if not item.data.get("is_nested"):
            fields = [
                {**field, "subform": nested[field["subform_unique_id"]]} if field["type"] == "subform" else field
                for field in item.data["fields"]
            ]
            yield {**item.data, "fields": fields}


OURS = [form for form in _whole(STANDARD) if form["unique_id"] in f"{TRACING} {OTHERS}".split()] + [
    form for pack in MORE.values() for form in _whole(pack)
]
CASE_FORMS = [form for pack in (STANDARD, *MORE.values()) for form in _whole(pack) if form["parent_form"] == "case"]


def _fields(form: Mapping[str, Any]) -> Iterator[tuple[str, Entry, list[Entry]]]:
    """Every field of a form and of its rows, its path, and the fields beside it."""
    for field in form["fields"]:
        yield f"{form['unique_id']}.{field['name']}", field, form["fields"]
        for inner in field.get("subform", {}).get("fields", []):
            yield f"{field['subform']['unique_id']}.{inner['name']}", inner, field["subform"]["fields"]


def by_id(form: Mapping[str, Any]) -> str:
    return str(form["unique_id"])


@pytest.mark.parametrize("name", FURTHER)
def test_a_further_pack_stands_on_the_standard_pack(name: str) -> None:
    pack = MORE[name]
    assert pack.name == name and pack.requires == ("cpims",) and pack.locales == LOCALES
    assert pack_problems(pack, standing_after(STANDARD)) == []
    alone = {problem.code for problem in pack_problems(pack, Standing())}
    assert {"pack.requires", "pack.unknown_role", "pack.unknown_module"} <= alone


def test_further_packs_may_be_loaded_together_in_any_order() -> None:
    for order in (FURTHER, FURTHER[::-1]):
        standing = standing_after(STANDARD)
        for name in order:
            assert not set(MORE[name].ids("forms")) & standing.forms
            assert not set(MORE[name].ids("lookups")) & standing.lookups
            assert pack_problems(MORE[name], standing) == []
            standing = standing_after(MORE[name], standing)


def test_the_forms_are_there_under_their_known_names() -> None:
    standing = {form["unique_id"]: form["parent_form"] for form in _whole(STANDARD)}
    assert {standing[name] for name in TRACING.split()} == {"case"}
    assert Counter(standing[name] for name in OTHERS.split()) == {"incident": 4, "tracing_request": 4, "family": 7}
    nested = {item.data["unique_id"] for item in STANDARD.forms if item.data.get("is_nested")}
    assert nested >= set(
        "tracing_actions_section child_preferences_section verification_subform_section reunification_details_section "
        "tracing_request_subform_section family_members_section family_notes_section".split()
    )
    names = {path.split(".")[1] for form in OURS for path, _, _ in _fields(form)}
    assert names >= set(
        "matched_tracing_request_id tracing_status date_of_separation separation_cause tracing_type tracing_outcome "
        "wishes_child_family_tracing wishes_preference_relocated verification_inquierer_recommendation "
        "date_reunification reunification_type closure_recommendation matched_case_id inquiry_date "
        "incident_date cp_incident_violence_type date_of_first_report cp_incident_perpetrator_relationship cp_sex "
        "family_number family_members family_relationship family_relation_is_caregiver relation_age_estimated "
        "upload_bia_document upload_bid_document best_interest_recommendation un_ddr_no date_cfm_start cfm_age "
        "cfm_2_4_vision_wears_glasses cfm_5_17_mobility_difficulty_comparative_500m cfm_5_17_depression_how_often".split()
    )


@pytest.mark.parametrize("form", OURS, ids=by_id)
def test_every_text_stands_in_four_languages_and_fits_a_phone(form: Entry) -> None:
    def texts(value: Any, key: str = "") -> Iterator[tuple[str, dict[str, str]]]:
        if isinstance(value, dict):
            if "en" in value:
                yield key, value
            for name, inner in value.items():
                yield from texts(inner, name)
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner, key)

    found = list(texts(form))
    assert len(found) >= 3
    for key, text in found:
        assert set(text) == set(LOCALES), text
        assert any("\u0600" <= sign <= "\u06ff" for sign in text["ar"]), text
        assert not any("\u0600" <= sign <= "\u06ff" for locale in LOCALES[:3] for sign in text[locale]), text
        assert text["en"].count("?") == text["fr"].count("?") == text["ar"].count("؟"), text
        assert text["es"].count("¿") == text["es"].count("?") == text["en"].count("?"), text
        if key in ("name", "display_name", "display_text", "tick_box_label"):
            assert len(text["en"]) <= 60 and max(map(len, text.values())) <= 75, text


def test_no_question_is_asked_twice() -> None:
    """A name stands on one form; what the case's own forms share on purpose is shared by none of these."""
    ours = {form["unique_id"] for form in OURS}
    places: dict[tuple[str, str], set[str]] = {}
    for form in [*CASE_FORMS, *(form for form in OURS if form["parent_form"] != "case")]:
        for field in form["fields"]:
            if field["type"] != "separator":
                places.setdefault((form["parent_form"], field["name"]), set()).add(form["unique_id"])
    shared = {key for key, forms in places.items() if len(forms) > 1 and forms & ours}
    assert shared == {("family", "status")}


def test_every_telephone_says_whether_it_is_safe() -> None:
    phones = [
        (path, field, beside) for form in OURS for path, field, beside in _fields(form) if field.get("phone_number")
    ]
    assert len(phones) == 8
    for path, field, beside in phones:
        known = {entry["name"]: entry for entry in beside}
        if field["name"] == "telephone_last":
            assert known["telephone_last_safety"]["type"] == "textarea" and field["help_text"], path
            continue
        condition = field.get("display_conditions_subform") or field["display_conditions_record"]
        [safe] = [name for name in known if name.endswith("safe_to_contact") and name in json.dumps(condition)]
        assert known[safe]["option_strings_source"] == "lookup lookup-safe-to-contact", path
        times = known[safe.replace("safe_to_contact", "contact_times")]
        assert times["required"] and times["option_strings_source"] == "lookup lookup-contact-time", path
        assert safe.replace("safe_to_contact", "safe_contact_details") in known, path
        for answer, shown in {"yes": True, "no": True, "unknown": True, "no_phone": False, None: False}.items():
            row = {safe: answer}
            assert field_shown({**field, "display_conditions_record": condition}, row).shown is shown, (path, answer)


def test_what_happened_is_never_in_the_future() -> None:
    plans = {
        "reunification_details_section.reunification_first_follow_up_date", "caregiver_assessment_section.ca_review_due",
        "placement_monitoring_section.pm_next_date", "cp_bia_form.case_priority_date", "cp_bia_form.bia_next_review",
        "bid_decision.bid_implementation_deadline",
    }  # fmt: skip
    for form in OURS:
        for path, field, _ in _fields(form):
            if field["type"] == "date_field" and not field.get("disabled"):
                assert (field.get("date_validation") == "not_future_date") is (path not in plans), path


def test_only_the_system_fills_in_who_owns_a_record() -> None:
    for form in OURS:
        if form["unique_id"].endswith("record_owner"):
            assert all(field.get("disabled") for field in form["fields"] if field["type"] != "separator")


def test_release_and_reintegration_is_for_the_few() -> None:
    pack = MORE["cpims-caafag"]
    assert {item.data["role"]: item.data["forms"] for item in pack.grants} == {
        "role-cp-manager": {"caafag_profile": "r"}
    }
    [role] = [item.data for item in pack.roles]
    worker = next(item.data for item in STANDARD.roles if item.data["unique_id"] == "role-cp-case-worker")
    assert role["permissions"] == worker["permissions"] and role["group_permission"] == worker["group_permission"]
    assert role["form_section_read_write"] == {**worker["form_section_read_write"], "caafag_profile": "rw"}
    [form] = _whole(pack)
    told = " ".join(field["name"] for field in form["fields"])
    assert not [word for word in ("weapon", "commander", "unit", "armed_group_name", "location") if word in told]
    assert form["display_conditions"] == {"in": {"protection_concerns": ["caafag"]}}


@pytest.mark.parametrize("name", FURTHER)
def test_every_form_of_a_further_pack_is_somebodys_work(name: str) -> None:
    pack = MORE[name]
    may_fill = {form for item in pack.grants for form, access in item.data["forms"].items() if access == "rw"}
    may_fill |= {
        f for item in pack.roles for f, access in item.data["form_section_read_write"].items() if access == "rw"
    }
    assert {form["unique_id"] for form in _whole(pack)} <= may_fill
    known = {item.data["unique_id"] for item in STANDARD.roles}
    assert {item.data["role"] for item in pack.grants} <= known


def _answer(field: Mapping[str, Any], choice: str | None = None) -> Any:
    match field["type"]:
        case "text_field":
            return "+25561234567" if field.get("phone_number") else "Noor"
        case "textarea":
            return "A quiet day."
        case "numeric_field":
            return 7
        case "tick_box":
            return True
        case "date_field":
            return "2026-02-01T08:30:00Z" if field.get("date_include_time") else "2026-02-01"
        case "calculated":
            return False
    options = _options(field)
    one = choice or (options[0] if options else "somebody")
    return [one] if field.get("multi_select") else one


def _options(field: Mapping[str, Any]) -> tuple[str, ...]:
    if "option_strings_text" in field:
        return tuple(option["id"] for option in field["option_strings_text"])
    source = str(field.get("option_strings_source", ""))
    return LOOKUPS[source.removeprefix("lookup ")] if source.startswith("lookup ") else ()


def _filled(fields: list[Entry]) -> Entry:
    given: Entry = {}
    for field in fields:
        if field["type"] == "subform":
            given[field["name"]] = [{"unique_id": ROW, **_filled(field["subform"]["fields"])}]
        elif field["type"] not in NOT_ANSWERED:
            given[field["name"]] = _answer(field)
    return given


def _said(form: Entry, sent: Entry) -> set[tuple[str, str]]:
    found = check_answers(form["fields"], sent, record=sent, lookups=LOOKUPS, now=NOW, partial=False)
    return {(problem.pointer, problem.code) for problem in found if KINDS[problem.code] != "notice"}


def _wrong(field: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    match field["type"]:
        case "text_field" | "textarea":
            yield 7, "wrong_type"
        case "numeric_field":
            yield from ((1.5, "not_an_integer"), ("x", "wrong_type"), (3_000_000_000, "out_of_range"))
        case "tick_box":
            yield "yes", "wrong_type"
        case "date_field":
            yield "1 March", "invalid_date"
            if field.get("date_validation") == "not_future_date":
                late = "2026-04-01T08:00:00Z" if field.get("date_include_time") else "2026-04-01"
                yield late, "date_in_future"
        case "calculated":
            yield [], "wrong_type"
        case "select_box" | "radio_button":
            if _options(field):
                yield (["nonsense"] if field.get("multi_select") else "nonsense"), "not_an_option"
            if field.get("multi_select"):
                yield "nonsense", "wrong_type"


@pytest.mark.parametrize("form", OURS, ids=by_id)
def test_a_form_filled_with_valid_answers_is_accepted(form: Entry) -> None:
    assert compile_fields(form["fields"]).problems == ()
    given = _filled(form["fields"])
    assert given or all(field["type"] in NOT_ANSWERED for field in form["fields"])
    assert _said(form, given) == set()


@pytest.mark.parametrize("form", OURS, ids=by_id)
def test_each_kind_of_wrong_answer_is_refused_at_its_place(form: Entry) -> None:
    tried = 0
    for field in form["fields"]:
        rows = field.get("subform", {}).get("fields")
        for inner in rows or [field]:
            for value, code in _wrong(inner):
                given = _filled(form["fields"])
                pointer = f"/{field['name']}" + (f"/0/{inner['name']}" if rows else "")
                (given[field["name"]][0] if rows else given)[inner["name"]] = value
                at = f"{pointer}/0" if inner.get("multi_select") and isinstance(value, list) else pointer
                assert (at, code) in _said(form, given), (pointer, value)
                tried += 1
    assert tried or all(field["type"] in NOT_ANSWERED for field in form["fields"])


def _settings(condition: Any) -> Iterator[tuple[str, Any]]:
    """The answers that a condition looks for."""
    if isinstance(condition, list):
        for part in condition:
            yield from _settings(part)
    elif isinstance(condition, dict):
        for operator, operand in condition.items():
            if operator in ("and", "or", "not"):
                yield from _settings(operand)
            elif isinstance(operand, dict):
                for name, wanted in operand.items():
                    yield name, wanted[0] if isinstance(wanted, list) else wanted


@pytest.mark.parametrize("form", OURS, ids=by_id)
def test_every_question_can_come_up_and_conditions_name_real_options(form: Entry) -> None:
    named: dict[str, Entry] = {f["name"]: f for other in CASE_FORMS for f in other["fields"]}
    named |= {field["name"]: field for field in form["fields"]}
    for path, field, beside in _fields(form):
        inside = {entry["name"]: entry for entry in beside}
        for key, known in (("display_conditions_record", named), ("display_conditions_subform", inside)):
            answers: Entry = {}
            for name, wanted in _settings(field.get(key)):
                options = _options(known[name])
                assert not options or str(wanted) in options, (path, name, wanted)
                answers.setdefault(name, [wanted] if known[name].get("multi_select") else wanted)
            if "not" in json.dumps(field.get(key)):
                continue
            alone = {"name": field["name"], "display_conditions_record": field.get(key)}
            assert field_shown(alone, answers).shown, (path, answers)
            if field.get(key) and not any(wanted is False for _, wanted in _settings(field[key])):
                assert not field_shown(alone, {}).shown, path
    for name, wanted in _settings(form.get("display_conditions")):
        options = _options(named[name])
        assert not options or str(wanted) in options, (form["unique_id"], name, wanted)


def _interview() -> dict[str, Entry]:
    [form] = _whole(MORE["cpims-child-functioning"])
    [rows] = [field for field in form["fields"] if field["type"] == "subform"]
    return {field["name"]: field for field in rows["subform"]["fields"]}


@pytest.mark.parametrize(
    ("answers", "domain", "result"),
    [
        ({"cfm_age": "2_4", "cfm_2_4_vision_wears_glasses": "true", "cfm_2_4_vision_difficulty_with_glasses": "cannot_do_at_all"}, "vision", True),
        ({"cfm_age": "2_4", "cfm_2_4_vision_wears_glasses": "false", "cfm_2_4_vision_difficulty_with_glasses": "cannot_do_at_all"}, "vision", False),
        ({"cfm_age": "5_17", "cfm_5_17_hearing_uses_hearing_aid": "false", "cfm_5_17_hearing_difficulty": "a_lot_of_difficulty"}, "hearing", True),
        ({"cfm_age": "5_17", "cfm_5_17_hearing_uses_hearing_aid": "false", "cfm_5_17_hearing_difficulty": "some_difficulty"}, "hearing", False),
        ({"cfm_age": "5_17", "cfm_5_17_mobility_uses_equipment": "false", "cfm_5_17_mobility_difficulty_comparative_500m": "cannot_do_at_all"}, "mobility", True),
        ({"cfm_age": "2_4", "cfm_2_4_controlling_behavior_difficulty": "more"}, "controlling_behavior", False),
        ({"cfm_age": "2_4", "cfm_2_4_controlling_behavior_difficulty": "a_lot_more"}, "controlling_behavior", True),
        ({"cfm_age": "5_17", "cfm_5_17_anxiety_how_often": "weekly"}, "anxiety", False),
        ({"cfm_age": "5_17", "cfm_5_17_depression_how_often": "daily"}, "depression", True),
        ({"cfm_age": "5_17", "cfm_2_4_playing_difficulty": "cannot_do_at_all"}, "playing", False),
    ],
)  # fmt: skip
def test_a_great_difficulty_is_worked_out_from_the_answers(answers: Entry, domain: str, result: bool) -> None:
    fields = _interview()
    assert evaluate(fields[f"cfm_result_{domain}"]["calculation"]["expression"], answers) is result
    assert evaluate(fields["cfm_any_difficulty"]["calculation"]["expression"], answers) is result


def test_the_longer_walk_is_not_asked_when_the_short_one_is_too_hard() -> None:
    longer = _interview()["cfm_5_17_mobility_difficulty_comparative_500m"]
    row = {"cfm_age": "5_17", "cfm_5_17_mobility_uses_equipment": "false"}
    for short, asked in {"no_difficulty": True, "some_difficulty": True, "a_lot_of_difficulty": False,
                         "cannot_do_at_all": False}.items():  # fmt: skip
        answers = {**row, "cfm_5_17_mobility_difficulty_comparative_100m": short}
        assert field_shown(longer, {}, answers).shown is asked


def test_one_age_band_at_a_time_and_nothing_without_consent() -> None:
    fields = _interview()
    for name, field in fields.items():
        bands = [band for band in ("2_4", "5_17") if name.startswith(f"cfm_{band}_")]
        if bands:
            settings = dict(_settings(field["display_conditions_subform"]))
            assert settings["cfm_age"] == bands[0], name
    assert not field_shown(fields["cfm_age"], {}, {"cfm_start": "false"}).shown


def test_the_official_wording_is_pointed_to() -> None:
    [form] = _whole(MORE["cpims-child-functioning"])
    said = form["fields"][0]["help_text"]
    assert "official" in said["en"] and "officiel" in said["fr"] and "oficial" in said["es"] and "الرسمي" in said["ar"]
