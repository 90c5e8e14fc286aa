"""Cases that are related, and the registry record of a case."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.families.actions import amend_relationship, relate_cases
from cpims.families.models import CaseRelationship
from cpims.families.queries.relationships import find_relationships
from cpims.families.rules.refusals import RelationshipExists, RelationshipInvalid, RelationshipNotFound
from cpims.records.models import Record
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.settings.models import Instance
from tests.cast import register, viewer
from tests.db.kinship import LATER, change, noor, put_families, shown
from tests.kinds import AMENDS, register_kind


@pytest.fixture(autouse=True)
def families(cast):
    put_families()


def relate(case: Record, other: Record, kind: str = "farmer_on", by: str = "amina"):
    return relate_cases(case_id=case.id, other_id=str(other.id), kind=kind, actor=viewer(by), at=LATER).relationship


def amend(case: Record, row: CaseRelationship, by: str = "amina", **values: bool):
    return amend_relationship(
        case_id=case.id, relationship_id=row.id, actor=viewer(by), at=LATER, **values
    ).relationship


def seen(case: Record, by: str = "amina", kind: str | None = None):
    return [(row.id, other.id) for row, other in find_relationships(case_id=case.id, kind=kind, viewer=viewer(by))[1]]


def test_it_is_told_from_both_sides_and_in_both_histories():
    farmer, farm = register(), register(name_first="Farm")
    row = relate(farmer, farm)
    assert seen(farmer) == [(row.id, farm.id)] and seen(farm) == [(row.id, farmer.id)]
    assert seen(farmer, kind="farmer_on") and seen(farm, kind="farm_for")
    assert not seen(farmer, kind="farm_for") and not seen(farm, kind="farmer_on")
    for case, kind in ((farmer, "farmer_on"), (farm, "farm_for")):
        told = next(iter(find_happenings(case.id)))
        assert (told.event, told.about["type"]) == ("case.related", kind)
    with pytest.raises(RelationshipExists):
        relate(farm, farmer, "farm_for")
    assert relate(farmer, farm, "sibling_of")


def test_one_that_was_ended_can_be_made_anew():
    one, other = register(), register(name_first="Sami")
    row = relate(one, other)
    assert amend(other, row, disabled=True).disabled
    again = relate(one, other)
    assert again.id != row.id
    with pytest.raises(RelationshipExists):
        amend(one, row, disabled=False)
    assert amend(one, again, primary=True).primary
    assert [h.event for h in find_happenings(one.id)][:3] == [
        "case.relationship_amended", "case.related", "case.relationship_ended"
    ]  # fmt: skip


def test_both_cases_must_be_in_sight():
    mine, theirs = register(), register("dawit", name_first="Lina")
    before = ChangeEntry.objects.count()
    with pytest.raises(RelationshipInvalid) as refused:
        relate(mine, theirs)
    with pytest.raises(RelationshipInvalid) as nobody:
        relate_cases(case_id=mine.id, other_id=str(uuid4()), kind="farmer_on", actor=viewer("amina"), at=LATER)
    assert refused.value.problems == nobody.value.problems
    with pytest.raises(RecordNotFound):
        relate(theirs, mine)
    for wrong in (mine.id, "7", None):
        with pytest.raises(RelationshipInvalid):
            relate_cases(case_id=mine.id, other_id=wrong, kind="farmer_on", actor=viewer("amina"), at=LATER)
    with pytest.raises(Forbidden):
        relate(mine, theirs, by="esther")
    assert ChangeEntry.objects.count() == before and not CaseRelationship.objects.exists()
    row = relate(mine, theirs, by="farid")
    assert seen(mine) == [] and seen(theirs, "dawit") == [] and len(seen(mine, "farid")) == 1
    with pytest.raises(RelationshipNotFound):
        amend(mine, row, disabled=True)


def test_the_id_of_another_cases_relationship_is_not_found():
    one, other, third = register(), register(name_first="Sami"), register(name_first="Huda")
    row = relate(one, other)
    with pytest.raises(RelationshipNotFound):
        amend(third, row, disabled=True)
    with pytest.raises(RelationshipNotFound):
        amend_relationship(case_id=one.id, relationship_id=None, disabled=True, actor=viewer("amina"), at=LATER)
    assert not CaseRelationship.objects.get().disabled


def test_an_instance_decides_how_cases_may_be_related():
    instance = Instance.objects.get()
    instance.data = instance.data | {"system_options": {"case_relationships": {"mentor_of": "mentored_by"}}}
    instance.configuration += 1
    instance.save()
    one, other = register(), register(name_first="Sami")
    relate(one, other, "mentor_of")
    assert seen(other, kind="mentored_by")
    with pytest.raises(RelationshipInvalid):
        relate(one, other, "farmer_on")
    with pytest.raises(RelationshipInvalid):
        seen(one, kind="farmer_on")


def test_a_registry_record_is_read_through_and_never_stale():
    case, farm = noor(), register_kind("registry_record")
    change(case, registry_record_id=str(farm.id))
    told = shown(case)
    assert (told["registry_record_id"], told["registry_name"], told["registry_no"]) == (
        str(farm.id),
        "Huda Saleh",
        "R-88",
    )
    assert told["registry_id_display"] == farm.display_id
    from cpims.records.rules.editing import Edit

    AMENDS["registry_record"](
        record_id=farm.id, edit=Edit(values={"name": "Huda Salem"}), actor=viewer("amina"), at=LATER
    )
    assert shown(case)["registry_name"] == "Huda Salem"
    change(case, registry_record_id=None)
    assert not {name for name in shown(case) if name.startswith("registry_") and name != "registry_no"}
    events = [one.event for one in find_happenings(case.id)]
    assert "case.registry_linked" in events and "case.registry_unlinked" in events


def test_a_registry_record_out_of_sight_is_not_linked_and_not_shown():
    case, farm = noor(), register_kind("registry_record", by="dawit")
    for wanted in (str(farm.id), str(uuid4()), str(case.id), 7):
        with pytest.raises(AnswersInvalid) as refused:
            change(case, registry_record_id=wanted)
        assert [problem.code for problem in refused.value.problems] == ["registry.unknown"]
    change(case, "farid", registry_record_id=str(farm.id))
    assert not {name for name in shown(case) if name.startswith("registry_")}
    assert shown(case, "farid")["registry_record_id"] == str(farm.id)
