"""A pack that is badly written is refused, and every problem in it is named with its place."""

from __future__ import annotations

import pytest

from cpims.configuration.formats import BrokenPack, read_pack
from cpims.configuration.rules import pack_problems

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
