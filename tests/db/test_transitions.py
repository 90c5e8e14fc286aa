"""Handing a case on: who may, what it needs, who sees what afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role, User, UserGroup
from cpims.audit.actions import make_subject_keys
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.lib.errors import Refusal
from cpims.lib.ids import new_id
from cpims.records.actions.ownership import follow_owner
from cpims.records.models import Record
from cpims.records.rules.refusals import RecordNotFound, SectionsIncomplete
from cpims.transitions.actions import (
    preview_sharing,
    raise_unanswered,
    register_consent,
    request_transfer,
    withdraw_consent,
)
from cpims.transitions.models import Transition
from cpims.transitions.queries.recipients import Sought, find_recipients
from cpims.transitions.queries.transitions import find_transitions
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.refusals import (
    CaseNotOpen,
    NotTheRecipient,
    NotYoursToRevoke,
    RequestPending,
    TransferPending,
    TransitionInvalid,
    TransitionMoveNotAllowed,
    TransitionNotFound,
)
from cpims.transitions.rules.wishes import read_wish
from tests.cast import MODULE, register, viewer
from tests.db.sharing import LATER, agreed_case, answer, as_stored, let_them_share, sees, share

SERVICE = str(new_id())


@pytest.fixture
def shared(cast: None) -> None:
    let_them_share()


def refused(kind: type[Refusal], case: Record, act: Any) -> Refusal:
    """A refusal changes nothing and writes nothing down."""
    before, entries = as_stored(case.id), ChangeEntry.objects.count()
    with pytest.raises(kind) as caught:
        act()
    assert (as_stored(case.id), ChangeEntry.objects.count()) == (before, entries)
    return caught.value


def codes(refusal: Refusal) -> list[str]:
    return [problem.code for problem in getattr(refusal, "problems", [])]


def events(case: Record) -> list[str]:
    return [h.event for h in find_happenings(case.id)]


def test_a_referral_opens_the_case_until_it_is_done(shared: None) -> None:
    case = agreed_case(services_section=[{"unique_id": SERVICE, "service_type": "health"}])
    assert not sees("dawit", case.id)
    row = share(
        Kind.REFERRAL, case.id, "amina", "dawit", service="health", service_record_id=SERVICE, notes="Health care"
    )
    assert sees("dawit", case.id)
    case.refresh_from_db()
    assert case.assigned_user_names == ["dawit"]
    assert case.associated_user_agencies == ["agency-a", "agency-b"]
    assert case.state["referred_users_pending"] == ["dawit"] and case.state["referred_users_present"] is True
    assert case.data["services_section"][0]["service_status_referred"] is True
    answer(row, "dawit", Status.ACCEPTED)
    case.refresh_from_db()
    assert case.state["referred_users_accepted"] == ["dawit"] and "referred_users_pending" not in case.state
    answer(row, "dawit", Status.DONE, "Vaccinated", at=LATER + timedelta(days=1))
    assert not sees("dawit", case.id)
    case.refresh_from_db()
    service = case.data["services_section"][0]
    assert (service["service_implemented"], service["note_on_referral_from_provider"]) == ("implemented", "Vaccinated")
    assert case.state["last_referral_done_at"].startswith("2026-03-04")
    assert case.associated_user_agencies == ["agency-a"] and case.owned_by == "amina"
    assert events(case)[:3] == ["referral.done", "referral.accepted", "referral.sent"]


def test_a_transfer_makes_the_case_hers_when_she_accepts(shared: None) -> None:
    case = agreed_case()
    incident = Record.objects.create(
        id=new_id(), kind="incident", display_id="i-1", short_id="i-1", module=MODULE, owner=case.owner,
        owned_by="amina", associated_user_names=["amina"], created_by="amina", created_at=LATER,
        last_updated_by="amina", last_updated_at=LATER, state={"incident_case_id": str(case.id)},
    )  # fmt: skip
    make_subject_keys([incident.id])
    row = share(Kind.TRANSFER, case.id, "amina", "dawit")
    case.refresh_from_db()
    assert (case.owned_by, case.state["transfer_status"]) == ("amina", "in_progress")
    assert case.state["transferred_to_users"] == ["dawit"] and case.state["transferred_to_user_groups"] == [
        "usergroup-south"
    ]
    answer(row, "dawit", Status.ACCEPTED)
    case.refresh_from_db()
    incident.refresh_from_db()
    assert (case.owned_by, case.owned_by_agency_id, case.owned_by_groups) == ("dawit", "agency-b", ["usergroup-south"])
    assert case.state["previously_owned_by"] == "amina" and case.state["previously_owned_by_agency"] == "agency-a"
    assert case.assigned_user_names == [] and case.associated_user_names == ["dawit"]
    assert (incident.owned_by, incident.associated_user_agencies) == ("dawit", ["agency-b"])
    assert not sees("amina", case.id) and sees("dawit", case.id)
    assert [h.event for h in find_happenings(incident.id)] == ["incident.handed_over", "incident.followed_case"]


def test_only_the_recipient_or_who_leads_her_answers(shared: None) -> None:
    case = agreed_case()
    row = share(Kind.TRANSFER, case.id, "amina", "bilal")
    refused(NotTheRecipient, case, lambda: answer(row, "amina", Status.ACCEPTED))
    refused(RecordNotFound, case, lambda: answer(row, "dawit", Status.ACCEPTED))
    refused(Forbidden, case, lambda: answer(row, "esther", Status.ACCEPTED))
    other = agreed_case(name_first="Sami")
    row.record_id = other.id
    refused(TransitionNotFound, other, lambda: answer(row, "bilal", Status.ACCEPTED))
    row.record_id = case.id
    assert answer(row, "chantal", Status.ACCEPTED).status == "accepted"


def test_who_leads_nobody_of_hers_does_not_answer(shared: None) -> None:
    case = agreed_case()
    row = share(Kind.TRANSFER, case.id, "amina", "dawit")
    refused(NotTheRecipient, case, lambda: answer(row, "chantal", Status.REJECTED))


def test_rejecting_and_revoking_close_the_case_at_once(shared: None) -> None:
    case = agreed_case()
    moves = ((Status.REJECTED, "dawit"), (Status.REVOKED, "amina"), (Status.REVOKED, "chantal"))
    for hour, (status, by) in enumerate(moves):
        row = share(Kind.TRANSFER, case.id, "amina", "dawit", at=LATER + timedelta(hours=hour))
        assert sees("dawit", case.id)
        answer(row, by, status, "No place")
        assert not sees("dawit", case.id)
        case.refresh_from_db()
        assert case.state["transfer_status"] == str(status) and "transferred_to_users" not in case.state
        refused(TransitionMoveNotAllowed, case, lambda row=row: answer(row, "amina", Status.REVOKED))
    mine = share(Kind.REFERRAL, case.id, "amina", "bilal")
    theirs = share(Kind.REFERRAL, case.id, "amina", "dawit")
    role = Role.objects.get(unique_id="role-worker")
    role.permissions["case"].remove("remove_assigned_users")
    role.save()
    User.objects.filter(role=role).update(access_epoch=99)
    refused(NotYoursToRevoke, case, lambda: answer(mine, "dawit", Status.REVOKED))
    answer(theirs, "amina", Status.REVOKED)
    assert Transition.objects.get(pk=mine.id).status == "in_progress" and not sees("dawit", case.id)


def test_two_referrals_to_one_person_keep_her_until_both_end(shared: None) -> None:
    case = agreed_case()
    first, second = (share(Kind.REFERRAL, case.id, "amina", "dawit") for _ in range(2))
    answer(first, "dawit", Status.REJECTED)
    assert sees("dawit", case.id)
    answer(second, "dawit", Status.REJECTED)
    assert not sees("dawit", case.id)


def test_consent_is_needed_and_an_override_needs_its_right_and_a_reason(shared: None) -> None:
    case = register()
    refusal = refused(TransitionInvalid, case, lambda: share(Kind.TRANSFER, case.id, "amina", "dawit"))
    assert codes(refusal) == ["transition.consent"]
    refused(
        Forbidden, case, lambda: share(Kind.TRANSFER, case.id, "amina", "dawit", consent_overridden=True, notes="!")
    )
    refusal = refused(
        TransitionInvalid, case, lambda: share(Kind.TRANSFER, case.id, "chantal", "dawit", consent_overridden=True)
    )
    assert codes(refusal) == ["transition.override_reason"]
    row = share(Kind.TRANSFER, case.id, "chantal", "dawit", consent_overridden=True, notes="In danger tonight")
    assert row.consent_overridden
    about = next(iter(find_happenings(case.id))).about
    assert about["consent_overridden"] is True and about["notes"] == "In danger tonight"


def test_consent_taken_back_blocks_at_once_and_names_who_must_know(shared: None) -> None:
    case = agreed_case()
    share(Kind.REFERRAL, case.id, "amina", "dawit")
    said = withdraw_consent(case_id=case.id, purpose="services", agency="", reason="", actor=viewer("amina"), at=LATER)
    assert said.told == ("dawit",)
    assert next(iter(find_happenings(case.id))).about["recipients"] == ["dawit"]
    refusal = refused(TransitionInvalid, case, lambda: share(Kind.REFERRAL, case.id, "amina", "bilal"))
    assert codes(refusal) == ["transition.consent"]
    row = share(Kind.TRANSFER, case.id, "amina", "bilal")  # another purpose
    answer(row, "amina", Status.REVOKED)
    register_consent(
        case_id=case.id, purpose="services", agency="agency-a", reason="", actor=viewer("amina"),
        at=LATER + timedelta(hours=1),
    )  # fmt: skip
    refused(TransitionInvalid, case, lambda: share(Kind.REFERRAL, case.id, "amina", "dawit"))
    share(Kind.REFERRAL, case.id, "amina", "bilal")


def test_a_case_that_is_closed_or_incomplete_is_not_shared(shared: None) -> None:
    case = agreed_case(name_first="")
    refused(SectionsIncomplete, case, lambda: share(Kind.REFERRAL, case.id, "amina", "bilal"))
    case = agreed_case()
    Record.objects.filter(pk=case.id).update(status="closed")
    refused(CaseNotOpen, case, lambda: share(Kind.TRANSFER, case.id, "amina", "bilal"))


def test_one_transfer_at_a_time(shared: None) -> None:
    case = agreed_case()
    share(Kind.TRANSFER, case.id, "amina", "bilal")
    refused(TransferPending, case, lambda: share(Kind.TRANSFER, case.id, "amina", "dawit"))
    refused(TransferPending, case, lambda: share(Kind.ASSIGN, case.id, "chantal", "dawit"))


def test_assigning_needs_its_right_and_reach(shared: None) -> None:
    case = agreed_case()
    refused(Forbidden, case, lambda: share(Kind.ASSIGN, case.id, "amina", "bilal"))
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions["case"] = ["read", "assign_within_user_group"]
    role.save()
    User.objects.filter(role=role).update(access_epoch=99)
    refused(TransitionInvalid, case, lambda: share(Kind.ASSIGN, case.id, "chantal", "dawit"))
    share(Kind.ASSIGN, case.id, "chantal", "bilal")
    case.refresh_from_db()
    assert case.owned_by == "bilal" and events(case)[0] == "case.assigned"
    refused(TransitionInvalid, case, lambda: share(Kind.ASSIGN, case.id, "chantal", "bilal"))


def test_a_request_is_answered_by_the_owner_and_becomes_a_transfer(shared: None) -> None:
    case = agreed_case()
    ask = {"case_id": case.id, "notes": "Her brother is with me", "individual": False, "at": LATER}
    made = request_transfer(actor=viewer("dawit"), **ask).transition
    assert made is not None and not sees("dawit", case.id)
    refused(RequestPending, case, lambda: request_transfer(actor=viewer("dawit"), **ask))
    refused(NotTheRecipient, case, lambda: answer(made, "bilal", Status.ACCEPTED))
    answer(made, "amina", Status.ACCEPTED)
    transfer = Transition.objects.get(record_id=case.id, type="Transfer")
    assert (transfer.status, transfer.transitioned_to, transfer.transitioned_by) == ("in_progress", "dawit", "amina")
    assert transfer.request_id == made.id and events(case)[:2] == ["transfer.sent", "transfer_request.accepted"]
    answer(transfer, "dawit", Status.ACCEPTED)
    assert not sees("amina", case.id)


def test_a_request_that_cannot_become_a_transfer_stays_unanswered(shared: None) -> None:
    case = register()  # nothing was agreed
    made = request_transfer(case_id=case.id, notes="", individual=True, actor=viewer("dawit"), at=LATER).transition
    assert made is not None
    refusal = refused(TransitionInvalid, case, lambda: answer(made, "amina", Status.ACCEPTED))
    assert codes(refusal) == ["transition.consent"]
    answer(made, "dawit", Status.REVOKED)
    assert Transition.objects.get(pk=made.id).status == "revoked"


def test_who_was_switched_off_meanwhile_gets_nothing_but_can_be_revoked(shared: None) -> None:
    case = agreed_case()
    row = share(Kind.TRANSFER, case.id, "amina", "bilal")
    User.objects.filter(user_name="bilal").update(disabled=True)
    refused(TransitionInvalid, case, lambda: answer(row, "chantal", Status.ACCEPTED))
    answer(row, "chantal", Status.REJECTED)
    refusal = refused(TransitionInvalid, case, lambda: share(Kind.TRANSFER, case.id, "amina", "bilal"))
    assert codes(refusal) == ["transition.recipient"]


def test_who_may_be_chosen(shared: None) -> None:
    def names(by: str, kind: Kind, **sought: str) -> list[str]:
        return [one["user_name"] for one in find_recipients(viewer(by), kind, Sought(**sought))]

    assert names("amina", Kind.REFERRAL, module=MODULE) == ["bilal", "chantal", "dawit"]
    assert names("amina", Kind.TRANSFER, module="primeromodule-other") == []
    assert names("amina", Kind.TRANSFER, module=MODULE, agency="agency-b") == ["dawit"]
    assert names("amina", Kind.TRANSFER, module=MODULE, location="KA0101") == ["bilal", "chantal", "dawit"]
    assert names("amina", Kind.TRANSFER, module=MODULE, location="KA02") == []
    assert names("amina", Kind.REFERRAL, module=MODULE, service="health") == []
    User.objects.filter(user_name="dawit").update(services=["health"], unverified=False)
    assert names("amina", Kind.REFERRAL, module=MODULE, service="health") == ["dawit"]
    User.objects.filter(user_name="bilal").update(unverified=True)
    assert "bilal" not in names("amina", Kind.REFERRAL, module=MODULE)
    assert names("chantal", Kind.ASSIGN, module=MODULE) == ["amina", "dawit", "farid"]
    with pytest.raises(Forbidden):
        names("amina", Kind.ASSIGN, module=MODULE)


def test_whose_referrals_are_listed(shared: None) -> None:
    case = agreed_case()
    share(Kind.REFERRAL, case.id, "amina", "dawit")
    share(Kind.REFERRAL, case.id, "amina", "bilal")

    def listed(name: str) -> set[str]:
        _, found = find_transitions(record_id=case.id, viewer=viewer(name))
        return {one.transition.transitioned_to for one in found}

    assert listed("amina") == listed("chantal") == listed("farid") == {"bilal", "dawit"}
    assert listed("dawit") == {"dawit"}


def test_what_nobody_answers_is_told_once(shared: None) -> None:
    case = agreed_case()
    share(Kind.REFERRAL, case.id, "amina", "dawit")
    done = share(Kind.REFERRAL, case.id, "amina", "bilal")
    answer(done, "bilal", Status.ACCEPTED)
    assert raise_unanswered(actor=None, at=LATER + timedelta(hours=71)) == 0
    assert raise_unanswered(actor=None, at=LATER + timedelta(hours=73)) == 1
    assert raise_unanswered(actor=None, at=LATER + timedelta(hours=74)) == 0
    assert events(case)[0] == "transition.unanswered"


@pytest.mark.parametrize("to", ["bilal", "chantal", "dawit"])
@pytest.mark.parametrize(("kind", "by"), [(Kind.REFERRAL, "amina"), (Kind.TRANSFER, "amina"), (Kind.ASSIGN, "chantal")])
@pytest.mark.parametrize("hidden", [False, True])
def test_the_preview_is_what_she_then_gets(shared: None, to: str, kind: Kind, by: str, hidden: bool) -> None:
    from django.conf import settings

    from cpims.lib.clock import today
    from cpims.records.queries.reading import served
    from cpims.records.queries.setup import readable_fields

    to = "farid" if to == by else to
    case = agreed_case()
    Record.objects.filter(pk=case.id).update(hidden_name=hidden, data=case.data | {"medical_findings": "burns"})
    case.refresh_from_db()
    before, entries = as_stored(case.id), ChangeEntry.objects.count()
    wish, _ = read_wish({"transitioned_to": to})
    shown = preview_sharing(case_id=case.id, kind=kind, wish=wish, viewer=viewer(by), at=LATER)
    assert (as_stored(case.id), ChangeEntry.objects.count(), shown.hindrances) == (before, entries, [])
    masked, readable = case.is_masked_for(viewer(by)), readable_fields(viewer(by), "case", case.module)
    share(kind, case.id, by, to)
    after = Record.objects.get(pk=case.id)
    gets = served(after, viewer(to), today=today(settings.ENVIRONMENT.time_zone, LATER))
    assert shown.values == {name: gets[name] for name in shown.values}
    unseen = gets.keys() - shown.values.keys()
    assert shown.withheld == len(unseen)
    assert not unseen & readable if not masked else "name_first" in unseen
    assert "medical_findings" not in shown.values or "medical_findings" in readable


def test_the_preview_says_what_stands_against_it(shared: None) -> None:
    case = register(name_first="")
    wish, _ = read_wish({"transitioned_to": "dawit"})
    shown = preview_sharing(case_id=case.id, kind=Kind.REFERRAL, wish=wish, viewer=viewer("amina"), at=LATER)
    assert [p.code for p in shown.hindrances] == ["transition.consent", "required"]
    with pytest.raises(RecordNotFound):
        preview_sharing(case_id=case.id, kind=Kind.REFERRAL, wish=wish, viewer=viewer("dawit"), at=LATER)


def test_a_transfer_to_another_instance_and_back(shared: None) -> None:
    case = agreed_case()
    row = share(Kind.TRANSFER, case.id, "amina", "", remote=True, transitioned_to_remote="Ministry")
    case.refresh_from_db()
    assert case.status == "transferred" and row.recipient_id is None
    refused(NotTheRecipient, case, lambda: answer(row, "chantal", Status.ACCEPTED))
    answer(row, "amina", Status.REVOKED)
    case.refresh_from_db()
    assert case.status == "open"


def test_a_case_follows_who_helps_with_it_to_her_new_team(shared: None) -> None:
    case = agreed_case()
    share(Kind.REFERRAL, case.id, "amina", "dawit")
    dawit, west = User.objects.get(user_name="dawit"), UserGroup.objects.create(unique_id="usergroup-west", name="West")
    dawit.groups.set([west])
    assert follow_owner(user_id=dawit.id, at=LATER) == 1
    case.refresh_from_db()
    assert case.associated_user_groups == ["usergroup-north", "usergroup-west"]
    assert (case.owned_by, case.owned_by_groups) == ("amina", ["usergroup-north"])
    assert follow_owner(user_id=dawit.id, at=LATER) == 0
