"""New passwords by link, and the first administrator's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from procrastinate.contrib.django import app as procrastinate_app
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.actions.people import change_user, disable_user
from cpims.accounts.actions.resets import (
    invite_first_administrator,
    link_for,
    perform_password_reset,
    request_password_reset,
    request_reset_for,
    send_password_reset,
)
from cpims.accounts.actions.sign_in import open_session, sign_in
from cpims.accounts.models import Role, Session, User
from cpims.accounts.rules.refusals import (
    AdministratorExists,
    ResetInvalid,
    SignInRefused,
    TriedTooOften,
    UserNotFound,
)
from cpims.audit.models import ChangeEntry, SightingEntry
from tests.cast import tablet, viewer
from tests.db.test_accounts_users import written

NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
GOOD = "nine brown kettles sing"
HERE = "192.0.2.1"


def amina() -> User:
    return User.objects.select_related("role", "agency").get(user_name="amina")


def use(link: str, password: str = GOOD, again: str | None = GOOD, at: datetime = NOW):
    return perform_password_reset(link=link, password=password, confirmation=again, address=HERE, at=at)


def mails() -> list:
    folder = settings.ENVIRONMENT.data / "mail"
    return [message_from_bytes(p.read_bytes(), policy=policy.default) for p in sorted(folder.glob("*.eml"))]


@pytest.fixture(autouse=True)
def _empty_letterbox():
    for path in (settings.ENVIRONMENT.data / "mail").glob("*.eml"):
        path.unlink()


def test_asking_tells_nothing_and_leaves_the_same_trace(cast):
    for email in (" AMINA@example.org", "nobody@example.org", ""):
        request_password_reset(email=email, address=HERE, at=NOW)
    jobs = list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))
    assert jobs == [("accounts.send_password_reset", {"user_id": n}) for n in (amina().id, 0, 0)]
    assert set(SightingEntry.objects.values_list("action", "actor_name")) == {("password_reset_request", "")}
    assert send_password_reset(user_id=0, at=NOW) is False and mails() == []


def test_asking_is_slowed(cast):
    for _ in range(6):
        request_password_reset(email="amina@example.org", address=HERE, at=NOW)
    with pytest.raises(TriedTooOften):
        request_password_reset(email="amina@example.org", address=HERE, at=NOW)
    request_password_reset(email="bilal@example.org", address=HERE, at=NOW)
    assert ProcrastinateJob.objects.count() == 7


@pytest.mark.parametrize(("locale", "word"), [("en", "set a new password"), ("ar", "كلمة مرور جديدة")])
def test_the_mail_is_in_her_language_and_its_link_works_once(cast, locale, word):
    User.objects.filter(user_name="amina").update(locale=locale)
    assert send_password_reset(user_id=amina().id, at=NOW)
    (mail,) = mails()
    assert word in mail["Subject"] and mail["To"] == "amina@example.org"
    link = next(line for line in mail.get_content().splitlines() if "#" in line).partition("#")[2]
    open_session(user=amina(), at=NOW, device=tablet())
    signed = use(link)
    assert Session.objects.get().id == signed.session_id
    assert sign_in(user_name="amina", password=GOOD, address=HERE, at=NOW)
    with pytest.raises(ResetInvalid):
        use(link, "another brown kettle", "another brown kettle")
    assert [e.event for e in ChangeEntry.objects.all()] == ["user.password_changed"]


def test_a_link_ends(cast):
    link = link_for(amina(), at=NOW)
    other = link_for(User.objects.get(user_name="bilal"), at=NOW)
    number, until, seal = link.split(".")
    forged = [
        f"{amina().id}.{until}.{other.split('.')[2]}", f"{number}.{int(until) + 9}.{seal}", link[:-1], "", "a.b.c", None,
        "9" * 15 + f".{until}.{seal}", f"{number}.{until}.é",
    ]  # fmt: skip
    for text in forged[:-1]:
        with pytest.raises(ResetInvalid):
            perform_password_reset(link=text, password=GOOD, confirmation=GOOD, address=str(text), at=NOW)
    for number_of_failure, (password, again, key) in enumerate(
        [("short", "short", "password"), (GOOD, "x", "password_confirmation"), (GOOD, None, "password_confirmation")]
    ):
        with pytest.raises(ResetInvalid) as refused:
            use(link, password, again, NOW + timedelta(minutes=number_of_failure))
        assert [p.pointer for p in refused.value.problems] == [f"/{key}"]
        assert refused.value.problems[0].params["primero"] == f"user.password_reset.errors.{key}"
    with pytest.raises(ResetInvalid):
        use(link, at=NOW + timedelta(hours=24))
    new = {"password": GOOD, "password_confirmation": GOOD}
    change_user(user_id=amina().id, values=new, actor=viewer("amina"), at=NOW)
    with pytest.raises(ResetInvalid):
        use(link)


def test_a_link_opens_no_account_that_was_switched_off_and_verifies_one_that_waited(cast):
    User.objects.filter(user_name="amina").update(unverified=True)
    use(link_for(amina(), at=NOW))
    assert not amina().unverified
    link = link_for(amina(), at=NOW)
    disable_user(user_id=amina().id, actor=viewer("esther"), at=NOW)
    with pytest.raises(ResetInvalid):
        use(link)


def test_esther_lets_a_link_be_sent(cast):
    request_reset_for(user_id=amina().id, actor=viewer("esther"), at=NOW)
    request_reset_for(user_id=amina().id, actor=viewer("amina"), at=NOW)
    assert ProcrastinateJob.objects.count() == 2
    with pytest.raises(Forbidden):
        request_reset_for(user_id=amina().id, actor=viewer("chantal"), at=NOW)
    with pytest.raises(UserNotFound):
        request_reset_for(user_id=viewer("farid").user_id, actor=viewer("esther"), at=NOW)
    assert ProcrastinateJob.objects.count() == 2


def test_the_first_administrator_is_invited_once(db):
    first = invite_first_administrator(at=NOW)
    second = invite_first_administrator(at=NOW)
    old, link = (invited.address.partition("#")[2] for invited in (first, second))
    assert first.user_name == second.user_name == "admin" and User.objects.count() == 1
    with pytest.raises(SignInRefused):
        sign_in(user_name="admin", password="", address=HERE, at=NOW)
    with pytest.raises(ResetInvalid):
        use(old)
    assert use(link).user.user_name == "admin" and viewer("admin").is_super
    with pytest.raises(AdministratorExists):
        invite_first_administrator(at=NOW)
    assert Role.objects.count() == 1 and "user_name" in written() and link not in written()
    assert "reset_nonce" not in written() and "argon2" not in written()


def test_an_instance_with_a_super_user_invites_nobody(cast):
    before = User.objects.count()
    with pytest.raises(AdministratorExists):
        invite_first_administrator(at=NOW)
    assert User.objects.count() == before and ChangeEntry.objects.count() == 0


def test_the_worker_knows_what_is_put_off_for_it(cast):
    known = set(procrastinate_app.tasks)
    assert {"accounts.send_password_reset", "accounts.send_welcome"} <= known
    procrastinate_app.tasks["accounts.send_password_reset"](user_id=amina().id)
    assert "set a new password" in mails()[-1]["Subject"]
    assert all(path.stat().st_mode & 0o77 == 0 for path in (settings.ENVIRONMENT.data / "mail").iterdir())
