"""Work that waits on a device for days: the supervisors of the worker's team are told each morning, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.actions.devices import send_unsent_notice, tell_of_unsent_work
from cpims.accounts.models import Device, Role, User
from cpims.settings.actions import put_settings
from tests.cast import register, tablet

MORNING = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
TASK = "accounts.tell_of_unsent_work"


@pytest.fixture
def folder() -> Path:
    """Where mails are kept; empty at first."""
    found: Path = settings.ENVIRONMENT.data / "mail"
    for old in found.glob("*.eml"):
        old.unlink()
    return found


def waits(owner: str = "amina", *, unsent: int = 2, days: float = 4, silent: float = 0) -> Device:
    device = Device.objects.get(pk=tablet(owner))
    device.unsent, device.seen_at = unsent, MORNING - timedelta(days=silent)
    device.oldest_unsent_at = MORNING - timedelta(days=days) if unsent else None
    device.save()
    return device


def queued() -> list[tuple[str, list[str]]]:
    names = dict(User.objects.values_list("id", "user_name"))
    jobs = ProcrastinateJob.objects.filter(task_name=TASK).order_by("id")
    return [(names[job.args["user_id"]], job.args["devices"]) for job in jobs]


def mails(folder: Path) -> list[EmailMessage]:
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]  # type: ignore[misc]


def test_after_three_days_the_supervisor_is_told_once_a_day(cast):
    device = waits()
    assert tell_of_unsent_work(at=MORNING - timedelta(hours=4)) == 0
    assert tell_of_unsent_work(at=MORNING) == 1
    assert tell_of_unsent_work(at=MORNING + timedelta(hours=5)) == 0
    assert queued() == [("chantal", [str(device.id)])]
    assert tell_of_unsent_work(at=MORNING + timedelta(days=1)) == 1
    assert len(queued()) == 2


@pytest.mark.parametrize(
    ("days", "silent", "unsent", "told"), [(2.9, 0, 2, 0), (3, 0, 2, 1), (1, 3, 2, 1), (9, 9, 0, 0)]
)
def test_by_what_the_device_told_or_since_it_told_it(cast, days, silent, unsent, told):
    waits(days=days, silent=silent, unsent=unsent)
    assert tell_of_unsent_work(at=MORNING) == told
    assert len(queued()) == told


def test_the_instance_decides_how_many_days(cast):
    put_settings(settings={"system_options": {"unsent_after_days": 7}}, actor=None, at=MORNING)
    waits(days=6)
    assert tell_of_unsent_work(at=MORNING) == 0
    late = waits("bilal", days=7)
    assert tell_of_unsent_work(at=MORNING) == 1
    assert queued() == [("chantal", [str(late.id)])]


def test_a_device_that_was_wiped_holds_nothing(cast):
    device = waits()
    Device.objects.filter(pk=device.id).update(revoked_at=MORNING, wiped_at=MORNING)
    assert tell_of_unsent_work(at=MORNING) == 0 and queued() == []


def test_nobody_leads_dawits_team_then_whoever_leads_in_his_agency(cast):
    waits("dawit")
    assert tell_of_unsent_work(at=MORNING) == 1 and queued() == []
    role = Role.objects.create(
        unique_id="role-agency",
        name="Agency",
        group_permission="agency",
        permissions={"case": ["read", "write", "assign"]},
    )
    dawit = User.objects.get(user_name="dawit")
    User.objects.create(user_name="yara", full_name="Yara", email="yara@example.org", role=role, agency=dawit.agency)
    assert tell_of_unsent_work(at=MORNING + timedelta(days=1)) == 1
    assert [name for name, _ in queued()] == ["yara"]


def test_the_supervisor_herself_is_not_told_of_her_own_device(cast):
    waits("chantal")
    assert tell_of_unsent_work(at=MORNING) == 1 and queued() == []


@pytest.mark.parametrize(
    ("locale", "word"), [("en", "work waits"), ("fr", "attend"), ("es", "espera"), ("ar", "ينتظر")]
)
def test_the_mail_is_in_her_language_and_names_no_child(cast, folder, locale, word):
    register(name_first="Noor")
    device = waits(days=4)
    chantal = User.objects.get(user_name="chantal")
    User.objects.filter(pk=chantal.pk).update(locale=locale)
    assert send_unsent_notice(user_id=chantal.id, devices=[str(device.id)])
    (mail,) = mails(folder)
    text = mail.get_content()
    assert mail["To"] == "chantal@example.org" and word in mail["Subject"]
    assert "Amina" in text and "Blue tablet" in text and "2026-03-06" in text and "/app/devices" in text
    assert "Noor" not in str(mail) and "Noor" not in text and "{" not in text


def test_what_was_sent_in_the_meantime_is_not_told(cast, folder):
    device = waits()
    Device.objects.update(unsent=0)
    assert not send_unsent_notice(user_id=User.objects.get(user_name="chantal").id, devices=[str(device.id)])
    assert mails(folder) == []
