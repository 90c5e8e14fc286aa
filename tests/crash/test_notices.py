"""Kill the worker again and again, before, between and after its commits: no notice is lost, none is told twice.

Nine times here; ``make soak`` does a hundred (CPIMS_TEST_KILLS).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from cpims.audit.actions import seal_books
from cpims.flags.actions import raise_flag
from cpims.flags.rules import Wish
from cpims.jobs.reactions import react, whom_to_tell
from cpims.lib.clock import now
from cpims.notices.actions import Happened, send_waiting_mail, tell_of_happenings
from cpims.notices.models import Notice
from tests.cast import AT, register, set_the_stage, viewer
from tests.db.test_mail import Letterbox
from tests.db.test_mail import letterbox as letterbox

KILLS = int(os.environ.get("CPIMS_TEST_KILLS", "9"))


def die() -> None:
    """As the kernel ends a process: nothing is cleaned up, nothing is rolled back by us."""
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_commit() -> None:
    """The people are known, the notices are not yet laid."""

    def whom(one: Happened) -> Any:
        whom_to_tell(one)
        die()

    tell_of_happenings(whom=whom)


def between_commit_and_sending() -> None:
    """The notices are laid, no mail has left."""
    tell_of_happenings(whom=whom_to_tell)
    die()


def after_sending() -> None:
    """Some mails have left and are known to have left; others have not."""
    tell_of_happenings(whom=whom_to_tell)
    send_waiting_mail(at=now())
    die()


POINTS: tuple[Callable[[], None], ...] = (before_the_commit, between_commit_and_sending, after_sending)


def killed_at(point: Callable[[], None]) -> int:
    """A worker of its own, with its own connection, that is killed where the point says; answers by which signal."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            point()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


@pytest.mark.crash
def test_no_notice_is_lost_or_doubled(committed_db: str, letterbox: Letterbox) -> None:
    set_the_stage()
    case = register().id
    for number in range(KILLS):
        raise_flag(kind="case", record_id=case, wish=Wish(message=f"Look {number}"), actor=viewer("bilal"), at=AT)
        while seal_books():
            pass
        assert killed_at(POINTS[number % len(POINTS)]) == signal.SIGKILL, number
    assert 0 < len(letterbox.letters) < KILLS and Notice.objects.count() < KILLS + 1
    while react(at=now()):
        pass
    notices = list(Notice.objects.values_list("entry", "user__user_name", "mail"))
    assert len(notices) == KILLS == len({entry for entry, _, _ in notices})
    assert {(name, mail) for _, name, mail in notices} == {("amina", "sent")}
    letters = [letter["Message-ID"] for _, letter in letterbox.letters]
    assert len(letters) == KILLS == len(set(letters))
