"""Every act of case work, by both roads (request and delivery): who may, who may not and why, and that a refusal leaves no trace.

Noor's case is Amina's. Bilal works in her team, Chantal leads it, Dawit is a stranger until something is sent to him, Esther looks after
accounts and sees no child, Farid may do all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.models import Role, User
from cpims.api.shapes.route import V1, V2
from cpims.audit.models import ChangeEntry
from cpims.flags.actions import raise_flag
from cpims.flags.models import Flag
from cpims.flags.rules import Wish as FlagWish
from cpims.notices.models import Alert, Notice
from cpims.records.models import Quarantine, Record
from cpims.settings.models import Instance
from cpims.sync.actions.delivering import ACTS as DELIVERED
from cpims.transitions.actions import request_transfer
from cpims.transitions.models import Consent, Transition
from cpims.transitions.rules.moves import Kind, Status
from tests.api.client import Reply, as_
from tests.cast import AT, SUPERVISOR, WORKER, viewer
from tests.db.sharing import SHARES, agreed_case, answer, let_them_share, share
from tests.db.supervising import ANSWERS, ASKS
from tests.kinds import KINDS

CAST = ("amina", "bilal", "chantal", "dawit", "esther", "farid")
PLAN = "case_plan"
Things = dict[str, Any]


def set_the_scene() -> None:
    """Workers send, receive and ask; the supervisor assigns, answers and approves."""
    let_them_share()
    workers = [*WORKER, *SHARES, *ASKS]
    for name, held in (
        ("role-worker", workers),
        ("role-group-worker", workers),
        ("role-supervisor", [*SUPERVISOR, *SHARES, *ANSWERS, "consent_override", "accept_or_reject_transfer"]),
    ):
        role = Role.objects.get(unique_id=name)
        role.permissions = role.permissions | {"case": held}
        role.save()
    User.objects.update(access_epoch=F("access_epoch") + 1)
    Instance.objects.update(configuration=F("configuration") + 1)


def sent(kind: Kind, to: str = "bilal", by: str = "amina", status: Status | None = None) -> Callable[[Record], Things]:
    def prepare(case: Record) -> Things:
        row = share(kind, case.id, by, to)
        if status is not None:
            answer(row, to, status)
        return {"transition": str(row.id)}

    return prepare


def asked_for(case: Record) -> Things:
    row = request_transfer(case_id=case.id, notes="", individual=False, actor=viewer("dawit"), at=AT).transition
    return {"transition": str(row.id)} if row else {}


def flagged(case: Record) -> Things:
    done = raise_flag(kind="case", record_id=case.id, wish=FlagWish(message="Look"), actor=viewer("bilal"), at=AT)
    return {"flag": done.flag.id if done.flag else 0}


def plan_asked_for(case: Record) -> Things:
    body = {"data": {"approval_status": "requested"}}
    assert as_("amina").patch(f"{V2}/cases/{case.id}/approvals/{PLAN}", body).status == 200
    return {"alert": str(Alert.objects.get(record=case).id)}


def closed(case: Record) -> Things:
    assert as_("amina").patch(f"{V2}/cases/{case.id}", CLOSING).status == 200
    return {}


def nothing(_: Record) -> Things:
    return {}


CLOSING = {"data": {"status": "closed", "closure_reason": "aged out"}, "record_action": "close"}
OURS = "amina bilal chantal farid"


@dataclass(frozen=True)
class Act:
    """An act by its request, and by its delivery where it has one; who may do it, and why the others may not."""

    name: str
    method: str
    path: str
    body: Any
    may: str
    #: Who is refused otherwise than by sight, each with status and code. Who is named nowhere sees no such case.
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    prepare: Callable[[Record], Things] = nothing
    action: str = ""
    values: Any = None


NO = (403, "forbidden")
NOT_HERS = (403, "transition.not_yours_to_answer")
NOT_REVOKED = (403, "transition.not_yours_to_revoke")
OWNS = (422, "transition.owner_already")
ESTHER = {"esther": NO}
TO_DAWIT, TO_BILAL = {"transitioned_to": "dawit"}, {"transitioned_to": "bilal"}
CASE = V2 + "/cases/{case}"


def answers(name: str, kind: Kind, road: str, status: str, may: str, refused: Any, prepare: Any, **more: str) -> Act:
    return Act(
        name, "PATCH", CASE + f"/{road}/{{transition}}", {"data": {"status": status, **more}}, may, ESTHER | refused, prepare,
        "answer_transition", {"transition": "{transition}", "type": kind.value, "status": status, **more},
    )  # fmt: skip


def amends(name: str, body: Any, may: str = OURS, refused: Any = None, prepare: Any = nothing) -> Act:
    return Act(name, "PATCH", CASE, body, may, ESTHER | (refused or {}), prepare, "amend_case", body["data"])


APPROVE = {"approval_status": "approved", "notes": "Good"}
ACTS: tuple[Act, ...] = (
    Act("assign", "POST", CASE + "/assigns", {"data": TO_BILAL}, "chantal farid",
        {"amina": NO, "bilal": NO, "dawit": NO, "esther": NO}, action="assign_case", values=TO_BILAL),
    Act("refer", "POST", CASE + "/referrals", {"data": TO_DAWIT}, OURS, ESTHER, action="refer_case", values=TO_DAWIT),
    Act("refer against consent", "POST", CASE + "/referrals", {"data": TO_DAWIT | {"consent_overridden": True, "notes": "Danger"}},
        "chantal farid", ESTHER | {"amina": NO, "bilal": NO}, action="refer_case",
        values=TO_DAWIT | {"consent_overridden": True, "notes": "Danger"}),
    Act("transfer", "POST", CASE + "/transfers", {"data": TO_DAWIT}, OURS, ESTHER, action="transfer_case", values=TO_DAWIT),
    Act("ask for the case", "POST", CASE + "/transfer_requests", {"data": {}}, "bilal chantal dawit farid",
        ESTHER | {"amina": OWNS}, action="request_transfer", values={}),
    answers("accept a referral", Kind.REFERRAL, "referrals", "accepted", "bilal chantal farid", {"amina": NOT_HERS}, sent(Kind.REFERRAL)),
    answers("reject a referral", Kind.REFERRAL, "referrals", "rejected", "bilal chantal farid", {"amina": NOT_HERS},
            sent(Kind.REFERRAL), rejected_reason="No"),
    answers("finish a referral", Kind.REFERRAL, "referrals", "done", "bilal chantal farid", {"amina": NOT_HERS},
            sent(Kind.REFERRAL, status=Status.ACCEPTED)),
    answers("accept a transfer", Kind.TRANSFER, "transfers", "accepted", "bilal chantal farid", {"amina": NOT_HERS}, sent(Kind.TRANSFER)),
    answers("reject a transfer", Kind.TRANSFER, "transfers", "rejected", "bilal chantal farid", {"amina": NOT_HERS}, sent(Kind.TRANSFER)),
    answers("agree to a request", Kind.REQUEST, "transfer_requests", "accepted", "amina chantal farid", {"bilal": NOT_HERS}, asked_for),
    answers("keep the case", Kind.REQUEST, "transfer_requests", "rejected", "amina chantal farid", {"bilal": NOT_HERS}, asked_for),
    Act("revoke a referral", "DELETE", CASE + "/referrals/{transition}", None, OURS, ESTHER,
        sent(Kind.REFERRAL, by="amina"), "revoke_transition", {"transition": "{transition}", "type": "Referral"}),
    Act("revoke a transfer", "PATCH", CASE + "/transfers/{transition}", {"data": {"status": "revoked"}}, OURS, ESTHER,
        sent(Kind.TRANSFER, by="amina"), "revoke_transition", {"transition": "{transition}", "type": "Transfer"}),
    Act("give consent", "POST", V1 + "/cases/{case}/consents", {"given": True, "purpose": "services"}, OURS, ESTHER,
        action="register_consent", values={"purpose": "services"}),
    Act("take consent back", "POST", V1 + "/cases/{case}/consents", {"given": False, "agency": "agency-b"}, OURS, ESTHER,
        action="withdraw_consent", values={"agency": "agency-b"}),
    Act("ask for an approval", "PATCH", CASE + f"/approvals/{PLAN}", {"data": {"approval_status": "requested"}}, "amina bilal farid",
        ESTHER | {"chantal": NO}, action="request_approval", values={"approval": PLAN}),
    Act("approve", "PATCH", CASE + f"/approvals/{PLAN}", {"data": APPROVE}, "chantal farid", ESTHER | {"amina": NO, "bilal": NO},
        plan_asked_for, "answer_approval", APPROVE | {"approval": PLAN}),
    Act("refuse an approval", "PATCH", CASE + f"/approvals/{PLAN}", {"data": {"approval_status": "rejected"}}, "chantal farid",
        ESTHER | {"amina": NO, "bilal": NO}, plan_asked_for, "answer_approval", {"approval": PLAN, "approval_status": "rejected"}),
    Act("take a request back", "DELETE", V1 + f"/cases/{{case}}/approvals/{PLAN}", None, "amina",
        ESTHER | {"chantal": NO, "bilal": (403, "approval.not_yours_to_cancel"), "farid": (403, "approval.not_yours_to_cancel")},
        plan_asked_for, "withdraw_approval", {"approval": PLAN}),
    Act("flag", "POST", CASE + "/flags", {"data": {"message": "Look"}}, OURS, ESTHER, action="raise_flag", values={"message": "Look"}),
    Act("change a flag", "PATCH", CASE + "/flags/{flag}", {"data": {"message": "Look twice"}}, "chantal farid",
        ESTHER | {"amina": NO, "bilal": NO}, flagged, "amend_flag", {"flag": "{flag}", "message": "Look twice"}),
    Act("resolve a flag", "PATCH", CASE + "/flags/{flag}", {"data": {"unflag_message": "Seen"}}, "amina bilal farid",
        ESTHER | {"chantal": (403, "flag.not_yours_to_resolve")}, flagged, "resolve_flag", {"flag": "{flag}", "unflag_message": "Seen"}),
    Act("take an alert off", "DELETE", CASE + "/alerts/{alert}", None, "chantal farid", ESTHER | {"amina": NO, "bilal": NO, "dawit": NO},
        plan_asked_for),
    amends("change an answer", {"data": {"name_nickname": "Nunu"}}),
    amends("plan and complete a task", {"data": {"services_section": [{"service_type": "health", "service_implemented": "implemented"}]}}),
    amends("add a note", {"data": {"notes_section": [{"note_text": "Seen at home"}]}}),
    Act("close", "PATCH", CASE, CLOSING, OURS, ESTHER),
    Act("reopen", "PATCH", CASE, {"data": {"status": "open", "case_status_reopened": True}, "record_action": "reopen"}, OURS, ESTHER, closed),
    Act("switch off", "DELETE", CASE, None, OURS, ESTHER),
)  # fmt: skip
#: Acts of a device that are no acts on a case that is there: making one, and papers, which have tests of their own; and
#: those of the other kinds of record, of families, incidents and tracing (``test_record_kinds``, ``test_families`` …).
ELSEWHERE = {
    *("register_case", "let_answers_go"),
    *(f"{verb}_{kind}" for verb in ("register", "amend") for kind in KINDS),
    *("link_family", "unlink_family", "create_family_of_case", "create_case_from_detail", "create_case_from_member"),
    *("relate_cases", "amend_relationship", "link_incidents", "confirm_match", "reject_match", "undo_match"),
}


@pytest.fixture
def stage(cast: None) -> None:
    set_the_scene()


def footprint() -> list[Any]:
    """Everything that an act could leave behind."""
    rows = (Transition, Consent, Flag, Alert, Notice, Quarantine)
    records = list(
        Record.objects.order_by("id").values(
            "id", "revision", "data", "state", "status", "owned_by", "record_state", "flag_count"
        )
    )
    return [
        records,
        *(list(table.objects.order_by("pk").values()) for table in rows),
        ChangeEntry.objects.count(),
        ProcrastinateJob.objects.count(),
    ]


def filled(told: Any, known: Things) -> Any:
    if isinstance(told, dict):
        return {name: filled(value, known) for name, value in told.items()}
    exact = isinstance(told, str) and told.startswith("{") and told[1:-1] in known
    return known[told[1:-1]] if exact else told


def request(act: Act, name: str, known: Things) -> Reply:
    return as_(name).send(act.method, act.path.format(**known), act.body)


def deliver(act: Act, name: str, known: Things) -> dict[str, Any]:
    arguments = {"case_id": known["case"], "values": filled(act.values, known)}
    item = {"id": str(uuid4()), "action": act.action, "arguments": arguments}
    reply = as_(name).post(f"{V1}/sync/deliver", {"items": [item]})
    if reply.status != 200:
        return {"outcome": "refused", "status": reply.status, "errors": reply.json["errors"]}
    return dict(reply.data[0])


class _Undo(Exception):
    pass


def on_a_fresh_case(act: Act, look: Callable[[Things], None]) -> None:
    """Look at an act on a case of its own; whatever was done is taken back."""
    with pytest.raises(_Undo), transaction.atomic():
        case = agreed_case()
        look({"case": str(case.id), **act.prepare(case)})
        raise _Undo


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_who_may_who_may_not_and_what_a_stranger_sees(stage: None, act: Act) -> None:
    for name in CAST:

        def asked(known: Things, name: str = name) -> None:
            before = footprint()
            reply = request(act, name, known)
            if name in act.may.split():
                assert reply.status in (200, 204), (name, reply.raw[:400])
                assert footprint() != before, name
                return
            status, code = act.refused.get(name, (404, "record.not_found"))
            assert (reply.status, reply.codes[:1]) == (status, [code]), (name, reply.raw[:400])
            assert footprint() == before, name
            if status == 404:
                other = str(uuid4())
                missing = request(act, name, known | {"case": other})
                assert missing.raw.replace(other.encode(), b"*") == reply.raw.replace(known["case"].encode(), b"*")

        on_a_fresh_case(act, asked)


@pytest.mark.parametrize("act", [act for act in ACTS if act.action], ids=lambda act: act.name)
def test_a_delivery_is_judged_like_a_request(stage: None, act: Act) -> None:
    for name in CAST:

        def delivered(known: Things, name: str = name) -> None:
            before = footprint()
            told = deliver(act, name, known)
            if name in act.may.split():
                assert told["outcome"] == "accepted", (name, told)
                assert footprint() != before, name
                return
            assert told["outcome"] == "refused", (name, told)
            _, code = act.refused.get(name, (404, "record.not_found"))
            # the right to the very act is asked first here, the case after that
            assert code in str(told) or (name == "dawit" and "forbidden" in str(told)), (name, told)
            assert footprint() == before, name

        on_a_fresh_case(act, delivered)


def test_every_act_that_a_device_may_deliver_stands_in_the_table() -> None:
    papers = {name for name in DELIVERED if name.endswith("_file")}
    assert {act.action for act in ACTS if act.action} == set(DELIVERED) - ELSEWHERE - papers
