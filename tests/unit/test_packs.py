"""The packs that we ship are whole: every text in every language, every name that is used exists."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpims.access.rules.viewer import read_permissions
from cpims.configuration.formats import Pack, read_folder, read_pack
from cpims.configuration.rules import Standing, pack_problems, standing_after

PACKS = Path(__file__).resolve().parents[2] / "packs"
LOCALES = ("en", "fr", "es", "ar")
CORE_FORMS = set(
    "consent interview_details basic_identity other_identity_details protection_concern protection_concern_details "
    "family_details care_arrangements assessment cp_case_plan services followup case_review notes case_transfer "
    "closure_form feedback record_owner other_reportable_fields_case photos_and_audio other_documents".split()
)
#: Forms and rows of the core in which a telephone number can stand.
CORE_ROWS = CORE_FORMS | {"family_details_section", "care_arrangements_section", "services_section"}
#: Labels that several questions of one form share under different headings.
SAID_AGAIN = frozenset({"What is well, and what is not", "Action needed", "Done on", "What was done", "Why not"})


@pytest.fixture(scope="module")
def standard() -> Pack:
    return read_pack(read_folder(PACKS / "cpims"))


@pytest.fixture(scope="module")
def demo() -> Pack:
    return read_pack(read_folder(PACKS / "demo"))


def fields(pack: Pack) -> Iterator[tuple[str, dict[str, Any]]]:
    for form in pack.forms:
        for field in form.data["fields"]:
            yield f"{form.data['unique_id']}.{field['name']}", field


def test_the_standard_pack_hangs_together(standard: Pack) -> None:
    assert pack_problems(standard) == []


def test_the_demo_pack_stands_on_the_standard_pack(standard: Pack, demo: Pack) -> None:
    assert pack_problems(demo, standing_after(standard)) == []
    codes = {problem.code for problem in pack_problems(demo, Standing())}
    assert {"pack.requires", "pack.unknown_role"} <= codes


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Every text that is written for people, wherever it stands."""
    if isinstance(value, dict):
        if "en" in value:
            yield {locale: text for locale, text in value.items() if locale in LOCALES}
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def test_every_text_stands_in_every_language(standard: Pack, demo: Pack) -> None:
    seen = 0
    for pack in (standard, demo):
        assert pack.locales == LOCALES
        parts = [dict(item.data) for part in (pack.forms, pack.lookups, pack.locations, pack.agencies) for item in part]
        for found in texts([*parts, dict(pack.settings), dict(pack.title)]):
            seen += 1
            assert tuple(found) == LOCALES, found
            assert all(text.strip() == text and text for text in found.values()), found
            assert any("\u0600" <= sign <= "\u06ff" for sign in found["ar"]), found
            assert not any("\u0600" <= sign <= "\u06ff" for sign in found["en"] + found["fr"] + found["es"]), found
    assert seen > 1200


def test_french_and_spanish_are_not_english_left_over(standard: Pack) -> None:
    """Questions and guidance; single words may be the same in two languages."""
    same = [
        found["en"]
        for form in standard.forms
        for found in texts(dict(form.data))
        if " " in found["en"] and found["en"] in (found["fr"], found["es"])
    ]
    assert same == []


def test_labels_fit_on_a_telephone(standard: Pack) -> None:
    long = [
        (name, locale, len(text))
        for name, field in fields(standard)
        for locale, text in field["display_name"].items()
        if len(text) > (60 if locale == "en" else 75)
    ]
    assert long == []
    titles = [form.data["name"] for form in standard.forms]
    assert [title for title in titles if max(map(len, title.values())) > 40] == []


def test_the_forms_of_the_standard_are_there_under_their_known_names(standard: Pack) -> None:
    tops = {form.data["unique_id"] for form in standard.forms if not form.data.get("is_nested")}
    assert tops >= CORE_FORMS
    nested = {form.data["unique_id"] for form in standard.forms if form.data.get("is_nested")}
    assert nested >= set(
        "protection_concern_detail_subform_section family_details_section care_arrangements_section services_section "
        "followup_subform_section notes_section reopened_logs cp_case_plan_subform_case_plan_interventions "
        "rapid_assessment_concerns case_review_section case_transfer_section feedback_section".split()
    )
    names = {name.split(".")[1] for name, _ in fields(standard)}
    assert names >= set(
        "name name_first name_middle name_last sex age date_of_birth estimated registration_date location_current "
        "address_current telephone_current consent_for_services disclosure_other_orgs risk_level protection_concerns "
        "service_response_type service_appointment_date service_implemented_day_time followup_needed_by_date "
        "assessment_due_date assessment_requested_on case_plan_due_date date_case_plan case_plan_timeframe "
        "intervention_service_goal intervention_service_to_be_provided intervention_service_success "
        "assessment_approved assessment_approved_date assessment_approved_comments approval_status_assessment "
        "case_plan_approved case_plan_approved_date case_plan_approved_comments approval_status_case_plan "
        "case_plan_approval_type closure_approved approval_status_closure".split()
    )


