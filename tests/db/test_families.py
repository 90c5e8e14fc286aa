"""Cases and families: linked, unlinked, shared answers, a case for a member, who sees what, what is written down."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.families.actions import (
    assign_family,
    create_case_from_detail,
    create_case_from_member,
    create_family_of_case,
    follow_family,
)
from cpims.families.models import FamilyLink
from cpims.families.queries.kin import find_siblings, get_tree
from cpims.families.rules.refusals import AssignmentInvalid, FamilyThere, MemberHasCase, MemberNotFound
from cpims.records.models import Record
from cpims.records.rules.refusals import AnswersInvalid, EditConflict, RecordNotFound
from cpims.transitions.rules.moves import Kind
from tests.cast import AT, register, viewer
from tests.db.kinship import (
    LATER,
    MOTHER,
    ROWS,
    UNCLE,
    change,
    change_family,
    noor,
    people,
    put_families,
    shown,
)
from tests.db.sharing import share
from tests.kinds import register_kind

MEMBERS = "family_members"


@pytest.fixture(autouse=True)
def families(cast):
    put_families()


def fresh(record: Record) -> Record:
    return Record.objects.get(pk=record.id)


def events(record: Record) -> list[str]:
    return [one.event for one in find_happenings(record.id)][::-1]


def family_of(case: Record) -> Record:
    return FamilyLink.objects.get(case=case).family


def made_family(case: Record, by: str = "amina") -> Record:
    found = create_family_of_case(case_id=case.id, actor=viewer(by), at=LATER).family
    assert found is not None
    return found


def sibling_of(case: Record, by: str = "amina") -> Record:
    """A case for somebody whom a worker adds to the family of a case: Omar, the brother."""
    change(
        case,
        by,
        **{ROWS: [{"unique_id": (omar := str(uuid4())), "relation_name": "Omar Haddad", "relation": "brother"}]},
    )
    return create_case_from_detail(case_id=case.id, detail_id=omar, actor=viewer(by), at=LATER).record


def test_linking_moves_the_people_into_the_family_and_shows_them_as_before():
    case, family = noor(), register_kind("family", family_size=None, family_members=[])
    before = people(case)
    change(case, family_id=str(family.id))
    case, family = fresh(case), fresh(family)
    assert people(case) == before and shown(case)["family_size"] == 5
    assert shown(case)["family_id"] == str(family.id) and shown(case)["family_id_display"] == family.display_id
    assert {row["relation_name"] for row in family.data[MEMBERS]} == {"Noor Haddad", "Mariam Haddad", "Yusuf Haddad"}
    mother = next(row for row in family.data[MEMBERS] if row["unique_id"] == MOTHER)
    assert mother["family_relationship"] == "mother" and mother["family_relation_is_caregiver"] is True
    assert "relation" not in mother and "relation_contact_by" not in mother
    local = {row["unique_id"]: row for row in case.data[ROWS]}
    assert local[MOTHER] == {
        "unique_id": MOTHER, "relation": "mother", "relation_is_caregiver": True, "relation_contact_by": "a neighbour"
    }  # fmt: skip
    assert "family_size" not in case.data and family.data["family_size"] == 5
    assert events(case)[0] == "case.registered" and "case.family_linked" in events(case)
    assert events(family) == ["family.registered", "family.case_linked"]


def test_a_row_that_lacks_what_the_family_has_does_not_count_as_incomplete():
    case, family = noor(), register_kind("family", family_members=[])
    change(case, family_id=str(family.id))
    assert [entry for entry in fresh(case).incomplete if ROWS in entry["pointer"]] == []


def test_unlinking_leaves_no_copies():
    case = noor()
    family = register_kind(
        "family", family_size=None, family_notes="Good neighbours", family_members=[{"relation_name": "Teta Salma"}]
    )
    before = people(case)
    change(case, family_id=str(family.id))
    assert "Teta Salma" in people(case)
    change(case, family_id=None)
    case, family = fresh(case), fresh(family)
    assert people(case) == before and case.data["family_size"] == 5
    assert [row["relation_name"] for row in family.data[MEMBERS]] == ["Teta Salma"]
    assert (
        "family_size" not in {k for k, v in family.data.items() if v is not None}
        and family.data["family_notes"] == "Good neighbours"
    )
    assert "family_id" not in shown(case) and shown(case).get("family_notes") is None
    assert not FamilyLink.objects.exists() and "linked_family" not in case.state
    assert "case.family_unlinked" in events(case) and events(family)[-1] == "family.case_unlinked"


def test_unlinking_keeps_in_the_family_whom_another_child_speaks_of():
    case = noor()
    family = made_family(case)
    brother = sibling_of(case)
    change(brother, **{ROWS: [{"unique_id": MOTHER, "relation": "mother"}]})
    change(case, family_id=None)
    assert {row["relation_name"] for row in fresh(family).data[MEMBERS]} == {"Mariam Haddad", "Omar Haddad"}
    assert "Mariam Haddad" in people(case) and "Mariam Haddad" in people(brother)


def test_shared_answers_are_changed_once_and_seen_on_both():
    case = noor()
    family = made_family(case)
    brother = sibling_of(case)
    change(
        brother,
        family_notes="They moved to the river",
        **{ROWS: [{"unique_id": MOTHER, "relation_telephone": "0912", "relation": "mother"}]},
    )
    assert people(case)["Mariam Haddad"]["relation_telephone"] == "0912"
    assert people(case)["Mariam Haddad"]["relation_contact_by"] == "a neighbour"
    assert "relation_contact_by" not in people(brother)["Mariam Haddad"]
    assert shown(case)["family_notes"] == "They moved to the river"
    assert "relation_telephone" not in str(fresh(brother).data[ROWS])
    assert "Noor Haddad" in people(brother) and "Omar Haddad" not in people(brother)
    assert fresh(family).data["family_notes"] == "They moved to the river"
    [told] = [one for one in find_happenings(brother.id) if one.event == "case.family_details_amended"]
    assert told.changes[ROWS]["to"] == [
        {"unique_id": MOTHER, "relation_name": "Mariam Haddad", "relation_age": 34, "relation_telephone": "0912"}
    ]
    last = next(one for one in find_happenings(family.id) if one.event == "family.amended")
    assert [row["unique_id"] for row in last.changes[MEMBERS]["to"]] == [MOTHER]


def test_cases_follow_what_was_changed_elsewhere():
    case = noor()
    made_family(case)
    brother = sibling_of(case)
    while follow_family(at=LATER):
        pass
    before = fresh(case)
    change(brother, family_number="F-77")
    assert follow_family(at=LATER) is True and follow_family(at=LATER) is False
    after = fresh(case)
    assert after.revision == before.revision + 1 and "family_number=f77" in {
        i.replace("-", "").lower() for i in after.identifiers
    }
    assert events(case)[-1] == "case.family_details_followed"
    assert after.last_updated_at == before.last_updated_at


def test_two_who_changed_the_same_answer_are_told_and_different_answers_merge():
    case = noor()
    made_family(case)
    brother = sibling_of(case)
    seen_here, seen_there = shown(case)[ROWS], shown(brother)[ROWS]

    def edited(rows: list[dict[str, Any]], **values: Any) -> list[dict[str, Any]]:
        return [row | values if row["unique_id"] == MOTHER else row for row in rows]

    change(case, base={ROWS: seen_here}, **{ROWS: edited(seen_here, relation_age=35)})
    change(brother, base={ROWS: seen_there}, **{ROWS: edited(seen_there, relation_telephone="0999", relation="mother")})
    assert (
        people(case)["Mariam Haddad"] | {"relation_age": 35, "relation_telephone": "0999"}
        == people(case)["Mariam Haddad"]
    )
    with pytest.raises(EditConflict) as refused:
        change(brother, base={ROWS: seen_there}, **{ROWS: edited(seen_there, relation_age=40, relation="mother")})
    [conflict] = refused.value.params["conflicts"]
    assert (conflict["pointer"], conflict["mine"], conflict["theirs"]) == (f"/{ROWS}/{MOTHER}/relation_age", 40, 35)
    assert people(case)["Mariam Haddad"]["relation_age"] == 35


def test_a_row_of_the_child_itself_is_refused_and_wrong_answers_are():
    case = noor()
    made_family(case)
    own = shown(case)["family_member_id"]
    with pytest.raises(AnswersInvalid) as refused:
        change(case, **{ROWS: [{"unique_id": own, "relation_name": "Somebody"}]})
    assert [problem.code for problem in refused.value.problems] == ["family.own_member"]
    with pytest.raises(AnswersInvalid):
        change(case, **{ROWS: [{"unique_id": MOTHER, "relation_age": "many"}]})
    assert people(case)["Mariam Haddad"]["relation_age"] == 34


def test_a_member_with_a_case_is_not_removed():
    case = noor()
    family = made_family(case)
    brother = sibling_of(case)
    member = FamilyLink.objects.get(case=brother).member_id
    for act in (
        lambda: change(case, **{ROWS: [{"unique_id": member, "_destroy": True}]}),
        lambda: change_family(family, **{MEMBERS: [{"unique_id": member, "_destroy": True}]}),
    ):
        with pytest.raises(MemberHasCase):
            act()
    change(case, **{ROWS: [{"unique_id": UNCLE, "_destroy": True}]})
    assert "Yusuf Haddad" not in people(case) and "Yusuf Haddad" not in people(brother)


def test_a_member_gets_one_case_and_no_second():
    case = noor()
    family = made_family(case)
    made = create_case_from_member(
        family_id=family.id, member_id=UNCLE, actor=viewer("amina"), at=LATER, case_id=(named := uuid4())
    )
    assert (
        made.record.id == named
        and made.record.data["name_first"] == "Yusuf"
        and made.record.data["name_last"] == "Haddad"
    )
    assert shown(made.record)["family_id"] == str(family.id) and shown(made.record)["family_member_id"] == UNCLE
    assert people(family, name=MEMBERS)["Yusuf Haddad"]["case_id"] == str(named)
    with pytest.raises(MemberHasCase):
        create_case_from_member(family_id=family.id, member_id=UNCLE, actor=viewer("amina"), at=LATER)
    with pytest.raises(MemberHasCase):
        create_case_from_detail(case_id=case.id, detail_id=UNCLE, actor=viewer("amina"), at=LATER)
    with pytest.raises(MemberHasCase):
        change(register(name_first="Sami"), family_id=str(family.id), family_member_id=UNCLE)
    assert Record.objects.of_kind("case").count() == 3
    with pytest.raises(MemberNotFound):
        create_case_from_member(family_id=family.id, member_id=str(uuid4()), actor=viewer("amina"), at=LATER)
    with pytest.raises(RecordNotFound):
        create_case_from_member(family_id=family.id, member_id=MOTHER, actor=viewer("dawit"), at=LATER)


def test_the_first_case_of_a_detail_makes_the_family():
    case = noor()
    made = create_case_from_detail(case_id=case.id, detail_id=UNCLE, actor=viewer("chantal"), at=LATER)
    family = family_of(case)
    assert made.family is not None and made.family.id == family.id and family.owned_by == "amina"
    assert made.record.owned_by == "chantal" and family.assigned_user_names == ["chantal"]
    assert family.data["family_name"] == "Haddad"
    with pytest.raises(FamilyThere):
        made_family(case)


def test_a_case_is_registered_into_a_family():
    case = noor()
    family = made_family(case)
    new = register(name_first="Lina", family_id=str(family.id))
    assert FamilyLink.objects.get(case=new).family_id == family.id
    assert "Lina Haddad" in people(case) and "Mariam Haddad" in people(new)
    assert events(new) == ["case.registered", "case.family_linked"]


def test_names_that_are_hidden_do_not_go_into_the_family():
    case = noor(hidden_name=True)
    family = made_family(case)
    own = next(row for row in family.data[MEMBERS] if row["unique_id"] not in (MOTHER, UNCLE))
    assert "relation_name" not in own and own["relation_sex"] == "female"
    assert "Noor" not in str(family.data) and not family.data.get("family_name")
    other = noor()
    family = made_family(other)
    assert "Noor Haddad" in {row.get("relation_name") for row in fresh(family).data[MEMBERS]}
    change(other, hidden_name=True)
    assert "Noor Haddad" not in {row.get("relation_name") for row in fresh(family).data[MEMBERS]}
    assert events(family)[-1] == "family.amended"
    assert "Noor" not in str([one.changes for one in find_happenings(family.id)])


def test_nothing_of_a_case_out_of_sight_shows():
    case = noor()
    family = made_family(case)
    lina = register("dawit", name_first="Lina")
    with pytest.raises(AnswersInvalid) as refused:
        change(lina, "dawit", family_id=str(family.id))
    assert [problem.code for problem in refused.value.problems] == ["family.unknown"]
    with pytest.raises(AnswersInvalid) as unknown:
        change(lina, "dawit", family_id=str(uuid4()))
    assert unknown.value.problems == refused.value.problems
    change(lina, "farid", family_id=str(family.id))
    assert family_of(lina).assigned_user_names == ["dawit"]
    row = people(lina, "dawit")["Noor Haddad"]
    assert "case_id" not in row and "case_id_display" not in row and "can_read_record" not in row
    assert str(case.id) not in str(shown(lina, "dawit")) and case.display_id not in str(shown(lina, "dawit"))
    assert find_siblings(case_id=lina.id, viewer=viewer("dawit"))[1] == []
    assert str(case.id) not in str(get_tree(family_id=family.id, viewer=viewer("dawit"))[1])
    assert [one.id for one in find_siblings(case_id=lina.id, viewer=viewer("farid"))[1]] == [case.id]
    assert people(lina, "farid")["Noor Haddad"]["case_id"] == str(case.id)


def test_who_helps_reads_the_childs_people_but_not_the_family():
    case = noor("bilal")
    family = made_family(case, "bilal")
    Record.objects.filter(pk=case.id).update(assigned_user_names=["dawit"], associated_user_names=["bilal", "dawit"])
    helper = shown(case, "dawit")
    assert {row["relation_name"] for row in helper[ROWS]} == {"Mariam Haddad", "Yusuf Haddad"}
    assert "family_id" not in helper and "family_id_display" not in helper and str(family.id) not in str(helper)


def test_who_owns_a_case_sees_its_family_and_the_family_goes_along():
    case = noor()
    family = made_family(case)
    brother = sibling_of(case)
    share(Kind.ASSIGN, case.id, "farid", "dawit")
    assert fresh(family).owned_by == "amina" and fresh(family).assigned_user_names == ["dawit"]
    assert shown(case, "dawit")["family_id"] == str(family.id)
    assert events(family)[-1] == "family.workers_changed"
    share(Kind.ASSIGN, brother.id, "farid", "dawit")
    after = fresh(family)
    assert (after.owned_by, after.assigned_user_names, after.associated_user_names) == ("dawit", [], ["dawit"])
    assert events(family)[-1] == "family.assigned"
    with pytest.raises(RecordNotFound):
        shown(family, "amina")


def test_a_family_is_given_to_another_worker():
    case = noor()
    family = made_family(case)
    with pytest.raises(Forbidden):
        assign_family(family_id=family.id, to="bilal", actor=viewer("amina"), at=LATER)
    for nobody in ("esther", "zelda", 7):
        with pytest.raises(AssignmentInvalid):
            assign_family(family_id=family.id, to=nobody, actor=viewer("chantal"), at=LATER)
    assign_family(family_id=family.id, to="bilal", actor=viewer("chantal"), at=LATER)
    after = fresh(family)
    assert (after.owned_by, after.assigned_user_names, after.associated_user_names) == (
        "bilal",
        ["amina"],
        ["amina", "bilal"],
    )
    assert shown(case)["family_id"] == str(family.id)


def test_linking_needs_its_permission_and_an_act_opens_only_its_own():
    from django.db.models import F

    from cpims.accounts.models import Role, User

    case, family = noor(), register_kind("family")
    role = Role.objects.get(unique_id="role-worker")
    role.permissions["case"] = [
        act for act in role.permissions["case"] if act not in ("link_family_record", "case_from_family")
    ]
    role.save()
    User.objects.update(access_epoch=F("access_epoch") + 1)
    before = ChangeEntry.objects.count()
    told = change(case, family_id=str(family.id)).ignored
    assert [(problem.pointer, problem.code) for problem in told] == [("/family_id", "not_permitted")]
    with pytest.raises(Forbidden):
        change(case, move="link_family_record", family_id=str(family.id))
    with pytest.raises(Forbidden):
        create_case_from_detail(case_id=case.id, detail_id=UNCLE, actor=viewer("amina"), at=LATER)
    assert not FamilyLink.objects.exists() and ChangeEntry.objects.count() == before


def test_the_tree_tells_generations_care_and_what_each_is_to_whom():
    case = noor()
    family = made_family(case)
    sibling_of(case)
    tree = get_tree(family_id=family.id, viewer=viewer("amina"))[1]
    known = {row["relation_name"]: row for row in tree["members"]}
    assert {name: row["generation"] for name, row in known.items()} == {
        "Noor Haddad": 0, "Omar Haddad": 0, "Mariam Haddad": 1, "Yusuf Haddad": 1
    }  # fmt: skip
    assert [name for name, row in known.items() if row["caregiver"]] == ["Mariam Haddad"]
    assert known["Noor Haddad"]["case_id"] == str(case.id)
    child = known["Noor Haddad"]["unique_id"]
    assert {"from": MOTHER, "to": child, "relation": "mother"} in tree["relations"]
    with pytest.raises(RecordNotFound):
        get_tree(family_id=family.id, viewer=viewer("dawit"))
    with pytest.raises(Forbidden):
        get_tree(family_id=family.id, viewer=viewer("esther"))


def test_moving_to_another_family_takes_what_is_the_childs_along():
    case = noor()
    first = made_family(case)
    second = register_kind("family", family_name="Saleh", family_members=[])
    change(case, family_id=str(second.id))
    assert fresh(first).data[MEMBERS] == []
    assert {row["relation_name"] for row in fresh(second).data[MEMBERS]} == {
        "Noor Haddad",
        "Mariam Haddad",
        "Yusuf Haddad",
    }
    assert FamilyLink.objects.get(case=case).family_id == second.id


def test_members_are_merged_row_by_row_and_what_is_laid_over_them_is_never_stored():
    case = noor()
    family = made_family(case)
    rows = shown(family)[MEMBERS]
    assert any("case_id" in row for row in rows)
    told = change_family(
        family, **{MEMBERS: [row | {"relation_nickname": "N"} if row["unique_id"] == MOTHER else row for row in rows]}
    )
    assert told.notices == []
    stored = fresh(family).data[MEMBERS]
    assert not any({"case_id", "case_id_display", "can_read_record"} & row.keys() for row in stored)
    assert people(case)["Mariam Haddad"]["relation_nickname"] == "N"
    change_family(family, **{MEMBERS: [{"unique_id": str(uuid4()), "relation_name": "Huda"}]})
    assert len(fresh(family).data[MEMBERS]) == len(stored) + 1 and "Huda" in people(case)
    last = next(one for one in find_happenings(family.id) if one.event == "family.amended")
    assert last.changes[MEMBERS]["from"] == [] and [row["relation_name"] for row in last.changes[MEMBERS]["to"]] == [
        "Huda"
    ]


def test_what_happened_before_is_in_the_book_for_both():
    case = register(at=AT)
    family = made_family(case)
    assert events(family)[:2] == ["family.registered", "family.case_linked"]
    assert {"case.registered", "case.family_linked"} <= set(events(case))
