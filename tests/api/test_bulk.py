"""One act for many cases: asked for, done case by case, a result for each, tried again, cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.models import Role, User
from cpims.api.shapes.route import V1, V2
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.bulk.actions import AT_A_TIME, TASK, run_bulk
from cpims.bulk.models import BulkCase, BulkJob
from cpims.bulk.queries import find_left_alone
from cpims.bulk.rules import MOST
from cpims.flags.models import Flag
from cpims.forms.models import FormGrant
from cpims.jobs.reactions import whom_to_tell
from cpims.lib.clock import now
from cpims.lib.ids import read_id
from cpims.notices.actions import tell_of_happenings
from cpims.notices.models import Notice
from cpims.records.models import Record
from cpims.transitions.models import Transition
from tests.api.client import Reply, as_
from tests.cast import register, set_the_stage
from tests.consistency.test_replies import misfits
from tests.db.sharing import AGREED, let_them_share

BULK = f"{V1}/bulk"


@pytest.fixture
def stage(cast: None) -> None:
    let_them_share()
    allow("role-supervisor", "flag_multiple")


def allow(role: str, *actions: str) -> None:
    """A role may do more from now on."""
    one = Role.objects.get(unique_id=role)
    one.permissions = one.permissions | {"case": [*one.permissions["case"], *actions]}
    one.save()
    raise_epochs()


def raise_epochs() -> None:
    for user in User.objects.all():
        user.access_epoch += 1
        user.save(update_fields=["access_epoch"])


def told(method: str, key: str, reply: Reply) -> Any:
    assert reply.status == 200, reply.raw[:600]
    assert misfits(method, key, reply) == []
    return reply.data


def begin(name: str, **body: Any) -> Any:
    return told("POST", BULK, as_(name).post(BULK, body))


def work(job: str) -> None:
    named = read_id(job)
    assert named is not None
    while run_bulk(job_id=named, clock=now):
        pass


def seen(name: str, job: str, query: str = "") -> Any:
    return told("GET", f"{BULK}/{{id}}", as_(name).get(f"{BULK}/{job}{query}"))


def ids(count: int, **values: Any) -> list[str]:
    return [str(register(name_first=f"Child {number}", **values).id) for number in range(count)]


def asked_of_the_worker() -> list[str]:
    return [row.args["job"] for row in ProcrastinateJob.objects.filter(task_name=TASK).order_by("id")]


def nothing_happened(act: Callable[[], Reply], status: int, *codes: str) -> None:
    before = [
        ChangeEntry.objects.count(),
        BulkJob.objects.count(),
        BulkCase.objects.count(),
        len(asked_of_the_worker()),
    ]
    reply = act()
    assert (reply.status, reply.codes) == (status, list(codes)), reply.raw[:400]
    assert before == [
        ChangeEntry.objects.count(), BulkJob.objects.count(), BulkCase.objects.count(), len(asked_of_the_worker())
    ]  # fmt: skip


def test_named_cases_are_assigned_one_by_one(stage: None) -> None:
    cases = ids(3)
    job = begin(
        "chantal", act="assign", ids=[*cases, cases[0]], data={"transitioned_to": "bilal", "notes": "She leaves"}
    )
    assert (job["status"], job["total"], job["waiting"], job["done"]) == ("running", 3, 3, 0)
    assert asked_of_the_worker() == [job["id"]]
    assert not Transition.objects.exists(), "nothing is done while she waits for the answer"
    work(job["id"])
    end = seen("chantal", job["id"])
    assert (end["status"], end["done"], end["refused"], end["waiting"]) == ("done", 3, 0, 0)
    assert [one["record_id"] for one in end["cases"]] == cases
    assert {one["state"] for one in end["cases"]} == {"done"} and all(one["name"] for one in end["cases"])
    assert set(Record.objects.values_list("owned_by", flat=True)) == {"bilal"}
    rows = {str(row.record_id): row for row in Transition.objects.all()}
    assert {one["transition"] for one in end["cases"]} == {str(row.id) for row in rows.values()}
    assert {(row.transitioned_by, row.notes) for row in rows.values()} == {("chantal", "She leaves")}
    for case in cases:
        happening = next(find_happenings(rows[case].record_id))
        assert (happening.event, happening.actor_name, happening.about["bulk"]) == (
            "case.assigned",
            "chantal",
            job["id"],
        )
    assert told("GET", BULK, as_("chantal").get(BULK))[0]["id"] == job["id"]


def test_a_filter_is_read_when_the_work_begins_and_within_sight(stage: None) -> None:
    mine, strange = ids(2), ids(1, by="dawit")
    job = begin("chantal", act="assign", search={"owned_by": ["amina", "dawit"], "status": ["open"], "per": 1, "page": 4},
                data={"transitioned_to": "bilal"})  # fmt: skip
    assert (job["status"], job["total"]) == ("waiting", None)
    late = ids(1)
    Record.objects.filter(pk=mine[0]).update(status="closed")
    work(job["id"])
    assert {one["record_id"] for one in seen("chantal", job["id"])["cases"]} == {mine[1], late[0]}
    assert Record.objects.get(pk=strange[0]).owned_by == "dawit"


def test_a_search_chooses_those_whom_it_finds(stage: None) -> None:
    register(name_first="Samira", name_last="Khoury")
    found = str(register(name_first="Yusuf", name_last="Aziz").id)
    job = begin("chantal", act="flag", search={"query": "Yusuf Aziz", "phonetic": True}, data={"message": "Look"})
    assert "Yusuf" not in str(bytes(BulkJob.objects.get().sealed)), "the words of a search are sealed"
    work(job["id"])
    assert [str(flag.record_id) for flag in Flag.objects.all()] == [found]


def test_each_case_is_asked_for_by_the_act_itself(stage: None) -> None:
    good, bad = ids(1, **AGREED), ids(1)
    strange, missing = str(register(by="dawit").id), str(uuid4())
    job = begin("chantal", act="refer", ids=[*bad, strange, missing, *good], data={"transitioned_to": "bilal"})
    before = {case: Record.objects.get(pk=case).revision for case in (*bad, strange)}
    work(job["id"])
    end = seen("chantal", job["id"])
    assert (end["done"], end["refused"], end["may_retry"]) == (1, 3, True)
    results = {one["record_id"]: one for one in end["cases"]}
    assert [e["code"] for e in results[bad[0]]["errors"]] == ["transition.consent"]
    # a case of another team says no more than one that never was
    alike = [{k: v for k, v in results[one].items() if k not in ("record_id", "at")} for one in (strange, missing)]
    assert alike[0] == alike[1]
    assert (alike[0]["errors"][0]["code"], alike[0]["name"], alike[0]["case_id_display"]) == (
        "record.not_found",
        None,
        None,
    )
    assert before == {case: Record.objects.get(pk=case).revision for case in (*bad, strange)}
    refused = seen("chantal", job["id"], "?state=refused&per=2&page=2")
    assert [one["record_id"] for one in refused["cases"]] == [missing]


def test_what_was_refused_is_tried_again_and_what_is_done_stays(stage: None) -> None:
    good, bad = ids(1, **AGREED), ids(1)
    job = begin("chantal", act="transfer", ids=[*good, *bad], data={"transitioned_to": "bilal"})
    work(job["id"])
    record = Record.objects.get(pk=bad[0])
    record.data |= AGREED
    record.save(update_fields=["data"])
    again = told("POST", f"{BULK}/{{id}}/retry", as_("chantal").post(f"{BULK}/{job['id']}/retry"))
    assert (again["status"], again["done"], again["waiting"], again["may_cancel"]) == ("running", 1, 1, True)
    nothing_happened(lambda: as_("chantal").post(f"{BULK}/{job['id']}/retry"), 409, "bulk.under_way")
    work(job["id"])
    end = seen("chantal", job["id"])
    assert (end["status"], end["done"], end["refused"], end["may_retry"]) == ("done", 2, 0, False)
    assert Transition.objects.filter(type="Transfer").count() == 2
    nothing_happened(lambda: as_("chantal").post(f"{BULK}/{job['id']}/retry"), 409, "bulk.has_ended")
    nothing_happened(lambda: as_("chantal").post(f"{BULK}/{job['id']}/cancel"), 409, "bulk.has_ended")


def test_what_is_cancelled_stops_where_it_is_and_can_go_on(stage: None) -> None:
    cases = ids(3)
    job = begin("chantal", act="flag", ids=cases, data={"message": "Look"})
    named = read_id(job["id"])
    assert named is not None and run_bulk(job_id=named, clock=now, most=1)
    stopped = told("POST", f"{BULK}/{{id}}/cancel", as_("chantal").post(f"{BULK}/{job['id']}/cancel"))
    assert (stopped["status"], stopped["done"], stopped["waiting"], stopped["may_retry"]) == ("cancelled", 1, 2, True)
    work(job["id"])
    assert Flag.objects.count() == 1
    as_("chantal").post(f"{BULK}/{job['id']}/retry")
    work(job["id"])
    assert sorted(str(one) for one in Flag.objects.values_list("record_id", flat=True)) == sorted(cases)
    events = ChangeEntry.objects.filter(subject=f"bulk:{job['id']}").order_by("id").values_list("event", flat=True)
    flags = ["flag.raised"]
    assert list(events) == ["bulk.begun", *flags, "bulk.cancelled", "bulk.retried", *flags, *flags]


def test_her_rights_are_those_of_the_moment(stage: None) -> None:
    cases = ids(2)
    job = begin("chantal", act="assign", search={"status": "open"}, data={"transitioned_to": "bilal"})
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions = {"case": ["read"]}
    role.save()
    raise_epochs()
    work(job["id"])
    end = seen("chantal", job["id"])
    assert [one["errors"][0]["code"] for one in end["cases"]] == ["forbidden", "forbidden"]
    nothing_happened(lambda: as_("chantal").post(f"{BULK}/{job['id']}/retry"), 403, "forbidden")
    assert set(Record.objects.filter(pk__in=cases).values_list("owned_by", flat=True)) == {"amina"}


def test_a_filter_that_is_hers_no_more_chooses_nobody(stage: None) -> None:
    ids(2)
    job = begin("chantal", act="assign", search={"not": {"hiv_status": ["yes"]}}, data={"transitioned_to": "bilal"})
    FormGrant.objects.filter(form__unique_id="sensitive", role__unique_id="role-supervisor").delete()
    raise_epochs()
    work(job["id"])
    end = seen("chantal", job["id"])
    assert (end["status"], end["refusal"], end["total"]) == ("refused", "bulk.selection_changed", None)
    assert not Transition.objects.exists()


def test_the_account_is_switched_off_meanwhile(stage: None) -> None:
    cases = ids(2)
    job = begin("chantal", act="assign", ids=cases, data={"transitioned_to": "bilal"})
    User.objects.filter(user_name="chantal").update(disabled=True)
    work(job["id"])
    kept = BulkJob.objects.get()
    assert (kept.status, kept.refusal) == ("refused", "bulk.actor_disabled")
    assert not Transition.objects.exists()


def test_what_does_not_fit_is_said_at_once(stage: None) -> None:
    case = ids(1)
    good = {"act": "assign", "ids": case, "data": {"transitioned_to": "bilal"}}

    def sent(**change: Any) -> Callable[[], Reply]:
        return lambda: as_("chantal").post(BULK, {k: v for k, v in (good | change).items() if v is not None})

    nothing_happened(sent(ids=[]), 422, "bulk.nothing_chosen")
    nothing_happened(sent(ids=["1"]), 422, "invalid_unique_id")
    nothing_happened(sent(ids=[str(uuid4()) for _ in range(MOST + 1)]), 422, "bulk.too_many")
    nothing_happened(sent(ids=None), 422, "bulk.ids_or_search")
    nothing_happened(sent(search={"status": "open"}), 422, "bulk.ids_or_search")
    nothing_happened(sent(ids=None, search={"owned_by": "nobody"}), 422, "bulk.nothing_chosen")
    # a filter that is not used would choose more cases than she meant
    nothing_happened(sent(ids=None, search={"nonsense": "x", "status": "open"}), 422, "filter.ignored")
    nothing_happened(sent(data={"transitioned_to": "esther"}), 422, "transition.recipient")
    nothing_happened(sent(data={}), 422, "transition.recipient_missing")
    nothing_happened(sent(data={"transitioned_to": "bilal", "owned_by": "x"}), 422, "unknown_key")
    nothing_happened(sent(data={"transitioned_to": "bilal", "service_record_id": "x"}), 422, "unknown_key")
    nothing_happened(sent(act="flag", data={"message": " "}), 422, "flag.message")
    nothing_happened(sent(act="close"), 422, "body.literal_error")
    nothing_happened(
        sent(act="transfer", data={"transitioned_to": "bilal", "consent_overridden": True}),
        422,
        "transition.override_reason",
    )


def test_nobody_sees_or_moves_the_job_of_another(stage: None) -> None:
    job = begin("chantal", act="flag", ids=ids(1), data={"message": "Look"})
    for name in ("amina", "bilal", "farid", "esther"):
        for method, path in (("GET", ""), ("POST", "/retry"), ("POST", "/cancel")):
            ask = partial(as_(name).send, method, f"{BULK}/{job['id']}{path}")
            nothing_happened(ask, 404, "bulk.not_found")
        assert as_(name).get(BULK).data == []


def test_asking_twice_is_asking_once(stage: None) -> None:
    body = {"act": "flag", "ids": ids(1), "data": {"message": "Look"}}
    chantal = as_("chantal")
    first = chantal.post(BULK, body, **{"Idempotency-Key": "k1"})
    second = chantal.post(BULK, body, **{"Idempotency-Key": "k1"})
    assert first.data["id"] == second.data["id"] and BulkJob.objects.count() == 1 and len(asked_of_the_worker()) == 1


def test_primero_asks_by_filters(stage: None) -> None:
    cases = ids(2)
    body = {"transitioned_to": "bilal", "notes": "x", "query": "", "filters": {"id": cases}}
    reply = as_("chantal").post(f"{V2}/cases/assigns", {"data": body})
    assert told("POST", f"{V2}/cases/assigns", reply) == {"transitioned_to": "bilal", "filters": {"id": cases}}
    work(reply.json["metadata"]["bulk"])
    assert set(Record.objects.values_list("owned_by", flat=True)) == {"bilal"}
    reply = as_("chantal").post(f"{V2}/cases/flags", {"data": {"message": "Look", "filters": {"id": cases}}})
    assert told("POST", f"{V2}/cases/flags", reply) == {"message": "Look", "filters": {"id": cases}}
    work(reply.json["metadata"]["bulk"])
    assert Flag.objects.count() == 2
    odd = as_("chantal").post(
        f"{V2}/cases/flags", {"data": {"message": "Look", "colour": "red", "filters": {"id": cases}}}
    )
    told("POST", f"{V2}/cases/flags", odd)
    assert odd.json["metadata"]["ignored"] == [{"pointer": "/colour", "code": "unknown_key"}]
    wrong: list[Any] = [{}, None, "x"]
    for filters in wrong:
        ask = partial(as_("chantal").post, f"{V2}/cases/assigns", {"data": body | {"filters": filters}})
        nothing_happened(ask, 422, "bulk.nothing_chosen")


def test_primero_shares_by_ids_and_waits(stage: None) -> None:
    good, bad = ids(2, **AGREED), ids(1)
    for noun, kind in (("referrals", "Referral"), ("transfers", "Transfer")):
        path = f"{V2}/cases/{noun}"
        reply = as_("chantal").post(path, {"data": {"ids": [*good, *bad], "transitioned_to": "bilal", "notes": "x"}})
        rows = told("POST", path, reply)
        assert [(one["record_id"], one["type"], one["status"]) for one in rows] == [
            (g, kind, "in_progress") for g in good
        ]
        refused = reply.json["metadata"]["refused"]
        assert [(one["record_id"], one["errors"][0]["code"]) for one in refused] == [(bad[0], "transition.consent")]
        assert asked_of_the_worker() == []
    many = {"ids": [str(uuid4()) for _ in range(101)], "transitioned_to": "bilal"}
    nothing_happened(lambda: as_("chantal").post(f"{V2}/cases/referrals", {"data": many}), 422, "bulk.too_many")


def test_a_job_that_nobody_works_on_is_found(stage: None) -> None:
    job = begin("chantal", act="flag", ids=ids(1), data={"message": "Look"})
    later = datetime.now(UTC) + timedelta(minutes=6)
    assert [str(one) for one in find_left_alone(before=later)] == [job["id"]]
    work(job["id"])
    assert find_left_alone(before=later) == []


def test_a_long_job_lets_others_have_their_turn(stage: None) -> None:
    ids(AT_A_TIME + 1)
    job = begin("chantal", act="flag", search={"status": "open"}, data={"message": "Look"})
    named = read_id(job["id"])
    assert named is not None
    assert run_bulk(job_id=named, clock=now) is True and Flag.objects.count() == AT_A_TIME
    assert run_bulk(job_id=named, clock=now) is False and Flag.objects.count() == AT_A_TIME + 1


def test_two_at_the_same_job_do_no_case_twice(committed_db: str) -> None:
    set_the_stage()
    let_them_share()
    cases = ids(12)
    job = begin("chantal", act="assign", ids=cases, data={"transitioned_to": "bilal"})
    failures: list[BaseException] = []

    def one() -> None:
        try:
            work(job["id"])
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert BulkJob.objects.get().status == "done"
    assert Transition.objects.count() == 12 == ChangeEntry.objects.filter(event="case.assigned").count()
    assert set(BulkCase.objects.values_list("state", flat=True)) == {"done"}
    # he is told of each case in the app, and gets one letter
    while seal_books():
        pass
    while tell_of_happenings(whom=whom_to_tell, limit=5):
        pass
    mails = Counter(
        Notice.objects.filter(user__user_name="bilal", event="case.assigned").values_list("mail", flat=True)
    )
    assert mails == {"wanted": 1, "": 11}
