"""The case about oneself, and linking a case to the person it is about, over HTTP."""

from __future__ import annotations

from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.records.models import Record
from tests.api.client import as_
from tests.cast import MODULE, register
from tests.db.test_accounts_identified import make_person

CASES = "/api/v2/cases"
NEW = {"data": {"module_id": MODULE, "name_first": "Yara", "age": 17}}


def test_she_registers_herself_and_reads_what_is_hers(cast):
    make_person()
    yara = as_("yara")
    assert yara.get(f"{CASES}/identified").status == 404
    made = yara.post(CASES, NEW)
    assert made.status == 200 and made.data["status"] == "identified" and made.data["identified_by"] == "yara"
    own = yara.get(f"{CASES}/identified")
    assert own.status == 200 and own.data == yara.get(f"{CASES}/{made.data['id']}").data
    assert own.data["identified_by_full_name"] == "Yara Saleh" and own.data["name_first"] == "Yara"
    assert not own.data.keys() & {"owned_by", "created_at", "owned_by_groups", "created_by", "associated_user_names"}
    assert yara.get(f"{CASES}/identified", if_none_match=own.headers["ETag"]).status == 304
    assert [row["id"] for row in yara.get(CASES).data] == [made.data["id"]]
    again = yara.post(CASES, NEW)
    assert again.status == 422
    error = again.json["errors"][0]
    assert (error["detail"], error["message"]) == ("identified_by", ["errors.models.child.identified_by_unique"])
    assert SightingEntry.objects.filter(record_ids=[made.data["id"]], action="show").count() == 3


def test_who_works_on_her_case_stays_hidden_on_every_road(cast):
    make_person()
    yara = as_("yara")
    number = yara.post(CASES, NEW).data["id"]
    for road in ("owned_by=yara", "created_by=yara", "associated_user_names=yara", "order_by=owned_by"):
        reply = yara.get(f"{CASES}?{road}")
        assert [row["id"] for row in reply.data] == [number]
        assert len(reply.json["metadata"]["ignored"]) == 1
    assert yara.get(f"{CASES}/{number}?fields=owned_by,created_at,short_id,age").data.keys() == {
        "id", "enabled", "last_updated_at", "age",
    }  # fmt: skip


def test_a_case_is_linked_by_the_act_of_that_name(cast):
    make_person()
    case, other = register(), register()
    path = f"{CASES}/{case.id}"

    def body(name: object) -> dict[str, object]:
        return {"record_action": "attribute", "data": {"identified_by": name}}

    assert as_("amina").patch(path, body("yara")).status == 403
    assert as_("farid").get("/api/v2/users/identified?query=sal").data == [
        {"user_name": "yara", "full_name": "Yara Saleh", "email": None}
    ]
    done = as_("farid").patch(path, body("yara"))
    assert done.status == 200 and done.data["identified_by"] == "yara"
    assert as_("yara").get(f"{CASES}/identified").data["name_first"] == "Noor"
    entry = as_("farid").get(f"{path}/record_history").data[0]
    assert (
        entry["event"] == "case.attributed"
        and {"identified_by": {"from": None, "to": "yara"}} in entry["record_changes"]
    )
    written = ChangeEntry.objects.count()
    for name, key in (("yara", "identified_by_unique"), ("amina", "identified_by_exists")):
        refused = as_("farid").patch(f"{CASES}/{other.id}", body(name))
        error = refused.json["errors"][0]
        assert (refused.status, error["detail"]) == (422, "identified_by")
        assert error["message"] == [f"errors.models.child.{key}"]
    assert ChangeEntry.objects.count() == written
    assert Record.objects.get(pk=other.id).revision == 1
