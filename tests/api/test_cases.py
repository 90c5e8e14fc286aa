"""Noor's case over HTTP: Primero's contract, and what is ours beyond it."""

from __future__ import annotations

from uuid import uuid4

from cpims.accounts.models import User
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.records.actions.writing import own
from cpims.records.models import Quarantine, Record
from tests.api.client import as_
from tests.cast import MODULE, register

NOOR = {"module_id": MODULE, "name_first": "Noor", "name_last": "Haddad", "sex": "female", "age": 9}
STRICT = {"prefer": "handling=strict"}


def create(by: str = "amina", **values: object) -> dict:
    reply = as_(by).post("/api/v2/cases", {"data": NOOR | values})
    assert reply.status == 200, reply.json
    return reply.data


def test_register_and_read(cast):
    made = create()
    assert made["name"] == "Noor Haddad" and made["status"] == "open" and made["enabled"] is True
    assert made["case_id_display"] == made["short_id"] == made["id"][-7:]
    reply = as_("amina").get(f"/api/v2//cases/{made['id']}/")
    assert reply.status == 200 and reply.data["age"] == 9 and reply.data["record_in_scope"] is True
    assert reply.json["metadata"]["revision"] == 1 and reply.headers["Cache-Control"] == "no-store"
    assert reply.data["created_at"].endswith("Z") and "hiv_status" not in reply.data
    again = as_("amina").get(f"/api/v2/cases/{made['id']}", if_none_match=reply.headers["ETag"])
    assert again.status == 304 and again.raw == b""


def test_a_client_made_id_is_answered_with_204(cast):
    case_id = str(uuid4())
    reply = as_("amina").post("/api/v2/cases", {"data": NOOR | {"id": case_id}})
    assert reply.status == 204 and reply.raw == b""
    assert as_("amina").get(f"/api/v2/cases/{case_id}").status == 200
    again = as_("amina").post("/api/v2/cases", {"data": NOOR | {"id": case_id}})
    assert again.status == 409 and again.codes == ["record.exists"]
    other = as_("amina").post("/api/v2/cases", {"data": NOOR | {"id": str(uuid4())}}, prefer="return=representation")
    assert other.status == 200 and other.data["name"] == "Noor Haddad"


def test_the_same_key_acts_once(cast):
    caller, key = as_("amina"), "outbox-1"
    first = caller.post("/api/v2/cases", {"data": NOOR}, idempotency_key=key)
    second = caller.post("/api/v2/cases", {"data": NOOR}, idempotency_key=key)
    assert first.status == second.status == 200 and first.raw == second.raw
    assert second.headers["Idempotency-Replayed"] == "true" and Record.objects.count() == 1
    other = caller.post("/api/v2/cases", {"data": NOOR | {"age": 3}}, idempotency_key=key)
    assert other.status == 409 and other.codes == ["idempotency.key_reused"]
    assert (
        as_("bilal").post("/api/v2/cases", {"data": NOOR}, idempotency_key=key).headers.get("Idempotency-Replayed")
        is None
    )


def test_a_refused_delivery_may_be_tried_again(cast):
    caller = as_("amina")
    refused = caller.post("/api/v2/cases", {"data": NOOR | {"age": "x"}}, idempotency_key="k")
    assert refused.status == 422 and refused.json["errors"][0]["detail"] == ["/age"]
    assert caller.post("/api/v2/cases", {"data": NOOR}, idempotency_key="k").status == 200


def test_patch_answers_with_what_changed(cast):
    made = create()
    reply = as_("bilal").patch(f"/api/v2/cases/{made['id']}", {"data": {"name_last": "Hadid", "unknown": 1}})
    assert reply.status == 200
    assert set(reply.data) == {"id", "enabled", "last_updated_at", "name_last", "name"}
    assert reply.json["metadata"]["revision"] == 2
    assert reply.json["metadata"]["ignored"] == [
        {"pointer": "/unknown", "code": "unknown_key", "params": {"name": "unknown"}}
    ]
    strict = as_("bilal").patch(f"/api/v2/cases/{made['id']}", {"data": {"unknown": 1}}, **STRICT)
    assert strict.status == 422 and strict.json["errors"][0]["problems"][0]["pointer"] == "/unknown"


def test_conflicts_carry_both_values(cast):
    made = create()
    as_("bilal").patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 11}})
    body = {"data": {"age": 10}, "base": {"revision": 1, "values": {"age": 9}}}
    reply = as_("amina").patch(f"/api/v2/cases/{made['id']}", body)
    assert reply.status == 409 and reply.codes == ["record.conflict"]
    conflict = reply.json["errors"][0]["conflicts"][0]
    assert (conflict["mine"], conflict["theirs"], conflict["author"]) == (10, 11, "bilal")
    stale = as_("amina").patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 1}}, if_match='"1"')
    assert stale.status == 412 and stale.codes == ["record.stale"]