def test_no_question_is_asked_twice(standard: Pack) -> None:
    """A key stands on two forms only where the answer is meant to be shared, and then it is the same question."""
    asked: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
    for form in standard.forms:
        if not form.data.get("is_nested"):
            for field in form.data["fields"]:
                asked.setdefault((form.data["parent_form"], field["name"]), []).append((form.data["unique_id"], field))
    shared = {
        name: {form for form, _ in places}
        for (kind, name), places in asked.items()
        if len(places) > 1 and kind == "case"
    }
    facts = "other_reportable_fields_case"
    assert {
        name: forms - {facts} for name, forms in shared.items() if len(forms - {facts}) > 1 and forms <= CORE_FORMS
    } == {
        "status": {"basic_identity", "closure_form"},
        "protection_concerns": {"protection_concern", "assessment"},
        "protection_concerns_other": {"protection_concern", "assessment"},
        "risk_level": {"protection_concern", "assessment"},
    }
    for places in asked.values():
        first = places[0][1]
        for _, field in places[1:]:
            for key in ("display_name", "required", "option_strings_source", "option_strings_text", "date_validation"):
                assert field.get(key) == first.get(key), field["name"]
    labels = Counter(
        (form.data["unique_id"], field["display_name"]["en"])
        for form in standard.forms
        for field in form.data["fields"]
        if field["type"] != "separator" and field.get("visible", True)
    )
    assert [label for label, count in labels.items() if count > 1 and label[1] not in SAID_AGAIN] == []


def test_every_telephone_says_whether_how_when_and_by_whom(standard: Pack) -> None:
    known = dict(fields(standard))
    for phone, prefix in {
        "basic_identity.telephone_current": "basic_identity.{}",
        "family_details_section.relation_telephone": "family_details_section.relation_{}",
        "care_arrangements_section.telephone_caregiver": "care_arrangements_section.caregiver_{}",
    }.items():
        child = phone.startswith("basic_identity")
        assert known[phone]["phone_number"]
        assert known[prefix.format("safe_to_contact")]["option_strings_source"] == "lookup lookup-safe-to-contact"
        for asked in (
            ("preferred_contact_method", "safe_contact_times", "safe_contact_by")
            if child
            else ("contact_method", "contact_times", "contact_by")
        ):
            assert known[prefix.format(asked)]["required"], asked
        assert known[prefix.format("safe_contact_details")]
    assert known["basic_identity.safe_to_contact"]["required"]
    assert known["other_identity_details.telephone_last_safety"]
    core = {name for name, field in fields(standard) if field.get("phone_number") and name.split(".")[0] in CORE_ROWS}
    assert core == {
        "basic_identity.telephone_current",
        "family_details_section.relation_telephone",
        "care_arrangements_section.telephone_caregiver",
        "other_identity_details.telephone_last",
    }


def test_what_happened_is_never_in_the_future(standard: Pack) -> None:
    happened = (
        "basic_identity.date_of_birth basic_identity.registration_date consent.consent_date closure_form.date_closure "
        "followup_subform_section.followup_date services_section.service_implemented_day_time notes_section.note_date "
        "care_arrangements_section.care_arrangement_started_date family_details_section.relation_date_of_birth "
        "assessment.assessment_requested_on assessment.assessment_completed_on cp_case_plan.date_case_plan "
        "case_review_section.case_review_date feedback_section.feedback_date interview_details.identification_date "
        "cp_case_plan_subform_case_plan_interventions.intervention_completed_date consent.consent_withdrawn_date"
    )
    known = dict(fields(standard))
    for name in happened.split():
        assert known[name]["date_validation"] == "not_future_date", name


