"""Two who work with one family at the same moment, each on a connection of her own."""

from __future__ import annotations

from cpims.families.actions import create_case_from_member, create_family_of_case, relate_cases
from cpims.families.models import CaseRelationship, FamilyLink
from cpims.families.rules.refusals import MemberHasCase, RelationshipExists
from cpims.records.models import Record
from tests.cast import register, set_the_stage, viewer
from tests.db.kinship import LATER, MOTHER, ROWS, UNCLE, change, noor, people, put_families
from tests.db.test_forms_races import at_once


def stage() -> tuple[Record, Record, Record]:
    """Noor’s case, the case of her brother, their family."""
    set_the_stage()
    put_families()
    case = noor()
    family = create_family_of_case(case_id=case.id, actor=viewer("amina"), at=LATER).family
    assert family is not None
    brother = register(name_first="Omar", family_id=str(family.id))
    return case, brother, family


def test_two_cases_of_one_family_saved_at_once_keep_both_changes(committed_db):
    case, brother, _ = stage()
    for turn in range(5):
        results = at_once(
            lambda turn=turn: change(case, **{ROWS: [{"unique_id": MOTHER, "relation_age": 30 + turn}]}),
            lambda turn=turn: change(brother, family_notes=f"n{turn}", **{ROWS: [{"unique_id": MOTHER, "relation_telephone": f"09{turn}"}]}),
            lambda turn=turn: change(brother, "bilal", **{ROWS: [{"unique_id": UNCLE, "relation_nickname": f"Y{turn}"}]}),
        )  # fmt: skip
        assert [error for error in results if isinstance(error, Exception)] == []
        mother, uncle = people(case)["Mariam Haddad"], people(case)["Yusuf Haddad"]
        assert (mother["relation_age"], mother["relation_telephone"], uncle["relation_nickname"]) == (
            30 + turn, f"09{turn}", f"Y{turn}"
        )  # fmt: skip


def test_a_member_gets_one_case_whoever_asks_at_once(committed_db):
    _, _, family = stage()
    results = at_once(
        *(
            lambda by=by: create_case_from_member(family_id=family.id, member_id=UNCLE, actor=viewer(by), at=LATER)
            for by in ("amina", "bilal", "chantal", "farid")
        )
    )
    refused = [error for error in results if isinstance(error, MemberHasCase)]
    assert len(refused) == 3 and FamilyLink.objects.filter(member_id=UNCLE).count() == 1
    assert Record.objects.of_kind("case").count() == 3


def test_two_cases_are_related_once(committed_db):
    case, brother, _ = stage()
    results = at_once(
        lambda: relate_cases(case_id=case.id, other_id=brother.id, kind="farmer_on", actor=viewer("amina"), at=LATER),
        lambda: relate_cases(case_id=brother.id, other_id=case.id, kind="farm_for", actor=viewer("bilal"), at=LATER),
    )
    assert sum(isinstance(error, RelationshipExists) for error in results) == 1
    assert CaseRelationship.objects.count() == 1


def test_linking_and_unlinking_at_once_lose_nobody(committed_db):
    case, brother, family = stage()
    results = at_once(
        lambda: change(case, family_id=None),
        lambda: change(brother, "bilal", **{ROWS: [{"unique_id": MOTHER, "relation": "mother"}]}),
        lambda: change(register(name_first="Lina"), "chantal", family_id=str(family.id)),
    )
    assert [error for error in results if isinstance(error, Exception)] == []
    assert "Mariam Haddad" in people(case)
    members = Record.objects.get(pk=family.id).data["family_members"]
    linked = set(FamilyLink.objects.filter(family=family).values_list("member_id", flat=True))
    assert linked <= {row["unique_id"] for row in members} and len(linked) == 2
