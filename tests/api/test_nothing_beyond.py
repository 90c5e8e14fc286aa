"""What a plain change cannot touch: state that acts alone move, and things of other cases, by whichever road."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F

from cpims.accounts.models import Role, User
from cpims.api.shapes.route import V1, V2
from cpims.audit.models import ChangeEntry
from cpims.cases.rules.kind import APPROVALS
from cpims.flags.models import Flag
from cpims.notices.models import Alert
from cpims.records.models import Quarantine, Record
from cpims.settings.models import Instance
from cpims.transitions.models import Consent, Transition
from cpims.transitions.rules.moves import Kind
from tests.api.client import as_
from tests.api.test_acts import set_the_scene
from tests.cast import MODULE
from tests.db.sharing import agreed_case, share

ROW = {"unique_id": str(uuid4())}
#: By name, what somebody tries to write: who holds the case, where it stands, what was approved, flagged, shared, counted.
WISHED: dict[str, Any] = {
    "owned_by": "dawit", "owned_by_full_name": "Dawit", "owned_by_agency_id": "agency-b", "owned_by_location": "KA02",
    "owned_by_groups": ["usergroup-south"], "assigned_user_names": ["dawit"], "associated_user_names": ["dawit"],
    "associated_user_groups": ["usergroup-south"], "associated_user_agencies": ["agency-b"], "previously_owned_by": "dawit",
    "owned_by_id": 1, "owner": "dawit", "owner_id": 1,
    "status": "closed", "record_state": False, "case_status_reopened": True, "workflow": "closed", "date_closure": "2026-01-01",
    "reopened_logs": [ROW], "module_id": "primeromodule-gbv", "module": "primeromodule-gbv", "kind": "incident",
    "created_at": "2000-01-01T00:00:00Z", "created_by": "dawit", "created_by_agency": "agency-b", "created_organization": "agency-b",
    "last_updated_by": "dawit", "last_updated_at": "2000-01-01T00:00:00Z", "posted_at": "2000-01-01T00:00:00Z", "recorded_at": "x",
    "id": str(uuid4()), "case_id": str(uuid4()), "case_id_display": "0000000", "short_id": "0000000", "unique_identifier": str(uuid4()),
    "revision": 99, "enabled": False, "identified_by": "dawit", "identified_at": "2000-01-01T00:00:00Z",
    "identified_by_full_name": "Dawit", "not_edited_by_owner": True, "age_recorded_on": "2000-01-01",
    "flag_count": 99, "flagged": True, "flags": [{"message": "x"}], "alert_count": 99, "alerts": [{"type": "x"}],
    "current_alert_types": ["transfer"], "approval_subforms": [ROW], "case_plan_approval_type": "x",
    **{f"{kind}_approved": True for kind in APPROVALS}, **{f"approval_status_{kind}": "approved" for kind in APPROVALS},
    **{f"{kind}_approved_date": "2026-01-01" for kind in APPROVALS}, **{f"{kind}_approved_comments": "x" for kind in APPROVALS},
    "transfer_status": "accepted", "reassigned_transferred_on": "2026-01-01T00:00:00Z", "referred_users": ["dawit"],
    "referred_users_pending": ["dawit"], "referred_users_accepted": ["dawit"], "referred_users_present": True,
    "transferred_to_users": ["dawit"], "transferred_to_user_groups": ["usergroup-south"], "transitions": [ROW], "consents": [ROW],
    "last_referral_done_at": "2026-01-01T00:00:00Z", "last_referral_rejected_at": "2026-01-01T00:00:00Z",
    "lent_roles": {"dawit": ["role-super"]}, "permitted_forms": {"sensitive": "rw"}, "state": {"lent_roles": {"dawit": [""]}},
    "data": {"owned_by": "dawit"}, "incomplete": [], "tasks": [ROW], "facets": {}, "facet_keys": ["x=y"], "name_keys": ["x"],
    "family_id": str(uuid4()), "registry_record_id": str(uuid4()), "incident_case_id": str(uuid4()), "has_case_plan": True,
    "source_case_display_id": "0000000", "synced_at": "2000-01-01T00:00:00Z", "duplicate": True, "marked_for_mobile": True,
}  # fmt: skip
WRITES = ["read", "create", "write", "flag", "add_note", "change_log"]
#: Columns that no plain change of answers moves.
STAYS = (
    "id", "kind", "display_id", "short_id", "module", "record_state", "status", "workflow", "owner_id", "owned_by",
    "owned_by_agency_id", "owned_by_groups", "assigned_user_names", "associated_user_names", "associated_user_groups",
    "associated_user_agencies", "identified_by", "case_status_reopened", "date_closure", "created_by", "created_at",
    "flag_count", "alert_count", "state", "recorded_at",
)  # fmt: skip


def let_them_only_write(*actions: str) -> None:
    Role.objects.filter(unique_id__in=("role-worker", "role-group-worker")).update(
        permissions={"case": [*WRITES, *actions]}
    )
    User.objects.update(access_epoch=F("access_epoch") + 1)
    Instance.objects.update(configuration=F("configuration") + 1)


def stays(case: str) -> dict[str, Any]:
    return dict(Record.objects.values(*STAYS).get(pk=case))


def beside() -> list[int]:
    return [table.objects.count() for table in (Transition, Consent, Flag, Alert, Quarantine)]


@pytest.fixture
def case(cast: None) -> str:
    let_them_only_write()
    return str(agreed_case().id)


def deliver(name: str, action: str, case: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    item = {"id": str(uuid4()), "action": action, "arguments": {"case_id": case, "values": values, **more}}
    (told,) = as_(name).post(f"{V1}/sync/deliver", {"items": [item]}).data
    return dict(told)


@pytest.mark.parametrize("who", ["amina", "bilal"])
def test_a_plain_change_moves_nothing_but_answers(case: str, who: str) -> None:
    before, around, entries = stays(case), beside(), ChangeEntry.objects.count()
    for method in ("PATCH", "PUT"):
        reply = as_(who).send(method, f"{V2}/cases/{case}", {"data": WISHED})
        assert reply.status == 200, reply.raw[:500]
        told = {one["pointer"] for one in reply.json["metadata"]["ignored"]}
        missing = {name for name in WISHED if f"/{name}" not in told}
        assert stays(case) == before and beside() == around
        assert missing == set(), "what is not used is never dropped in silence"
    assert ChangeEntry.objects.count() == entries
    for name, value in WISHED.items():
        reply = as_(who).patch(f"{V2}/cases/{case}", {"data": {name: value}}, Prefer="handling=strict")
        assert reply.status == 422, name
        assert deliver(who, "amend_case", case, {name: value})["outcome"] == "refused", name
    assert (stays(case), beside(), ChangeEntry.objects.count()) == (before, around, entries)


@pytest.mark.parametrize("move", ["add_note", "change_log", "flag", "read", "write"])
def test_an_act_opens_its_own_keys_and_no_others(case: str, move: str) -> None:
    before, around = stays(case), beside()
    reply = as_("bilal").patch(f"{V2}/cases/{case}", {"data": WISHED, "record_action": move})
    assert reply.status in (200, 403, 422), reply.raw[:300]
    assert (stays(case), beside()) == (before, around)


def test_a_new_case_is_the_writers_own_and_begins_at_the_beginning(case: str) -> None:
    plain = {"module_id": MODULE, "name_first": "Sami", "sex": "male", "age": 7}
    # the id, the module and the moment are hers to say of a new one: she may have registered it without a network
    wished = {name: value for name, value in WISHED.items() if name not in ("id", "module_id", "created_at")}
    made = as_("amina").post(f"{V2}/cases", {"data": plain})
    tried = as_("amina").post(f"{V2}/cases", {"data": wished | plain})
    assert (made.status, tried.status) == (200, 200), tried.raw[:500]
    one, other = stays(made.data["id"]), stays(tried.data["id"])
    for made_one in (one, other):
        made_one["state"].pop("posted_at")
    own = ("id", "display_id", "short_id", "created_at", "recorded_at")
    assert {k: v for k, v in one.items() if k not in own} == {k: v for k, v in other.items() if k not in own}
    assert other["short_id"] == str(other["id"])[-7:]
    new = str(uuid4())
    assert deliver("amina", "register_case", new, wished | plain)["outcome"] == "refused"
    assert not Record.objects.filter(pk=new).exists()


def test_a_filter_or_a_base_smuggles_nothing_in(case: str) -> None:
    before = stays(case)
    body = {
        "data": {"name_nickname": "Nunu"},
        "base": {"revision": 1, "values": WISHED},
        "owned_by": "dawit",
        "status": "closed",
    }
    assert as_("amina").patch(f"{V2}/cases/{case}?owned_by=dawit&status=closed", body).status == 200
    after = stays(case)
    assert after == before


# --- things of other cases ----------------------------------------------------------------------------------------------


def of_another(kind: Kind, road: str) -> Callable[[str], tuple[str, str, Any]]:
    def path(other: str) -> tuple[str, str, Any]:
        row = share(kind, Record.objects.get(pk=other).id, "amina", "bilal")
        return "PATCH", f"{road}/{row.id}", {"data": {"status": "accepted"}}

    return path


def another_referral_back(other: str) -> tuple[str, str, Any]:
    return "DELETE", f"referrals/{share(Kind.REFERRAL, Record.objects.get(pk=other).id, 'amina', 'bilal').id}", None


def another_flag(other: str) -> tuple[str, str, Any]:
    flag = as_("bilal").post(f"{V2}/cases/{other}/flags", {"data": {"message": "Look"}}).data["id"]
    return "PATCH", f"flags/{flag}", {"data": {"unflag_message": "Seen"}}


def another_alert(other: str) -> tuple[str, str, Any]:
    as_("amina").patch(f"{V2}/cases/{other}/approvals/case_plan", {"data": {"approval_status": "requested"}})
    return "DELETE", f"alerts/{Alert.objects.get(record=other).id}", None


def another_approval(other: str) -> tuple[str, str, Any]:
    as_("amina").patch(f"{V2}/cases/{other}/approvals/case_plan", {"data": {"approval_status": "requested"}})
    return "PATCH", f"approvals/{other}", {"data": {"approval_status": "approved"}}


NESTED = {
    "referral": of_another(Kind.REFERRAL, "referrals"), "transfer": of_another(Kind.TRANSFER, "transfers"),
    "referral as a transfer": of_another(Kind.REFERRAL, "transfers"), "referral taken back": another_referral_back,
    "flag": another_flag, "alert": another_alert, "approval": another_approval,
}  # fmt: skip


@pytest.mark.parametrize("what", NESTED)
@pytest.mark.parametrize("who", ["bilal", "chantal", "farid"])
def test_what_belongs_to_another_case_is_not_found(cast: None, what: str, who: str) -> None:
    set_the_scene()
    case, other = str(agreed_case().id), str(agreed_case(name_first="Sami").id)
    method, path, body = NESTED[what](other)
    before, around, entries = [stays(one) for one in (case, other)], beside(), ChangeEntry.objects.count()
    reply = as_(who).send(method, f"{V2}/cases/{case}/{path}", body)
    # who may take no alerts off at all is told that first
    assert reply.status == (403 if (what, who) == ("alert", "bilal") else 404), reply.raw[:300]
    assert ([stays(one) for one in (case, other)], beside(), ChangeEntry.objects.count()) == (before, around, entries)


def test_a_delivery_names_nothing_of_another_case(cast: None) -> None:
    set_the_scene()
    case, other = str(agreed_case().id), str(agreed_case(name_first="Sami").id)
    row = share(Kind.REFERRAL, Record.objects.get(pk=other).id, "amina", "bilal")
    flag = as_("bilal").post(f"{V2}/cases/{other}/flags", {"data": {"message": "Look"}}).data["id"]
    before, around, entries = [stays(one) for one in (case, other)], beside(), ChangeEntry.objects.count()
    named = {"transition": str(row.id), "type": "Referral"}
    for action, values in (
        ("answer_transition", named | {"status": "accepted"}),
        ("revoke_transition", named),
        ("resolve_flag", {"flag": flag, "unflag_message": "Seen"}),
        ("amend_flag", {"flag": flag, "message": "x"}),
    ):
        assert deliver("chantal", action, case, values)["outcome"] == "refused", action
    assert ([stays(one) for one in (case, other)], beside(), ChangeEntry.objects.count()) == (before, around, entries)


def test_a_row_of_another_case_stays_there(cast: None) -> None:
    set_the_scene()
    service = {"unique_id": str(uuid4()), "service_type": "health"}
    case, other = str(agreed_case().id), str(agreed_case(services_section=[service]).id)
    stood = Record.objects.get(pk=other).data["services_section"]
    stolen = {"transitioned_to": "bilal", "service_record_id": service["unique_id"]}
    refused = as_("amina").post(f"{V2}/cases/{case}/referrals", {"data": stolen})
    assert (refused.status, refused.codes) == (422, ["transition.service_unknown"])
    written = [service | {"service_type": "shelter", "service_implemented": "implemented"}]
    assert as_("amina").patch(f"{V2}/cases/{case}", {"data": {"services_section": written}}).status == 200
    assert Record.objects.get(pk=other).data["services_section"] == stood
    removed = [{"unique_id": service["unique_id"], "_destroy": True}]
    as_("amina").patch(f"{V2}/cases/{case}", {"data": {"services_section": removed}})
    assert Record.objects.get(pk=other).data["services_section"] == stood
