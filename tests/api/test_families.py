"""Families, siblings, the drawn tree, relationships and registry records through HTTP and through a device’s delivery."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.api.shapes.records import Case
from cpims.api.shapes.route import V1, V2
from cpims.audit.models import SightingEntry
from cpims.families.models import CaseRelationship, FamilyLink
from cpims.records.models import Record
from tests.api.client import Reply, as_
from tests.cast import register
from tests.consistency.test_replies import misfits, wrong
from tests.db.kinship import MOTHER, ROWS, UNCLE, noor, put_families
from tests.kinds import register_kind


@pytest.fixture
def case(cast: None) -> str:
    put_families()
    return str(noor().id)


def said(method: str, key: str, reply: Reply) -> Any:
    assert reply.status == 200, reply.raw[:800]
    assert misfits(method, key, reply) == []
    return reply.data


def deliver(name: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    reply = as_(name).post(f"{V1}/sync/deliver", {"items": list(items)})
    assert reply.status == 200, reply.raw
    return list(reply.data)


def item(action: str, case: str, _depends: tuple[str, ...] = (), **values: Any) -> dict[str, Any]:
    return {
        "id": f"{action}-{uuid4()}", "action": action, "arguments": {"case_id": case, "values": values},
        "depends_on": list(_depends),
    }  # fmt: skip


def test_a_family_from_a_case_to_a_tree(case: str) -> None:
    path = f"{V2}/cases/{case}/family"
    made = said("POST", f"{V2}/cases/{{id}}/family", as_("amina").post(path, {"data": {"family_detail_id": UNCLE}}))
    family, uncle = made["family_id"], made["record"]["id"]
    assert made["id"] == case and made["record"]["family_member_id"] == UNCLE
    row = next(row for row in made[ROWS] if row["unique_id"] == UNCLE)
    assert (row["case_id"], row["can_read_record"]) == (uncle, True)
    again = as_("amina").post(path, {"data": {"family_detail_id": UNCLE}})
    assert (again.status, again.codes) == (409, ["family.member_has_case"])
    unknown = as_("amina").post(path, {"data": {"family_detail_id": str(uuid4())}})
    assert (unknown.status, unknown.codes) == (404, ["family.member_not_found"])

    second = said("POST", f"{V2}/families/{{id}}/case", as_("amina").post(
        f"{V2}/families/{family}/case", {"data": {"family_member_id": MOTHER}}))  # fmt: skip
    assert {row["unique_id"]: row.get("case_id") for row in second["family_members"]}[MOTHER] == second["record"]["id"]
    siblings = said("GET", f"{V1}/cases/{{id}}/siblings", as_("amina").get(f"{V1}/cases/{case}/siblings"))
    assert {one["id"] for one in siblings} == {uncle, second["record"]["id"]}
    assert all(wrong(Case, one) == [] for one in siblings)
    tree = said("GET", f"{V1}/families/{{id}}/tree", as_("amina").get(f"{V1}/families/{family}/tree"))
    assert {row["relation_name"]: row["generation"] for row in tree["members"]}["Mariam Haddad"] == 1
    assert tree["family_name"] == "Haddad"
    seen = SightingEntry.objects.filter(record_ids__contains=[second["record"]["id"]]).values_list("road", flat=True)
    assert "cases.siblings" in set(seen)
    assert as_("dawit").get(f"{V1}/families/{family}/tree").status == 404
    assert as_("dawit").get(f"{V1}/cases/{case}/siblings").status == 404


def test_a_family_is_linked_and_unlinked_by_a_change_of_the_case(case: str) -> None:
    family = str(register_kind("family", family_members=[]).id)
    path = f"{V2}/cases/{case}"
    linked = as_("amina").patch(path, {"data": {"family_id": family}, "record_action": "link_family_record"})
    assert linked.status == 200, linked.raw
    assert linked.data["family_id"] == family
    read = as_("amina").get(path).data
    assert read["family_member_id"] and {row["relation_name"] for row in read[ROWS]} == {
        "Mariam Haddad",
        "Yusuf Haddad",
    }
    other = str(register("dawit", name_first="Lina").id)
    for wanted in (str(uuid4()), other, "7", ""):
        refused = as_("amina").patch(path, {"data": {"family_id": wanted}})
        assert (refused.status, refused.json["errors"][0]["problems"][0]["code"]) == (422, "family.unknown")
    gone = as_("amina").patch(path, {"data": {"family_id": None}})
    assert gone.status == 200 and "family_member_id" not in as_("amina").get(path).data
    assert not FamilyLink.objects.exists()


def test_a_family_of_a_case_and_who_has_it_then(case: str) -> None:
    named = str(uuid4())
    path = f"{V1}/cases/{case}/family"
    made = said(
        "POST",
        f"{V1}/cases/{{id}}/family",
        as_("amina").post(path, {"data": {"id": named, "family_name": "Al Haddad"}}),
    )
    assert made["family_id"] == named and Record.objects.get(pk=named).data["family_name"] == "Al Haddad"
    assert as_("amina").post(path, {"data": {}}).codes == ["family.already_linked"]
    assert as_("amina").post(path, {"data": {"id": "x"}}).status == 422
    given = f"{V2}/families/{named}/assigns"
    assert as_("amina").post(given, {"data": {"transitioned_to": "bilal"}}).status == 403
    told = said(
        "POST", f"{V2}/families/{{id}}/assigns", as_("chantal").post(given, {"data": {"transitioned_to": "bilal"}})
    )
    assert (told["transitioned_to"], told["record_access_denied"]) == ("bilal", False)
    assert as_("chantal").post(given, {"data": {"transitioned_to": "nobody"}}).status == 422


def test_relationships_as_primeros_client_sends_them(case: str) -> None:
    other = str(register(name_first="Farm").id)
    path, key = f"{V2}/cases/{case}/case_relationships", f"{V2}/cases/{{id}}/case_relationships"
    made = said("POST", key, as_("amina").post(f"{path}?data[case_id]={other}&data[relationship_type]=farmer_on", None))
    assert (made["case_id"], made["relationship_type"], made["primary"], made["disabled"]) == (
        other,
        "farmer_on",
        False,
        False,
    )
    assert made["data"]["id"] == other and ROWS not in made["data"]
    assert as_("amina").post(path, {"data": {"case_id": other, "relationship_type": "farmer_on"}}).status == 409
    for wrong_one in (
        {"case_id": case, "relationship_type": "farmer_on"},
        {"case_id": other, "relationship_type": "friend"},
    ):
        assert as_("amina").post(path, {"data": wrong_one}).status == 422
    one = f"{path}/{made['id']}"
    assert said("PATCH", f"{key}/{{id}}", as_("amina").patch(f"{one}?data[primary]=true", None))["primary"] is True
    from_there = f"{V2}/cases/{other}/case_relationships"
    listed = said("GET", key, as_("amina").get(f"{from_there}?relationship_type=farm_for"))
    assert [(row["case_id"], row["relationship_type"]) for row in listed] == [(case, "farm_for")]
    assert as_("amina").get(f"{path}?relationship_type=friend").status == 422
    third = str(register(name_first="Sami").id)
    elsewhere = as_("amina").delete(f"{V2}/cases/{third}/case_relationships/{made['id']}")
    assert (elsewhere.status, elsewhere.codes) == (404, ["relationship.not_found"])
    assert said("DELETE", f"{key}/{{id}}", as_("amina").delete(one))["disabled"] is True
    assert said("POST", key, as_("amina").post(path, {"data": {"case_id": other, "relationship_type": "farmer_on"}}))
    assert CaseRelationship.objects.count() == 2
    for name, status in (("dawit", 404), ("esther", 403)):
        assert as_(name).get(path).status == as_(name).delete(one).status == status


def test_a_registry_record_is_shown_by_the_case(case: str) -> None:
    farm = register_kind("registry_record")
    path = f"{V2}/cases/{case}"
    done = as_("amina").patch(
        path, {"data": {"registry_record_id": str(farm.id)}, "record_action": "add_registry_record"}
    )
    assert done.status == 200, done.raw
    assert as_("amina").get(path).data["registry_name"] == "Huda Saleh"
    listed = as_("amina").get(f"{V2}/cases?fields=short").data
    assert "registry_record_id" not in listed[0]


def test_one_case_costs_as_many_statements_as_three(case: str) -> None:
    as_("amina").post(f"{V1}/cases/{case}/family", {"data": {}})
    family = FamilyLink.objects.get().family_id

    def count(path: str) -> int:
        caller = as_("amina")
        caller.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert caller.get(path).status == 200
        return len(captured)

    paths = [
        f"{V2}/cases/{case}", f"{V2}/cases", f"{V1}/cases/{case}/siblings", f"{V1}/families/{family}/tree",
        f"{V2}/cases/{case}/case_relationships",
    ]  # fmt: skip
    omar = register(name_first="Omar", family_id=str(family))
    as_("amina").post(paths[-1], {"data": {"case_id": str(omar.id), "relationship_type": "sibling_of"}})
    before = {path: count(path) for path in paths}
    for name in ("Lina", "Sami"):
        new = register(name_first=name, family_id=str(family))
        as_("amina").post(paths[-1], {"data": {"case_id": str(new.id), "relationship_type": "sibling_of"}})
    assert len(as_("amina").get(paths[2]).data) == 3 and len(as_("amina").get(paths[-1]).data) == 3
    assert {path: count(path) for path in paths} == before


def test_a_device_delivers_what_was_done_without_a_network(case: str) -> None:
    family, uncle, omar = str(uuid4()), str(uuid4()), str(uuid4())
    first = item("create_family_of_case", case, family_id=family, family_name="Haddad")
    second = item("create_case_from_member", uncle, (first["id"],), family_id=family, family_member_id=UNCLE)
    new = item("register_case", omar, module_id="primeromodule-cp", name_first="Omar")
    link = item("link_family", omar, (first["id"], new["id"]), family_id=family)
    relate = item(
        "relate_cases", omar, (new["id"],), id=(named := str(uuid4())), case_id=case, relationship_type="sibling_of"
    )
    done = deliver("amina", first, second, new, link, relate)
    assert [one["outcome"] for one in done] == ["accepted"] * 5, done
    assert {str(one) for one in FamilyLink.objects.values_list("case_id", flat=True)} == {case, uncle, omar}
    assert str(CaseRelationship.objects.get().id) == named
    again = deliver("amina", first, second, new, link, relate)
    assert all(one["replayed"] for one in again) and FamilyLink.objects.count() == 3
    rest = deliver(
        "amina", item("unlink_family", omar), item("amend_relationship", omar, id=named, disabled=True),
        item("create_case_from_detail", case, family_detail_id=MOTHER, id=(mother := str(uuid4()))),
    )  # fmt: skip
    assert [one["outcome"] for one in rest] == ["accepted"] * 3, rest
    assert {str(one) for one in FamilyLink.objects.values_list("case_id", flat=True)} == {case, uncle, mother}
    assert CaseRelationship.objects.get().disabled


def test_what_a_device_may_not_do_is_refused_item_by_item(case: str) -> None:
    theirs, family = str(register("dawit", name_first="Lina").id), str(register_kind("family", by="dawit").id)
    refused = deliver(
        "amina",
        item("link_family", case, family_id=family),
        item("link_family", case),
        item("link_family", case, family_id=family, colour="red"),
        item("create_case_from_member", str(uuid4()), family_id=family, family_member_id=UNCLE),
        item("relate_cases", case, case_id=theirs, relationship_type="sibling_of"),
        item("relate_cases", case, case_id=theirs, relationship_type="sibling_of", primary="yes"),
        item("unlink_family", theirs),
    )
    assert {one["outcome"] for one in refused} == {"refused"}, refused
    assert not FamilyLink.objects.exists() and not CaseRelationship.objects.exists()
