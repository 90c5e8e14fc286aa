"""Who is told of what, once; mails that say nothing about a child; nothing lost when the worker is cut off."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction

from cpims.accounts.models import User
from cpims.approvals.actions import answer_approval, request_approval
from cpims.audit.actions import seal_books
from cpims.cases.actions import amend_case
from cpims.flags.actions import raise_flag
from cpims.flags.rules import Wish as FlagWish
from cpims.jobs.reactions import WHOM, react, whom_to_tell
from cpims.lib.clock import now
from cpims.lib.errors import Refusal
from cpims.notices.actions import Happened, put_notices_away, send_waiting_mail, tell_of_happenings
from cpims.notices.models import Notice, NoticeMark
from cpims.notices.queries import count_unread, find_notices
from cpims.notices.rules import TOLD
from cpims.records.actions.writing import quarantine_answers
from cpims.records.models import Record
from cpims.records.rules.editing import Base, Edit
from cpims.transitions.rules.moves import Kind, Status
from tests.cast import AT, register, set_the_stage, viewer
from tests.consistency.reading import CONTRACTS, read
from tests.db.sharing import agreed_case, answer, let_them_share, share
from tests.db.supervising import let_the_worker_tell, let_them_ask
from tests.db.test_mail import Letterbox
from tests.db.test_mail import letterbox as letterbox

LOCALES = ("en", "fr", "es", "ar")


@pytest.fixture
def case(committed_db: str) -> UUID:
    set_the_stage()
    let_them_ask()
    return register(name_first="Noorani", name_last="Haddadin").id


def told(name: str) -> list[str]:
    return list(Notice.objects.filter(user__user_name=name).order_by("entry").values_list("event", flat=True))


def ask(case: UUID) -> None:
    request_approval(case_id=case, kind="case_plan", approval_type="", actor=viewer("amina"), at=AT)


def test_an_approval_is_told_to_who_may_give_it_and_the_answer_to_who_asked(case: UUID) -> None:
    ask(case)
    let_the_worker_tell()
    assert {name: told(name) for name in ("amina", "bilal", "chantal", "dawit", "esther", "farid")} == {
        "amina": [], "bilal": [], "chantal": ["approval.requested"], "dawit": [], "esther": [], "farid": [],
    }  # fmt: skip
    answer_approval(case_id=case, kind="case_plan", approved=True, notes="", actor=viewer("chantal"), at=AT)
    let_the_worker_tell()
    assert told("amina") == ["approval.given"] and told("chantal") == ["approval.requested"]


def test_what_was_told_is_not_told_again(case: UUID) -> None:
    ask(case)
    let_the_worker_tell()
    before = list(Notice.objects.values_list("id", flat=True))
    NoticeMark.objects.update(seq=0)
    let_the_worker_tell()
    assert list(Notice.objects.values_list("id", flat=True)) == before and len(before) == 1


def test_what_is_not_sealed_yet_is_told_later(case: UUID) -> None:
    ask(case)
    assert not react(at=now()) and not Notice.objects.exists()
    while seal_books():
        pass
    assert react(at=now()) and Notice.objects.count() == 1


def test_moves_between_workers_are_told_to_the_other_side(case: UUID) -> None:
    let_them_share()
    shared = agreed_case().id
    row = share(Kind.REFERRAL, shared, "amina", to="bilal")
    answer(row, "bilal", Status.ACCEPTED)
    answer(row, "bilal", Status.DONE)
    gone = share(Kind.TRANSFER, shared, "amina", to="dawit")
    answer(gone, "amina", Status.REVOKED)
    let_the_worker_tell()
    assert told("bilal") == ["referral.sent"]
    assert told("amina") == ["referral.accepted", "referral.done"]
    assert told("dawit") == ["transfer.sent", "transfer.revoked"]


def test_whose_answer_was_overwritten_unseen_is_told(case: UUID) -> None:
    def amend(by: str, base: Base | None = None, **values: Any) -> None:
        amend_case(case_id=case, edit=Edit(values=values, base=base), actor=viewer(by), at=AT)

    amend("amina", siblings=2)
    let_the_worker_tell()
    assert not Notice.objects.exists()
    amend("bilal", name_nickname="Nunu")
    let_the_worker_tell()
    assert not Notice.objects.exists(), "nothing was there before"
    row = Record.objects.get(pk=case)
    amend("bilal", base=Base(revision=row.revision, values={"siblings": 2}), siblings=3)
    let_the_worker_tell()
    assert not Notice.objects.exists(), "he said what he saw"
    amend("amina", siblings=4)
    let_the_worker_tell()
    assert told("bilal") == ["case.amended"] and told("amina") == []


def test_answers_that_wait_in_quarantine_are_told_to_the_owner(case: UUID) -> None:
    amend_case(case_id=case, edit=Edit(values={"siblings": 1}), actor=viewer("bilal"), at=AT)
    with pytest.raises(Refusal):
        quarantine_answers(record_id=case, values={"siblings": 9}, actor=viewer("bilal"), at=AT)
    let_the_worker_tell()
    assert told("amina") == ["record.answers_quarantined"]


def test_every_event_that_is_told_has_somebody_to_tell(case: UUID) -> None:
    assert set(WHOM) == set(TOLD)
    events = json.loads(read(CONTRACTS / "events.json"))
    assert set(TOLD) <= set(events)
    assert whom_to_tell(Happened(10**9, "approval.requested", case, None, AT)) == ()


def test_the_inbox_is_her_own_and_names_only_what_she_sees(case: UUID) -> None:
    raise_flag(kind="case", record_id=case, wish=FlagWish(message="Look"), actor=viewer("bilal"), at=AT)
    let_the_worker_tell()
    (row,), total, ids = find_notices(viewer("amina"), unread_only=True, offset=0, length=10)
    assert (row["event"], row["record_id"], row["record_type"], total, ids) == (
        "flag.raised",
        str(case),
        "cases",
        1,
        [case],
    )
    assert find_notices(viewer("chantal"), unread_only=False, offset=0, length=10) == ([], 0, [])
    put_notices_away(ids=[UUID(row["id"])], actor=viewer("bilal"), at=AT)
    assert count_unread(viewer("amina")) == 1, "another's notice stays as it is"
    put_notices_away(ids=None, actor=viewer("amina"), at=AT)
    assert count_unread(viewer("amina")) == 0
    Record.objects.filter(pk=case).update(associated_user_names=["bilal"], associated_user_groups=[])
    (row,), _, ids = find_notices(viewer("amina"), unread_only=False, offset=0, length=10)
    assert (row["record_id"], row["short_id"], ids) == (None, None, [])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_mail_says_nothing_about_a_child(case: UUID, letterbox: Letterbox, locale: str) -> None:
    User.objects.filter(user_name="amina").update(locale=locale)
    message = "Sexual violence, ask the aunt"
    raise_flag(kind="case", record_id=case, wish=FlagWish(message=message), actor=viewer("bilal"), at=AT)
    let_the_worker_tell()
    ((receivers, letter),) = letterbox.letters
    text = str(letter) + letter.get_content() + letter["Subject"]
    assert receivers == ["amina@example.org"]
    for secret in ("Noorani", "Haddadin", "violence", "aunt", "Bilal", "bilal", "female"):
        assert secret not in text
    assert f"{settings.ENVIRONMENT.public_url}/app/cases/{case}" in letter.get_content()
    assert "?" not in letter.get_content().split("/app/")[1].splitlines()[0]


def test_mail_preferences_are_kept(case: UUID, letterbox: Letterbox) -> None:
    off = {"notifications": {"send_mail": {"approval_request": False}}}
    User.objects.filter(user_name="chantal").update(settings=off)
    ask(case)
    User.objects.filter(user_name="amina").update(send_mail=False)
    raise_flag(kind="case", record_id=case, wish=FlagWish(message="Look"), actor=viewer("bilal"), at=AT)
    let_the_worker_tell()
    assert letterbox.letters == []
    assert (told("chantal"), told("amina")) == (["approval.requested"], ["flag.raised"])


def test_a_mail_that_cannot_be_sent_waits_and_holds_no_other_up(case: UUID, letterbox: Letterbox) -> None:
    User.objects.filter(user_name="chantal").update(email="no address")
    ask(case)
    raise_flag(kind="case", record_id=case, wish=FlagWish(message="Look"), actor=viewer("bilal"), at=AT)
    let_the_worker_tell()
    assert [receivers for receivers, _ in letterbox.letters] == [["amina@example.org"]]
    waiting = Notice.objects.get(user__user_name="chantal")
    assert (waiting.mail, waiting.mail_tries) == ("wanted", 1) and waiting.mail_after is not None
    User.objects.filter(user_name="chantal").update(email="chantal@example.org")
    assert not send_waiting_mail(at=now())
    assert send_waiting_mail(at=now() + timedelta(hours=1))
    assert [receivers for receivers, _ in letterbox.letters][1:] == [["chantal@example.org"]]


def test_a_letter_that_was_kept_just_before_a_crash_is_the_same_file(case: UUID) -> None:
    ask(case)
    while seal_books():
        pass
    tell_of_happenings(whom=whom_to_tell)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        assert send_waiting_mail(at=now())
        raise KeyboardInterrupt
    one = Notice.objects.get()
    kept = settings.ENVIRONMENT.data / "mail" / f"notice-{one.id}.eml"
    assert one.mail == "wanted" and kept.exists()
    let_the_worker_tell()
    assert Notice.objects.get().mail == "sent"
    assert len(list(kept.parent.glob(f"*{one.id}*"))) == 1


def test_a_round_that_is_cut_off_is_done_again_whole(case: UUID, letterbox: Letterbox) -> None:
    ask(case)
    while seal_books():
        pass

    def cut_off(one: Happened) -> Any:
        raise KeyboardInterrupt

    before = NoticeMark.objects.get().seq
    with pytest.raises(KeyboardInterrupt):
        tell_of_happenings(whom=cut_off)
    assert NoticeMark.objects.get().seq == before and not Notice.objects.exists()
    let_the_worker_tell()
    assert told("chantal") == ["approval.requested"] and len(letterbox.letters) == 1
    assert letterbox.letters[0][1]["Message-ID"] == f"<notice-{Notice.objects.get().id}@cpims.invalid>"