def test_dawit_finds_nothing_of_her_by_any_road(cast):
    made, dawit = create(national_id_no="N-77", telephone_current="+999795550101"), as_("dawit")
    nobody = str(uuid4())
    for road in ("", "/record_history"):
        hidden, missing = dawit.get(f"/api/v2/cases/{made['id']}{road}"), dawit.get(f"/api/v2/cases/{nobody}{road}")
        assert hidden.status == missing.status == 404
        assert hidden.raw.replace(made["id"].encode(), b"") == missing.raw.replace(nobody.encode(), b"")
    for query in ("", "?query=Noor&phonetic=true", "?query=N-77&id_search=true", "?query=%2B999795550101&phone_number=true",
                  f"?id={made['id']}", "?age=9", "?or[age]=9&or[sex]=female"):  # fmt: skip
        reply = dawit.get(f"/api/v2/cases{query}")
        assert reply.status == 200 and reply.data == [] and reply.json["metadata"]["total"] == 0, query
    assert dawit.post("/api/cpims/v1/cases/search", {"query": "Noor", "any": True}).data == []
    assert dawit.post("/api/cpims/v1/cases/count", {}).data == {"total": 0, "total_exact": True}
    assert dawit.patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 1}}).status == 404
    assert Record.objects.get().data["age"] == 9
    assert SightingEntry.objects.filter(actor_name="dawit", outcome="refused").count() == 5


def test_esther_is_refused_whatever_the_id(cast):
    made, esther = create(), as_("esther")
    for path in (
        f"/api/v2/cases/{made['id']}",
        f"/api/v2/cases/{uuid4()}",
        "/api/v2/cases",
        f"/api/v2/cases/{made['id']}/record_history",
    ):
        assert esther.get(path).status == 403
    before = ChangeEntry.objects.count()
    assert esther.patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 1}}).status == 403
    assert esther.post("/api/v2/cases", {"data": NOOR}).status == 403
    assert ChangeEntry.objects.count() == before


def test_what_she_wrote_after_losing_the_case_is_kept(cast):
    made = create()
    case = Record.objects.get()
    own(case, User.objects.get(user_name="dawit"), ["usergroup-south"])
    case.save()
    reply = as_("amina").patch(f"/api/v2/cases/{made['id']}", {"data": {"name_last": "From the field"}})
    assert reply.status == 403 and reply.codes == ["record.no_longer_yours"]
    kept = Quarantine.objects.get()
    assert kept.author.user_name == "amina" and b"From the field" not in bytes(kept.sealed)
    assert as_("bilal").patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 1}}).status == 404


def test_list_short_and_paged(cast):
    for number in range(5):
        create(name_first=f"Child{number}")
    asked = "fields=short&status[0]=open&record_state[0]=true&per=2&order_by=name&order=asc"
    reply = as_("amina").get(f"/api/v2//cases?{asked}&page=2")
    assert [row["name"] for row in reply.data] == ["Child2 Haddad", "Child3 Haddad"]
    after = reply.json["metadata"].pop("next")
    assert reply.json["metadata"] == {"total": 5, "per": 2, "page": 2}
    assert len(as_("amina").get(f"/api/v2/cases?{asked}&after={after}").data) == 1
    assert "name_last" not in reply.data[0] and {"id", "age", "sex", "workflow", "record_in_scope"} <= set(
        reply.data[0]
    )
    refused = as_("amina").get("/api/v2/cases?hiv_status=yes", **STRICT)
    assert refused.status == 422 and refused.json["errors"][0]["pointer"] == "/hiv_status"


def test_close_reopen_and_switch_off(cast):
    made = create(closure_reason="reunified")
    path = f"/api/v2/cases/{made['id']}"
    closed = as_("amina").patch(path, {"data": {"status": "closed"}, "record_action": "close"})
    assert closed.status == 200 and closed.data["status"] == "closed" and closed.data["workflow"] == "closed"
    assert as_("amina").patch(path, {"data": {"status": "open"}, "record_action": "reopen"}).data["status"] == "open"
    assert as_("amina").patch(path, {"data": {}, "record_action": "read"}).status == 422
    assert as_("amina").delete(path).data["record_state"] is False
    assert as_("amina").get("/api/v2/cases?record_state=true").data == []
    history = as_("amina").get(path + "/record_history")
    assert [entry["event"] for entry in history.data] == [
        "case.disabled",
        "case.reopened",
        "case.closed",
        "case.registered",
    ]


