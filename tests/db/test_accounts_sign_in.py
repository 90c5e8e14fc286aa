"""Amina signs in; somebody guesses; nobody is locked out by somebody else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from cpims.accounts.actions.people import change_user
from cpims.accounts.actions.sign_in import (
    keep_session,
    open_session,
    sign_in,
    sign_out,
    verified,
    viewer_id_by_basic,
)
from cpims.accounts.models import Session, SignInTry, User
from cpims.accounts.queries.sessions import find_live_session
from cpims.accounts.rules.refusals import SignInRefused, TriedTooOften
from cpims.audit.models import ChangeEntry, SightingEntry
from tests.cast import PASSWORD, set_the_stage, tablet, viewer

NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
HOUR = timedelta(minutes=60)
HERE, THERE = "192.0.2.1", "198.51.100.7"


def enter(name: str = "amina", password: str = PASSWORD, address: str = HERE, at: datetime = NOW):
    return sign_in(user_name=name, password=password, address=address, at=at)


def guess(times: int, name: str = "amina", address: str = HERE, at: datetime = NOW, pause: int = 13) -> datetime:
    for number in range(times):
        with pytest.raises(SignInRefused):
            enter(name, "wrong horse battery", address, at + timedelta(seconds=pause * number))
    return at + timedelta(seconds=pause * times)


def actions() -> list[str]:
    return list(SightingEntry.objects.order_by("id").values_list("action", flat=True))


def test_signing_in_gives_one_session(cast):
    first = enter("  AMINA ")
    assert find_live_session(first.secret, at=NOW, idle=HOUR).user_id == first.user.id
    second = enter()
    assert find_live_session(first.secret, at=NOW, idle=HOUR) is None
    assert find_live_session(second.secret, at=NOW, idle=HOUR) is not None
    assert first.secret not in str(list(Session.objects.values()))
    assert actions() == ["login", "login"]
    assert enter("amina@example.org").user.user_name == "amina"


def test_a_registered_device_keeps_its_session(cast):
    amina = User.objects.select_related("role", "agency").get(user_name="amina")
    signed = open_session(user=amina, at=NOW, device=tablet())
    enter()
    assert find_live_session(signed.secret, at=NOW, idle=HOUR) is not None
    assert Session.objects.filter(user=amina).count() == 2


def test_an_idle_session_ends_and_a_used_one_rolls(cast):
    signed = enter()
    later = NOW + timedelta(minutes=59)
    session = find_live_session(signed.secret, at=later, idle=HOUR)
    keep_session(session, at=later)
    assert find_live_session(signed.secret, at=later + timedelta(minutes=59), idle=HOUR) is not None
    assert find_live_session(signed.secret, at=later + timedelta(minutes=61), idle=HOUR) is None
    session = find_live_session(signed.secret, at=later, idle=HOUR)
    keep_session(session, at=later + timedelta(seconds=59))
    assert Session.objects.get().seen_at == later


def test_signing_out_ends_it(cast):
    signed = enter()
    session = find_live_session(signed.secret, at=NOW, idle=HOUR)
    sign_out(session=session, actor=viewer("amina"), at=NOW)
    assert Session.objects.count() == 0 and actions() == ["login", "logout"]


@pytest.mark.parametrize("state", [{"disabled": True}, {"unverified": True}, {"password": ""}])
def test_who_may_not_sign_in_gets_the_same_answer(cast, state):
    User.objects.filter(user_name="amina").update(**state)
    for name, password in (("amina", PASSWORD), ("amina", "wrong"), ("nobody", PASSWORD), ("", ""), ("a\x00b", "x")):
        with pytest.raises(SignInRefused) as refused:
            enter(name, password)
        assert refused.value.params == {"text": "Invalid User name or password."}
    assert Session.objects.count() == 0 and set(actions()) == {"failed_login"}


def test_the_books_hold_no_typed_name(cast):
    guess(1, name="amina-typed-her-password-here")
    entry = SightingEntry.objects.get()
    assert entry.action == "failed_login" and entry.outcome == "refused" and entry.actor_name == ""
    assert b"amina" not in bytes(entry.query_digest) and len(entry.query_digest) == 32
    assert "amina" not in str(list(SignInTry.objects.values()))


def test_six_a_minute(cast):
    for number in range(6):
        enter(at=NOW + timedelta(seconds=number))
    with pytest.raises(TriedTooOften) as refused:
        enter(at=NOW + timedelta(seconds=10))
    assert refused.value.params == {"retry_after": 50}
    assert enter(at=NOW + timedelta(seconds=61)).user.user_name == "amina"
    assert enter(at=NOW + timedelta(seconds=10), address=THERE)


def test_six_failures_lock_the_account_for_that_address_alone(cast):
    after = guess(6)
    for password in (PASSWORD, "wrong again"):
        with pytest.raises(SignInRefused):
            enter(password=password, at=after)
    assert enter(at=after, address=THERE).user.user_name == "amina"
    with pytest.raises(SignInRefused):
        enter(at=after + timedelta(minutes=28))
    assert enter(at=after + timedelta(minutes=30)).user.user_name == "amina"
    assert enter("bilal", at=after).user.user_name == "bilal"


def test_a_right_password_forgives_the_failures_before_it(cast):
    after = guess(5)
    enter(at=after)
    after = guess(5, at=after + timedelta(minutes=2))
    assert enter(at=after)


def test_guessing_from_everywhere_slows_strangers_but_not_her(cast):
    enter(at=NOW - timedelta(days=1))
    for number in range(30):
        guess(1, address=f"203.0.113.{number}", at=NOW)
    with pytest.raises(TriedTooOften) as refused:
        enter(address="203.0.113.99", at=NOW)
    assert refused.value.params["retry_after"] >= 10
    assert enter(at=NOW).user.user_name == "amina"
    assert enter("bilal", at=NOW, address="203.0.113.99").user.user_name == "bilal"


def test_basic_is_checked_once_a_minute_and_follows_the_account(cast):
    verified.cache_clear()
    first = viewer_id_by_basic("amina", PASSWORD, address=HERE, at=NOW)
    for _ in range(20):
        assert viewer_id_by_basic("amina", PASSWORD, address=HERE, at=NOW).user_id == first.user_id
    assert actions() == ["login"] and Session.objects.count() == 0
    with pytest.raises(SignInRefused):
        viewer_id_by_basic("amina", "wrong", address=HERE, at=NOW)
    change_user(user_id=first.user_id, values={"disabled": True}, actor=viewer("farid"), at=NOW)
    with pytest.raises(SignInRefused):
        viewer_id_by_basic("amina", PASSWORD, address=HERE, at=NOW)


def test_many_guesses_at_the_same_moment_do_not_pass_the_count(committed_db):
    set_the_stage()
    outcomes: list[str] = []
    barrier = threading.Barrier(12)

    def run() -> None:
        barrier.wait()
        try:
            enter(password="wrong horse battery", at=datetime.now(UTC))
        except TriedTooOften:
            outcomes.append("slowed")
        except SignInRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 12 and outcomes.count("refused") <= 6
    assert ChangeEntry.objects.filter(subject="user:amina").count() == 0