@pytest.mark.parametrize("form", ["assessment", "cp_case_plan", "closure_form", "interview_details"])
def test_a_new_case_is_not_asked_for_what_comes_later(standard: Pack, form: str) -> None:
    first = {"protection_concerns", "risk_level"}
    later = [
        name
        for name, field in fields(standard)
        if name.startswith(f"{form}.") and field.get("required") and not field.get("display_conditions_record")
    ]
    assert [name for name in later if name.split(".")[1] not in first] == []


def test_time_limits_stand_for_each_risk_level(standard: Pack) -> None:
    lookup = next(item.data for item in standard.lookups if item.data["unique_id"] == "lookup-risk-level")
    limits = standard.settings["system_options"]["timelines"]
    assert list(limits) == [option["id"] for option in lookup["values"]] == ["high", "medium", "low"]
    for limit, days in limits["high"].items():
        assert 0 < days <= limits["medium"][limit] <= limits["low"][limit]


def test_the_workflow_has_the_steps_whose_forms_are_there(standard: Pack) -> None:
    options = standard.modules[0].data["options"]
    assert options["use_workflow_assessment"] and options["use_workflow_case_plan"]
    assert options["use_workflow_service_implemented"]
    names = {name.split(".")[1] for name, _ in fields(standard)}
    state = {"short_id", "owned_by", "alert_count", "flag_count", "workflow", "case_id_display"}
    assert [name for name in options["list_headers"]["cases"] if name not in names | state] == []


def test_only_the_system_fills_in_the_record_information(standard: Pack) -> None:
    for name, field in fields(standard):
        if name.startswith(("record_owner.", "reopened_logs.")) and field["type"] != "separator":
            assert field.get("disabled"), name


def test_roles_hold_only_what_they_say(standard: Pack) -> None:
    roles = {item.data["unique_id"]: item.data for item in standard.roles}
    for role in roles.values():
        stored = {resource: actions for resource, actions in role["permissions"].items() if resource != "objects"}
        assert {r: frozenset(a) for r, a in stored.items()} == dict(read_permissions(stored))
    administrator = roles["role-cp-administrator"]
    assert administrator["group_permission"] == "admin_only"
    assert not {"case", "incident", "family", "tracing_request", "registry_record", "report"} & set(
        administrator["permissions"]
    )
    assert administrator["form_section_read_write"] == {}
    supervisor = roles["role-cp-manager"]
    assert supervisor["is_manager"] and supervisor["group_permission"] == "group"
    writes = {form for form, access in supervisor["form_section_read_write"].items() if access == "rw"}
    assert writes >= {"case_review", "notes", "case_transfer", "closure_form", "feedback"}
    assert not writes & {"consent", "basic_identity", "assessment", "cp_case_plan", "services"}
    worker = roles["role-cp-case-worker"]["form_section_read_write"]
    assert worker["record_owner"] == "r"
    assert "feedback" not in worker and "other_reportable_fields_case" not in worker
    assert {form for form in CORE_FORMS if worker.get(form) != "rw"} == {
        "feedback", "record_owner", "other_reportable_fields_case",
    }  # fmt: skip
    assert not {"search_owned_by_others", "consent_override", "self_approve"} & set(
        roles["role-cp-case-worker"]["permissions"]["case"]
    )


def test_who_counts_watches_or_helps_sees_no_more_than_that(standard: Pack) -> None:
    roles = {item.data["unique_id"]: item.data for item in standard.roles}
    known = dict(fields(standard))
    analyst = roles["role-cp-analyst"]
    assert analyst["permissions"]["case"] == ["read", "view_protection_concerns_filter"]
    seen = [
        (name.split(".")[1], field)
        for name, field in known.items()
        if name.split(".")[0] in analyst["form_section_read_write"]
    ]
    assert len(seen) > 15
    coded = {"select_box", "radio_button", "numeric_field", "date_field", "tick_box"}
    assert {name for name, field in seen if field["type"] not in coded} == {"case_id_display"}
    assert not {name for name, _ in seen} & {"name", "date_of_birth", "location_current", "owned_by"}
    officer = roles["role-cp-data-protection-officer"]
    assert set(officer["form_section_read_write"].values()) == {"r"}
    assert all("consent" in form or form.endswith("record_owner") for form in officer["form_section_read_write"])
    assert set(officer["permissions"]["case"]) == {"read", "change_log", "access_log"}
    assert officer["permissions"]["audit_log"] == ["read"]
    provider = roles["role-cp-service-provider"]
    assert provider["group_permission"] == "self" and provider["referral"]
    assert provider["form_section_read_write"] == {"basic_identity": "r", "services": "rw"}
    identified = roles["role-cp-identified"]
    assert identified["group_permission"] == "identified" and "write" not in identified["permissions"]["case"]
    assert "consent" not in identified["form_section_read_write"]


