"""Names in parts, rows between a case and its family, generations, relationships from both sides."""

from __future__ import annotations

from uuid import UUID

import pytest

from cpims.families.rules.names import joined_name, split_name
from cpims.families.rules.refusals import RelationshipInvalid
from cpims.families.rules.relationships import as_kept, as_seen, types_of
from cpims.families.rules.rows import (
    changed_rows,
    child_of_member,
    details_of,
    member_of_child,
    member_of_detail,
    shared_keys,
)
from cpims.families.rules.tree import generation_of

ONE, TWO = UUID(int=1), UUID(int=2)
TEXT = {"type": "text_field"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Noor", ("Noor", "", "")),
        ("Noor Haddad", ("Noor", "", "Haddad")),
        ("Noor Ahmad Yusuf Haddad", ("Noor", "Ahmad Yusuf", "Haddad")),
        ("نور", ("نور", "", "")),
        ("نور أحمد يوسف حداد", ("نور", "أحمد يوسف", "حداد")),
        ("عبد الله أحمد السيد", ("عبد الله", "أحمد", "السيد")),
        ("نور الدين محمود", ("نور الدين", "", "محمود")),
        ("محمد أبو بكر الصديق", ("محمد", "أبو بكر", "الصديق")),
        ("Abdul Rahman bin Saleh Haddad", ("Abdul Rahman", "bin Saleh", "Haddad")),
        ("Nour al-Din Mahmoud", ("Nour al-Din", "", "Mahmoud")),
        ("Maria de la Cruz", ("Maria", "", "de la Cruz")),
        ("  Lina   Saleh ", ("Lina", "", "Saleh")),
        ("عبد", ("عبد", "", "")),
        ("李小龍", ("李小龍", "", "")),
        ("   ", ("", "", "")),
    ],
)
def test_a_name_in_its_parts(name, parts):
    split = split_name(name)
    assert tuple(split.get(part, "") for part in ("name_first", "name_middle", "name_last")) == parts
    assert "" not in split.values()
    assert joined_name(split) == " ".join(name.split())


def test_a_name_that_was_given_as_a_whole():
    assert joined_name({"name": " Noor Haddad "}) == "Noor Haddad"
    assert joined_name({"name": "other", "name_first": "Noor"}) == "Noor"
    assert joined_name({}) == ""


def test_what_a_case_says_alone_stays_with_it_whatever_the_forms_ask():
    keys = shared_keys(
        ["relation_name", "relation", "relation_is_caregiver", "relation_contact_by", "unique_id", "case_id"],
        ["relation_name", "relation", "relation_is_caregiver", "family_relationship", "unique_id", "case_id"],
    )
    assert keys == {"relation_name"}


def test_everybody_but_the_child_with_what_the_case_says():
    members = [
        {"unique_id": "c", "relation_name": "Noor"},
        {"unique_id": "m", "relation_name": "Mariam", "family_relationship": "mother"},
    ]
    local = [{"unique_id": "m", "relation": "mother"}, {"unique_id": "gone", "relation": "uncle"}]
    assert details_of(members, own="c", local=local, shared={"relation_name"}) == [
        {"unique_id": "m", "relation_name": "Mariam", "relation": "mother"}
    ]


def test_a_detail_becomes_a_member_with_the_familys_first_word_about_it():
    row = {
        "unique_id": "m",
        "relation_name": "Mariam",
        "relation": "mother",
        "relation_is_caregiver": False,
        "relation_lives_with_child": True,
    }
    asked = {"relation_name", "family_relationship", "family_relation_is_caregiver"}
    assert member_of_detail(row, {"relation_name"}, asked) == {
        "unique_id": "m", "relation_name": "Mariam", "family_relationship": "mother"
    }  # fmt: skip


def test_a_member_as_a_child_and_back():
    asked = {"relation_name", "relation_age", "relation_language", "relation_sex"}
    answers = {
        "name_first": "Noor",
        "name_last": "Haddad",
        "age": 9,
        "language": ["ar"],
        "hiv_status": "yes",
        "sex": None,
    }
    member = member_of_child(answers, asked)
    assert member == {"relation_name": "Noor Haddad", "relation_age": 9, "relation_language": ["ar"]}
    fields = {
        "name_first": TEXT, "name_last": TEXT, "age": {"type": "numeric_field"},
        "language": {"type": "select_box", "multi_select": False}, "telephone_current": TEXT,
    }  # fmt: skip
    assert child_of_member(member, fields) == {"name_first": "Noor", "name_last": "Haddad", "age": 9, "language": "ar"}
    assert child_of_member(member, {"name": TEXT}) == {"name": "Noor Haddad"}
    two = member | {"relation_language": ["ar", "fr"]}
    assert "language" not in child_of_member(two, fields)
    many = {"language": {"type": "select_box", "multi_select": True}}
    assert child_of_member({"relation_language": "ar"}, many) == {"language": ["ar"]}


def test_only_the_rows_that_changed():
    before, after = (
        [{"unique_id": "a", "x": 1}, {"unique_id": "b", "x": 1}],
        [{"unique_id": "b", "x": 2}, {"unique_id": "c"}],
    )
    assert changed_rows(before, after) == ([before[0], before[1]], [after[0], after[1]])
    assert changed_rows(before, list(reversed(before))) is None


@pytest.mark.parametrize(
    ("member", "has_case", "generation"),
    [
        ({"family_relationship": "grandmother"}, False, 2),
        ({"family_relationship": "aunt"}, False, 1),
        ({"family_relationship": "brother"}, False, 0),
        ({"family_relationship": "daughter"}, True, -1),
        ({"family_relationship": "other_nonfamily"}, True, None),
        ({}, True, 0),
        ({"relation_age": 40}, False, None),
        ({"relation_age": 7}, False, 0),
        ({"relation_age": True}, False, None),
    ],
)
def test_generations(member, has_case, generation):
    assert generation_of(member, has_case=has_case) == generation


def test_a_relationship_from_both_sides():
    assert as_kept(ONE, TWO, "farmer_on", None) == (ONE, TWO, "farmer_on")
    assert as_kept(ONE, TWO, "farm_for", None) == (TWO, ONE, "farmer_on")
    assert as_kept(TWO, ONE, "sibling_of", None) == as_kept(ONE, TWO, "sibling_of", None) == (ONE, TWO, "sibling_of")
    assert as_seen(TWO, ONE, "farmer_on", None) == "farm_for" and as_seen(ONE, ONE, "farmer_on", None) == "farmer_on"
    decided = {"mentor_of": "mentored_by", "": "nothing", "wrong": 7}
    assert types_of(decided) == {"mentor_of": "mentored_by", "mentored_by": "mentor_of"}
    for case, other, kind in ((ONE, ONE, "farmer_on"), (ONE, TWO, "friend"), (ONE, TWO, 7)):
        with pytest.raises(RelationshipInvalid):
            as_kept(case, other, kind, None)
    with pytest.raises(RelationshipInvalid):
        as_kept(ONE, TWO, "farmer_on", decided)
