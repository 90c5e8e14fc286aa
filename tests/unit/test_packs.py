"""The packs that we ship are whole: every text in every language, every name that is used exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpims.access.rules.viewer import read_permissions
from cpims.configuration.formats import BrokenPack, Pack, read_folder, read_pack
from cpims.configuration.rules import Standing, pack_problems, standing_after

PACKS = Path(__file__).resolve().parents[2] / "packs"
LOCALIZED = ("name", "display_name", "help_text", "guiding_questions", "tick_box_label", "description", "title")


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


def test_every_text_stands_in_every_language(standard: Pack, demo: Pack) -> None:
    def texts(value: Any) -> Iterator[dict[str, str]]:
        if isinstance(value, dict):
            if {"en", "ar"} & set(value) and all(isinstance(text, str) for text in value.values()):
                yield value
            for inner in value.values():
                yield from texts(inner)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                yield from texts(inner)

    seen = 0
    for pack in (standard, demo):
        for part in (pack.forms, pack.lookups, pack.locations, pack.agencies):
            for found in texts([dict(item.data) for item in part]):
                seen += 1
                assert found["en"].strip()
                assert any("؀" <= sign <= "ۿ" for sign in found["ar"]), found
        for found in texts(pack.settings):
            assert set(found) == {"en", "ar"}
    assert seen > 700


def test_the_forms_of_the_standard_are_there_under_their_known_names(standard: Pack) -> None:
    tops = {form.data["unique_id"] for form in standard.forms if not form.data.get("is_nested")}
    assert tops == set(
        "consent basic_identity other_identity_details protection_concern protection_concern_details family_details "
        "care_arrangements services followup notes closure_form record_owner".split()
    )
    nested = {form.data["unique_id"] for form in standard.forms if form.data.get("is_nested")}
    assert nested >= set(
        "protection_concern_detail_subform_section family_details_section care_arrangements_section services_section "
        "followup_subform_section notes_section reopened_logs".split()
    )
    names = {name.split(".")[1] for name, _ in fields(standard)}
    assert names >= set(
        "name name_first name_middle name_last sex age date_of_birth estimated registration_date location_current "
        "address_current telephone_current consent_for_services disclosure_other_orgs risk_level protection_concerns "
        "service_response_type service_appointment_date service_implemented_day_time followup_needed_by_date".split()
    )


def test_every_telephone_says_whether_how_and_when_it_is_safe(standard: Pack) -> None:
    phones = [(name, field) for name, field in fields(standard) if field.get("phone_number")]
    assert len(phones) == 3
    known = dict(fields(standard))
    assert known["basic_identity.safe_to_contact"]["required"]
    assert known["basic_identity.safe_contact_times"]["required"]
    assert known["basic_identity.preferred_contact_method"]["required"]
    assert known["family_details_section.relation_safe_to_contact"]
    assert known["family_details_section.relation_contact_times"]["required"]
    assert known["other_identity_details.telephone_last_safety"]


def test_what_happened_is_never_in_the_future(standard: Pack) -> None:
    happened = (
        "basic_identity.date_of_birth basic_identity.registration_date consent.consent_date closure_form.date_closure "
        "followup_subform_section.followup_date services_section.service_implemented_day_time notes_section.note_date "
        "care_arrangements_section.care_arrangement_started_date family_details_section.relation_date_of_birth"
    )
    known = dict(fields(standard))
    for name in happened.split():
        assert known[name]["date_validation"] == "not_future_date", name


def test_a_new_open_case_is_not_asked_to_close(standard: Pack) -> None:
    asked = [
        name
        for name, field in fields(standard)
        if name.startswith("closure_form.") and field.get("required") and not field.get("display_conditions_record")
    ]
    assert asked == []


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
    assert set(supervisor["form_section_read_write"].values()) == {"r", "rw"}
    assert roles["role-cp-case-worker"]["form_section_read_write"]["record_owner"] == "r"
    assert not {"search_owned_by_others", "consent_override", "self_approve"} & set(
        roles["role-cp-case-worker"]["permissions"]["case"]
    )


def test_the_demo_has_the_cast_and_forty_colleagues(demo: Pack) -> None:
    users = {item.data["user_name"]: item.data for item in demo.users}
    assert list(users)[:6] == ["amina", "bilal", "chantal", "dawit", "esther", "farid"]
    assert len(users) == 46
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


HEAD = b"name: broken\ntitle: {en: Broken}\nversion: '1'\nlocales: [en]\n"
FORM = """
unique_id: a
parent_form: case
name: {en: A}
form_group_id: g
order_form_group: 1
order: 1
fields:
"""
MODULE = b"unique_id: primeromodule-cp\nname: CP\nassociated_record_types: [case]\noptions: {}\n"


def shape_codes(files: dict[str, bytes]) -> set[tuple[str, str]]:
    with pytest.raises(BrokenPack) as refused:
        read_pack({"pack.yaml": HEAD, **files})
    return {(problem.pointer, problem.code) for problem in refused.value.problems}


def test_every_problem_of_shape_is_named_at_once_with_its_place() -> None:
    found = shape_codes(
        {
            "forms/a.yaml": (
                FORM + "  - {name: 'Bad Name', type: select_box, display_name: {en: 'Why #1'}, colour: red}\n"
            ).encode(),
            "lookups/l.yaml": b"lookup-x:\n  name: {en: X}\n  values:\n    - {id: a, en: A}\n    - {id: a, en: ''}\n",
            "roles/r.yaml": b"unique_id: role-x\nname: X\ngroup_permission: everybody\n",
            "surprise.yaml": b"{}",
        }
    )
    assert found == {
        ("forms/a.yaml#/fields/0/name", "pack.field_name"),
        ("forms/a.yaml#/fields/0/display_name/en", "pack.barred_sign"),
        ("forms/a.yaml#/fields/0/colour", "pack.key_unknown"),
        ("lookups/l.yaml#/lookup-x/values/1/en", "pack.translation_missing"),
        ("lookups/l.yaml#/lookup-x/values/1/id", "pack.twice"),
        ("roles/r.yaml#/group_permission", "pack.not_a_choice"),
        ("roles/r.yaml#", "pack.key_missing"),
        ("surprise.yaml#", "pack.file_unknown"),
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"a: 1\na: 2\n", "pack.not_yaml"),
        (b"a: &x [1]\nb: *x\n", "pack.not_yaml"),
        (b"a: [1\n", "pack.not_yaml"),
        (b"1: one\n", "pack.not_yaml"),
        (b"a: !!python/object/apply:os.getcwd []\n", "pack.not_yaml"),
        (b"\xff\xfe", "pack.not_utf8"),
        (b"[" * 5000, "pack.not_yaml"),
        (b"#" * 2_000_001, "pack.file_too_long"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(text: bytes, code: str) -> None:
    assert ("lookups/x.yaml#", code) in shape_codes({"lookups/x.yaml": text})


def test_words_stay_words_and_days_stay_text() -> None:
    pack = read_pack(
        {
            "pack.yaml": HEAD,
            "settings.yaml": b"a: no\nb: on\nc: 2026-01-02\nd: 012\ne: 1.5\nf: true\ng: 7\nh: null\n",
        }
    )
    assert pack.settings == {
        "a": "no", "b": "on", "c": "2026-01-02", "d": "012", "e": "1.5", "f": True, "g": 7, "h": None,
    }  # fmt: skip


def test_a_pack_needs_its_head() -> None:
    with pytest.raises(BrokenPack) as refused:
        read_pack({"module.yaml": MODULE})
    assert [p.code for p in refused.value.problems] == ["pack.file_missing"]


@pytest.mark.parametrize(
    ("field", "code", "pointer"),
    [
        ("{name: a, type: select_box, display_name: {en: A}}", "pack.no_options", ""),
        ("{name: a, type: select_box, option_strings_source: lookup x, display_name: {en: A}}", "pack.unknown_lookup", "/option_strings_source"),
        ("{name: a, type: select_box, option_strings_source: Places, display_name: {en: A}}", "pack.source", "/option_strings_source"),
        ("{name: a, type: text_field, display_name: {en: A}, display_conditions_record: {eq: {b: c}}}", "pack.unknown_field", "/display_conditions_record"),
        ("{name: a, type: text_field, display_name: {en: A}, display_conditions_record: {ne: {a: c}}}", "pack.broken_condition", "/display_conditions_record"),
        ("{name: a, type: text_field, display_name: {en: A}, display_conditions_subform: {eq: {a: c}}}", "pack.unknown_field", "/display_conditions_subform"),
        ("{name: a, type: text_field, multi_select: true, display_name: {en: A}}", "pack.multi_select", "/multi_select"),
        ("{name: a, type: subform, display_name: {en: A}}", "pack.no_subform", ""),
    ],
)  # fmt: skip
def test_a_form_that_does_not_fit_is_named(field: str, code: str, pointer: str) -> None:
    pack = read_pack({"pack.yaml": HEAD, "module.yaml": MODULE, "forms/a.yaml": f"{FORM}  - {field}\n".encode()})
    assert [(p.pointer, p.code) for p in pack_problems(pack)] == [(f"forms/a.yaml#/fields/0{pointer}", code)]


def test_one_name_has_one_meaning() -> None:
    other = FORM.replace("unique_id: a", "unique_id: b") + "  - {name: a, type: textarea, display_name: {en: A}}\n"
    pack = read_pack(
        {
            "pack.yaml": HEAD,
            "module.yaml": MODULE,
            "forms/a.yaml": (FORM + "  - {name: a, type: text_field, display_name: {en: A}}\n").encode(),
            "forms/b.yaml": other.encode(),
        }
    )
    assert [(p.pointer, p.code) for p in pack_problems(pack)] == [("forms/b.yaml#/fields/0/type", "pack.two_meanings")]


def test_a_role_cannot_hold_what_does_not_exist() -> None:
    role = (
        b"unique_id: role-x\nname: X\ngroup_permission: self\nmodule_unique_ids: [primeromodule-gbv]\n"
        b"permissions: {case: [read, fly], dragon: [ride]}\nform_section_read_write: {missing: r}\n"
    )
    pack = read_pack({"pack.yaml": HEAD, "module.yaml": MODULE, "roles/r.yaml": role})
    assert {(p.pointer, p.code) for p in pack_problems(pack)} == {
        ("roles/r.yaml#/module_unique_ids", "pack.unknown_module"),
        ("roles/r.yaml#/permissions/case", "pack.unknown_action"),
        ("roles/r.yaml#/permissions/dragon", "pack.unknown_resource"),
        ("roles/r.yaml#/form_section_read_write", "pack.unknown_form"),
    }


def test_the_same_files_have_the_same_digest(standard: Pack) -> None:
    files = read_folder(PACKS / "cpims")
    assert read_pack(files).digest == standard.digest
    files["settings.yaml"] += b"\n"
    assert read_pack(files).digest != standard.digest


def test_every_problem_has_a_sentence_in_every_language() -> None:
    root = PACKS.parent
    said = {}
    for locale in ("en", "ar"):
        said[locale] = json.loads((root / "contracts" / "messages" / locale / "packs.json").read_text("utf-8"))
    assert set(said["en"]) == set(said["ar"])
    for key, text in said["en"].items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", said["ar"][key])), key
    used = {"pack.twice", "pack.text_wanted"}
    for path in [*(root / "cpims/configuration").rglob("*.py"), *(root / "cpims/management").rglob("*.py")]:
        source = path.read_text("utf-8")
        used |= {f"pack.{code}" for code in re.findall(r"\.say\(\s*\"(\w+)\"", source)}
        used |= {f"pack.{code}" for code in re.findall(r"like\(\w+, \"(\w+)\"\)", source)}
        used |= {f"pack.unknown_{part}" for part in re.findall(r"_unknown\(\s*[^,]+,\s*\"(\w+)\"", source)}
        used |= set(re.findall(r"\"((?:pack|demo|administrator)\.(?!command|part|loaded|yaml)\w+)\"", source))
    assert len(used) > 35
    assert used <= set(said["en"]), used - set(said["en"])