def test_history_and_access_log(cast):
    made = create()
    as_("bilal").patch(f"/api/v2/cases/{made['id']}", {"data": {"age": 10}})
    as_("bilal").get(f"/api/v2/cases/{made['id']}")
    history = as_("chantal").get(f"/api/v2/cases/{made['id']}/record_history?filters[field_names][0]=age")
    assert (
        history.data[0]["record_changes"] == [{"age": {"from": 9, "to": 10}}] and history.json["metadata"]["total"] == 2
    )
    forms = as_("chantal").get(f"/api/v2/cases/{made['id']}/record_history?filters[form_unique_ids][0]=consent")
    assert forms.data == []
    log = as_("chantal").get(f"/api/v2/cases/{made['id']}/access_log")
    assert [(e["user_name"], e["action"]) for e in log.data] == [
        ("bilal", "show"),
        ("bilal", "update"),
        ("amina", "update"),
    ]
    assert as_("amina").get(f"/api/v2/cases/{made['id']}/access_log").status == 403


def test_bodies_that_are_not_json(cast):
    caller = as_("amina")
    reply = caller.client.generic(
        "POST",
        "/api/v2/cases",
        "data[name]=x",
        content_type="application/x-www-form-urlencoded",
        HTTP_X_CSRF_TOKEN=caller.token,
    )
    assert reply.status_code == 415
    broken = caller.client.generic(
        "POST", "/api/v2/cases", "{", content_type="application/json", HTTP_X_CSRF_TOKEN=caller.token
    )
    assert broken.status_code == 400 and broken.json()["errors"][0]["code"] == "body.malformed"


def test_a_forged_request_is_refused(cast):
    made, caller = create(), as_("amina")
    path = f"/api/v2/cases/{made['id']}"
    assert caller.patch(path, {"data": {"age": 1}}, x_csrf_token="").status == 403
    assert caller.patch(path, {"data": {"age": 1}}, origin="https://elsewhere.example").status == 403
    stranger = as_("bilal")
    assert caller.patch(path, {"data": {"age": 1}}, x_csrf_token=stranger.token).status == 403
    assert Record.objects.get().data["age"] == 9
    anonymous = as_(None).get(path)
    assert (
        anonymous.status == 401
        and anonymous.json["error"]
        and anonymous.headers["WWW-Authenticate"].startswith("Bearer")
    )


def test_searching_by_body_leaves_no_words_in_the_books(cast):
    register()
    assert len(as_("amina").post("/api/cpims/v1/cases/search", {"query": "Nour", "phonetic": True}).data) == 1
    entry = SightingEntry.objects.filter(action="search").get()
    assert entry.query_digest and len(entry.record_ids) == 1


def test_a_search_beyond_ones_own_cases_needs_a_full_name_and_stands_in_the_childs_log(cast):
    from cpims.accounts.models import Role
    from cpims.settings.models import Instance

    made = create(national_id_no="N-77-88-99")
    allowed = {"case": ["read", "create", "write", "search_owned_by_others", "access_log", "change_log"]}
    Role.objects.filter(unique_id="role-worker").update(permissions=allowed)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    dawit = as_("dawit")
    assert dawit.get("/api/v2/cases?query=Noor&phonetic=true").data == [], "one word is not a full name"
    found = dawit.get("/api/v2/cases?query=Noor Haddad&phonetic=true").data
    assert [row["id"] for row in found] == [made["id"]] and found[0]["record_in_scope"] is False
    assert "national_id_no" not in found[0] and "name_last" not in found[0]
    assert dawit.get(f"/api/v2/cases/{made['id']}").status == 404
    log = as_("chantal").get(f"/api/v2/cases/{made['id']}/access_log").data
    assert ("dawit", "found_by_stranger") in [(entry["user_name"], entry["action"]) for entry in log]
    as_("amina").patch(f"/api/v2/cases/{made['id']}", {"data": {"hidden_name": True}})
    assert dawit.get("/api/v2/cases?query=Noor Haddad&phonetic=true").data == [], (
        "a hidden name is found by nobody else"
    )


def test_a_search_says_why_it_found_a_child(cast):
    made = create(name_first="Mohammed", name_last="Hassan")
    found = as_("amina").post("/api/cpims/v1/cases/search", {"query": "محمد حسن", "any": True})
    assert found.json["metadata"]["reasons"] == {made["id"]: {"kind": "name_script", "field": "name"}}
    by_id = as_("amina").post("/api/cpims/v1/cases/search", {"query": made["short_id"], "id_search": True})
    assert by_id.json["metadata"]["reasons"][made["id"]]["kind"] == "identifier"
    listed = as_("amina").get("/api/v2/cases?query=Mohammed&phonetic=true")
    assert len(listed.data) == 1 and "reasons" not in listed.json["metadata"]
    assert "reasons" not in as_("amina").post("/api/cpims/v1/cases/search", {}).json["metadata"]
