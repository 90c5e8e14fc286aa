"""Kill the worker's own process around its commits and its mails: no notice is lost, none doubled, none said too much.

Six times here; ``make soak`` does a hundred (CPIMS_TEST_KILLS).
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from cpims.accounts.models import User
from cpims.flags.actions import raise_flag
from cpims.flags.rules import Wish
from cpims.jobs.tasks import look_for_unanswered
from cpims.lib.processes import stop
from cpims.notices.models import Notice
from cpims.transitions.rules.moves import Kind, Status
from tests.cast import AT, register, set_the_stage, viewer
from tests.db.sharing import agreed_case, answer, let_them_share, share
from tests.running import free_port, start_worker

KILLS = int(os.environ.get("CPIMS_TEST_KILLS", "6"))
PATIENCE = 90.0


class Post:
    """A mail server on this machine that can shoot whoever hands a letter over, before it takes the letter."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.victim: subprocess.Popen[bytes] | None = None
        self.shot = threading.Event()

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Somebody begins to hand a letter over."""
        if self.victim is not None:
            self.victim.kill()
            self.victim.wait()
            self.victim = None
            self.shot.set()
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one letter in."""
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, str]]:
    """The mail server, and its address."""
    box = Post()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield box, f"smtp://127.0.0.1:{server.port}?tls=never"
    finally:
        server.stop()


def until(holds: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    """Look again and again until it is so; a worker that ended by itself is a failure."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert worker.poll() is None, "the worker ended by itself"
        assert time.monotonic() < deadline, "it never came to this"
        time.sleep(0.02)


def sent() -> int:
    return Notice.objects.filter(mail="sent").count()


def kill_when(holds: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    until(holds, worker)
    worker.kill()
    worker.wait()


@pytest.mark.crash
def test_the_worker_process_is_killed_again_and_again(
    committed_db: str, post: tuple[Post, str], tmp_path: Path
) -> None:
    box, address = post
    set_the_stage()
    case = register(name_first="Noorani").id
    for number in range(KILLS):
        wish = Wish(message=f"Look at Noorani {number}")
        raise_flag(kind="case", record_id=case, wish=wish, actor=viewer("bilal"), at=AT)
        laid, gone = Notice.objects.count(), sent()
        point = number % 3
        worker = start_worker(committed_db, tmp_path / "log", CPIMS_MAIL_URL=address)
        if point == 0:  # its notices are committed, and the letter has not left
            box.shot.clear()
            box.victim = worker
            assert box.shot.wait(PATIENCE)
        elif point == 1:  # as soon as a notice is seen by others
            kill_when(lambda laid=laid: Notice.objects.count() > laid, worker)
        else:  # as soon as a letter is known to have left
            kill_when(lambda gone=gone: sent() > gone, worker)
        assert worker.returncode == -9, number
    worker = start_worker(committed_db, tmp_path / "log", CPIMS_MAIL_URL=address)
    try:
        until(lambda: sent() == KILLS, worker)
    finally:
        stop(worker, patience=10)
    notices = list(Notice.objects.values_list("entry", "user__user_name", "mail"))
    assert len({entry for entry, _, _ in notices}) == len(notices) == KILLS
    assert {(name, mail) for _, name, mail in notices} == {("amina", "sent")}
    marks = [letter["Message-ID"] for _, letter in box.letters]
    assert len(set(marks)) == KILLS
    assert len(marks) - KILLS <= KILLS // 3, (
        "a letter comes again only when the worker died between handing over and knowing"
    )
    assert not [letter for _, letter in box.letters if "Noorani" in letter.as_string()]


@pytest.mark.crash
def test_what_nobody_answers_reaches_the_supervisor_by_mail_once(
    committed_db: str, post: tuple[Post, str], tmp_path: Path
) -> None:
    box, address = post
    set_the_stage()
    let_them_share()
    User.objects.filter(user_name="dawit").update(locale="ar")
    case = agreed_case(name_first="Noorani")
    share(Kind.REFERRAL, case.id, "amina", "bilal", notes="Noorani needs a doctor")
    share(Kind.REFERRAL, case.id, "amina", "dawit")
    answer(share(Kind.REFERRAL, case.id, "amina", "chantal"), "chantal", Status.ACCEPTED)
    for number in range(2):  # the hour strikes twice
        look_for_unanswered.configure(queueing_lock=f"unanswered-{number}").defer(timestamp=0)
    worker = start_worker(committed_db, tmp_path / "log", CPIMS_MAIL_URL=address)
    unanswered = Notice.objects.filter(event="transition.unanswered")
    try:
        until(lambda: unanswered.count() >= 6 and not Notice.objects.filter(mail="wanted").exists(), worker)
    finally:
        stop(worker, patience=10)
    told = sorted(unanswered.values_list("user__user_name", flat=True))
    # of bilal's: he, amina, and chantal who leads him; of dawit's, whom nobody leads: he, amina, and her supervisor
    assert told == ["amina", "amina", "bilal", "chantal", "chantal", "dawit"]
    assert set(unanswered.values_list("mail", flat=True)) == {"sent"}
    letters = [(to, letter) for (to,), letter in box.letters]
    ours = {f"<notice-{pk}@cpims.invalid>" for pk in unanswered.values_list("pk", flat=True)}
    assert sorted(to for to, letter in letters if letter["Message-ID"] in ours) == [
        f"{name}@example.org" for name in told
    ]
    assert not [letter for _, letter in letters if "Noorani" in letter.as_string() or "Noorani" in letter.get_content()]
