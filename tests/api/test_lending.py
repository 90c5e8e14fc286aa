"""A role that is lent with a referral: its forms are what the recipient sees, on every road, and nothing beyond."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from cpims.accounts.models import Role
from cpims.api.shapes.route import V1, V2
from cpims.audit.actions import seal_books
from cpims.forms.models import Form, FormGrant
from cpims.records.models import Record
from cpims.settings.models import Instance
from cpims.transitions.models import Transition
from tests.api.client import as_
from tests.cast import MODULE
from tests.db.sharing import agreed_case, let_them_share

#: A role of the health centre: the medical findings to fill, who the child is to read; no notes, no protection.
HEALTH = {"sensitive": "rw", "basic_identity": "r"}
ANSWERS = {"risk_level": "high", "siblings": 3, "national_id_no": "KA-7788123", "name_nickname": "Nunu"}
FIXED = {"consent_for_services", "disclosure_other_orgs"}


def lendable(unique_id: str = "role-health", forms: dict[str, str] = HEALTH, **values: Any) -> Role:
    role = Role.objects.create(
        **{"unique_id": unique_id, "name": unique_id, "permissions": {"case": ["read", "write"]},
           "module_unique_ids": [MODULE], "referral_authorization": True} | values
    )  # fmt: skip
    for form, access in forms.items():
        FormGrant.objects.create(role=role, form=Form.objects.get(unique_id=form), access=access)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    return role


@pytest.fixture
def case(cast: None) -> str:
    let_them_share()
    lendable()
    return str(agreed_case(**ANSWERS).id)


def refer(case: str, to: str = "dawit", role: str | None = "role-health", **more: Any) -> Any:
    wish = {"transitioned_to": to, "authorized_role_unique_id": role} | more
    return as_("amina").post(f"{V2}/cases/{case}/referrals", {"data": wish})


def names_on(*forms: str) -> set[str]:
    return set(Form.objects.filter(unique_id__in=forms).values_list("fields__name", flat=True))


def test_what_she_sees_is_what_that_role_sees_and_what_was_shown_before(case: str) -> None:
    body = {"type": "Referral", "data": {"transitioned_to": "dawit", "authorized_role_unique_id": "role-health"}}
    before = as_("farid").post(f"{V1}/cases/{case}/transitions/preview", body).data
    assert refer(case).data["authorized_role_unique_id"] == "role-health"
    read = as_("dawit").get(f"{V2}/cases/{case}")
    assert read.data["permitted_forms"] == HEALTH
    assert read.data["permitted_form_actions"] == {"case": []}
    answers = set(Record.objects.get(pk=case).data)
    shown = answers & set(read.data)
    assert shown == answers & (names_on("sensitive", "basic_identity") | FIXED)
    assert "risk_level" in answers and "risk_level" not in read.data
    assert set(before["values"]) <= set(read.data)
    changed = {"last_updated_at", "last_updated_by", "not_edited_by_owner"}
    same = {
        name: value for name, value in before["values"].items() if name not in changed | {"reassigned_transferred_on"}
    }
    assert same == {name: read.data[name] for name in same}
    assert set(read.data) - set(before["values"]) <= {"permitted_forms", "permitted_form_actions"} | (
        set(read.data) - answers
    )


def test_what_she_writes_is_what_that_role_writes(case: str) -> None:
    refer(case)
    dawit = as_("dawit")
    done = dawit.patch(f"{V2}/cases/{case}", {"data": {"medical_findings": "Fever"}})
    assert (done.status, done.data["medical_findings"]) == (200, "Fever")
    for name, value in (("name_first", "Sara"), ("risk_level", "low"), ("notes_section", [{"note_text": "x"}])):
        stood = Record.objects.get(pk=case).data.get(name)
        refused = dawit.patch(f"{V2}/cases/{case}", {"data": {name: value}}, Prefer="handling=strict")
        assert refused.status == 422, name
        silent = dawit.patch(f"{V2}/cases/{case}", {"data": {name: value}})
        assert silent.status == 200 and silent.json["metadata"]["ignored"][0]["pointer"] == f"/{name}"
        assert Record.objects.get(pk=case).data.get(name) == stood
    noted = dawit.patch(
        f"{V2}/cases/{case}", {"data": {"notes_section": [{"note_text": "x"}]}, "record_action": "add_note"}
    )
    assert not Record.objects.get(pk=case).data.get("notes_section"), noted.raw


@pytest.mark.parametrize("who", ["dawit", "bilal"])
def test_no_list_search_count_or_order_tells_what_the_role_does_not_read(case: str, who: str) -> None:
    lendable("role-narrow", {"sensitive": "rw"})
    other = str(agreed_case(name_first="Sami", risk_level="low", siblings=1).id)
    refer(other, who, role=None)
    refer(case, who, "role-narrow")
    her = as_(who)

    def ids(reply: Any) -> set[str]:
        assert reply.status == 200, reply.raw[:400]
        return {row["id"] for row in reply.data} & {case, other}

    assert ids(her.get(f"{V2}/cases")) == {case, other}
    for narrowed in (
        "risk_level=high",
        "siblings=3",
        "risk_level=low,high",
        "not[risk_level]=low",
        "or[risk_level]=high",
    ):
        assert case not in ids(her.get(f"{V2}/cases?{narrowed}")), narrowed
    assert ids(her.get(f"{V2}/cases?risk_level=low")) == {other}
    assert ids(her.get(f"{V2}/cases?status=open")) == {case, other}
    for query in ("query=Noor&phonetic=true", "query=KA7788123", "query=KA7788123&id_search=true", "query=KA-7788123"):
        assert case not in ids(her.get(f"{V2}/cases?{query}")), query
    assert ids(her.get(f"{V2}/cases?query=Sami&phonetic=true")) == {other}
    counted = her.post(f"{V1}/cases/counts", {"filters": {}, "fields": ["risk_level"]}).data
    counts = {one["value"]: one["count"] for one in counted[0]["values"]}
    assert "high" not in counts and counts["low"] >= 1
    ordered = her.get(f"{V2}/cases?order_by=name")
    assert {"pointer": "/order_by", "code": "filter.ignored"} in ordered.json["metadata"]["ignored"]
    row = next(row for row in her.get(f"{V2}/cases").data if row["id"] == case)
    assert "risk_level" not in row and "name_first" not in row and "name" not in row


def test_history_and_sync_tell_no_more_than_reading(case: str) -> None:
    held = refer(case).data
    entries = as_("dawit").get(f"{V2}/cases/{case}/record_history").data
    told = {name for entry in entries for change in entry["record_changes"] for name in change}
    assert "name_first" in told and not told & {"risk_level", "lent_roles"}
    assert "risk_level" in str(as_("amina").get(f"{V2}/cases/{case}/record_history").data)
    while seal_books():
        pass
    dawit = as_("dawit")
    asked = {"scope": {"own_open": True, "pinned": []}, "limit": 50}
    sent = [one for one in dawit.post(f"{V1}/sync/changes", asked).data["records"] if one["id"] == case]
    assert "risk_level" not in sent[0]["values"] and sent[0]["values"]["permitted_forms"] == HEALTH
    lines = dawit.post(f"{V1}/sync/manifest", {"scope": asked["scope"]}).data
    marks = {line["id"]: line["fields"] for line in lines}
    assert marks[case] == sent[0]["fields"]
    as_("amina").delete(f"{V2}/cases/{case}/referrals/{held['id']}")
    assert dawit.get(f"{V2}/cases/{case}").status == 404


def test_of_two_referrals_each_lends_its_own_and_her_own_role_is_one_of_them(case: str) -> None:
    lendable("role-notes", {"notes": "rw", "sensitive": "r"})
    first, second = refer(case).data, refer(case, role="role-notes").data
    seen = as_("dawit").get(f"{V2}/cases/{case}").data
    assert seen["permitted_forms"] == HEALTH | {"notes": "rw"}
    as_("amina").delete(f"{V2}/cases/{case}/referrals/{first['id']}")
    assert as_("dawit").get(f"{V2}/cases/{case}").data["permitted_forms"] == {"notes": "rw", "sensitive": "r"}
    own = refer(case, role=None).data
    assert "risk_level" in as_("dawit").get(f"{V2}/cases/{case}").data
    for row in (second, own):
        as_("amina").delete(f"{V2}/cases/{case}/referrals/{row['id']}")
    assert "lent_roles" not in Record.objects.get(pk=case).state
    assert as_("dawit").get(f"{V2}/cases/{case}").status == 404


def test_a_role_that_changes_changes_what_she_sees_at_once(case: str) -> None:
    refer(case)
    dawit, farid = as_("dawit"), as_("farid")
    assert "name_first" in dawit.get(f"{V2}/cases/{case}").data
    role = Role.objects.get(unique_id="role-health").pk
    changed = farid.patch(f"{V2}/roles/{role}", {"data": {"form_section_read_write": {"sensitive": "r"}}})
    assert changed.status == 200, changed.raw
    seen = dawit.get(f"{V2}/cases/{case}").data
    assert seen["permitted_forms"] == {"sensitive": "r"} and "name_first" not in seen
    assert farid.patch(f"{V2}/roles/{role}", {"data": {"disabled": True}}).status == 200
    assert dawit.get(f"{V2}/cases/{case}").data["permitted_forms"] == {}


def test_the_owner_and_everybody_else_look_with_their_own_role(case: str) -> None:
    refer(case)
    for name in ("amina", "bilal", "chantal"):
        seen = as_(name).get(f"{V2}/cases/{case}").data
        assert "risk_level" in seen and "permitted_forms" not in seen and "lent_roles" not in seen
    as_("chantal").post(f"{V2}/cases/{case}/assigns", {"data": {"transitioned_to": "bilal"}})
    refer(case, "bilal")
    assert Record.objects.get(pk=case).owned_by == "bilal"
    assert "risk_level" in as_("bilal").get(f"{V2}/cases/{case}").data


def test_only_what_may_be_lent_is_lent(case: str) -> None:
    lendable("role-shut", {"sensitive": "r"}, disabled=True)
    lendable("role-kept", {"sensitive": "r"}, referral_authorization=False)
    lendable("role-elsewhere", {"sensitive": "r"}, module_unique_ids=["primeromodule-other"])
    amina = as_("amina")
    for role in ("role-shut", "role-kept", "role-elsewhere", "role-none"):
        reply = refer(case, role=role)
        assert (reply.status, reply.codes) == (422, ["transition.role_not_lent"]), role
    wish = {"transitioned_to": "bilal", "authorized_role_unique_id": "role-health"}
    for road, who in (("transfers", "amina"), ("assigns", "chantal")):
        reply = as_(who).post(f"{V2}/cases/{case}/{road}", {"data": wish})
        assert (reply.status, reply.codes) == (422, ["transition.role_not_lent"]), road
    item = {"id": str(uuid4()), "action": "refer_case", "arguments": {"case_id": case, "values": wish | {
        "authorized_role_unique_id": "role-none"}}}  # fmt: skip
    told = amina.post(f"{V1}/sync/deliver", {"items": [item]}).data[0]
    assert told["outcome"] == "refused" and "transition.role_not_lent" in str(told)
    assert not Transition.objects.exists()
    body = {"type": "Referral", "data": wish | {"authorized_role_unique_id": "role-none"}}
    hindrances = amina.post(f"{V1}/cases/{case}/transitions/preview", body).data["hindrances"]
    assert [one["code"] for one in hindrances] == ["transition.role_not_lent"]


def test_cases_that_were_assigned_to_somebody_are_found(cast: None) -> None:
    let_them_share()
    first, second = str(agreed_case().id), str(agreed_case(name_first="Sami").id)
    chantal = as_("chantal")
    assert chantal.post(f"{V2}/cases/{first}/assigns", {"data": {"transitioned_to": "bilal"}}).status == 200
    refer(second, "bilal", role=None)

    def ids(query: str, who: str = "chantal") -> set[str]:
        return {row["id"] for row in as_(who).get(f"{V2}/cases?{query}").data}

    assert ids("assign=bilal") == {first}
    assert ids("assign=amina") == set()
    assert ids("assign=bilal,amina") == {first}
    assert ids("or[assign]=bilal&or[owned_by]=amina") == {first, second}
    assert second in ids("not[assign]=bilal") and first not in ids("not[assign]=bilal")
    assert ids("assign=bilal", "dawit") == set()
    assert chantal.post(f"{V2}/cases/{first}/assigns", {"data": {"transitioned_to": "amina"}}).status == 200
    assert ids("assign=bilal") == {first} and ids("assign=amina") == {first}