def test_who_may_see_photos_sees_the_form_for_them_and_nobody_else(standard: Pack) -> None:
    """A face is seen by who works with the child; who answers for an agency reads the papers."""
    roles = {item.data["unique_id"]: item.data for item in standard.roles}
    forms = ("photos_and_audio", "other_documents")
    held = {
        name: tuple(role["form_section_read_write"].get(form, "") for form in forms) for name, role in roles.items()
    }
    assert {name: access for name, access in held.items() if any(access)} == {
        "role-cp-case-worker": ("rw", "rw"),
        "role-superuser": ("rw", "rw"),
        "role-cp-manager": ("r", "r"),
        "role-cp-agency-manager": ("", "r"),
    }
    sees = {name for name, role in roles.items() if {"view_photo", "manage"} & set(role["permissions"].get("case", ()))}
    assert sees == {name for name, (photos, _) in held.items() if photos}


def test_files_are_put_where_their_names_are_known(standard: Pack) -> None:
    """By these names the newest photo becomes the child's, and other programs find voices and papers."""
    known = {name: field["type"] for name, field in fields(standard)}
    assert known["photos_and_audio.photos"] == "photo_upload_box"
    assert known["photos_and_audio.recorded_audio"] == "audio_upload_box"
    assert known["other_documents.other_documents"] == "document_upload_box"


def test_the_demo_has_the_cast_and_its_colleagues(demo: Pack) -> None:
    users = {item.data["user_name"]: item.data for item in demo.users}
    assert list(users)[:6] == ["amina", "bilal", "chantal", "dawit", "esther", "farid"]
    assert len(users) == 49
    assert {user["locale"] for user in users.values()} == set(LOCALES)
    assert (
        users["amina"]["agency"] == users["bilal"]["agency"] == users["chantal"]["agency"] != users["dawit"]["agency"]
    )
    assert users["amina"]["user_groups"] == users["bilal"]["user_groups"] == users["chantal"]["user_groups"]
    assert not set(users["dawit"]["user_groups"]) & set(users["amina"]["user_groups"])
    assert users["esther"]["role"] == "role-cp-administrator"
    assert users["farid"]["role"] == "role-superuser"
    assert all(user["email"].endswith("@demo.example") for user in users.values())


def test_places_lie_in_three_levels_and_their_codes_say_so(demo: Pack) -> None:
    places = {item.data["code"]: item.data for item in demo.locations}
    assert 35 <= len(places) <= 45
    for code, place in places.items():
        parent = place["parent_code"]
        assert (parent is None) == (code == "KL")
        assert parent is None or code.startswith(parent)
    assert {len(code) for code in places} == {2, 4, 6}


def test_the_same_files_have_the_same_digest(standard: Pack) -> None:
    files = read_folder(PACKS / "cpims")
    assert read_pack(files).digest == standard.digest
    files["settings.yaml"] += b"\n"
    assert read_pack(files).digest != standard.digest


def test_every_problem_has_a_sentence_in_every_language() -> None:
    root = PACKS.parent
    said = {}
    for locale in LOCALES:
        said[locale] = json.loads((root / "contracts" / "messages" / locale / "packs.json").read_text("utf-8"))
    for locale in LOCALES:
        assert set(said["en"]) == set(said[locale])
        for key, text in said["en"].items():
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", said[locale][key])), (locale, key)
    used = {"pack.twice", "pack.text_wanted"}
    for path in [*(root / "cpims/configuration").rglob("*.py"), *(root / "cpims/management").rglob("*.py")]:
        source = path.read_text("utf-8")
        used |= {f"pack.{code}" for code in re.findall(r"\.say\(\s*\"(\w+)\"", source)}
        used |= {f"pack.{code}" for code in re.findall(r"like\(\w+, \"(\w+)\"\)", source)}
        used |= {f"pack.unknown_{part}" for part in re.findall(r"_unknown\(\s*[^,]+,\s*\"(\w+)\"", source)}
        used |= set(re.findall(r"\"((?:pack|demo|administrator)\.(?!command|part|loaded|yaml)\w*[^\W_])\"", source))
    assert len(used) > 35
    assert used <= set(said["en"]), used - set(said["en"])
