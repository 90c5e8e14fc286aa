"""When Amina changes team, her cases follow her, and who saw them there sees them no more."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.actions.people import change_user
from cpims.accounts.models import User
from cpims.audit.queries import find_happenings
from cpims.jobs.tasks import let_records_follow
from cpims.records.models import Record
from cpims.records.queries.listing import count_records
from tests.cast import AT, register, viewer

TODAY = date(2026, 3, 2)


def seen(name: str) -> int:
    return count_records(kind="case", viewer=viewer(name), query={}, today=TODAY)[0]


def test_her_cases_follow_her(cast):
    cases = [register(name_first=f"Child {n}") for n in range(3)]
    assert (seen("amina"), seen("bilal"), seen("chantal")) == (3, 3, 3)
    amina = User.objects.get(user_name="amina")
    change_user(user_id=amina.id, values={"user_group_unique_ids": ["usergroup-south"]}, actor=viewer("farid"), at=AT)
    job = ProcrastinateJob.objects.get(task_name="records.follow_owner")
    assert job.args == {"user_id": amina.id}, "the job names nobody"
    let_records_follow(**job.args)
    assert (seen("amina"), seen("bilal"), seen("chantal")) == (3, 0, 0)
    again = Record.objects.get(pk=cases[0].id)
    assert again.owned_by_groups == ["usergroup-south"] and again.revision == 2
    happened = next(find_happenings(cases[0].id))
    assert happened.event == "record.owner_moved" and happened.actor_name == "system"
    let_records_follow(**job.args)
    assert Record.objects.get(pk=cases[0].id).revision == 2, "coming twice changes nothing"


def test_what_does_not_move_a_record_puts_nothing_off(cast):
    amina = User.objects.get(user_name="amina")
    change_user(user_id=amina.id, values={"position": "Nurse"}, actor=viewer("farid"), at=AT)
    assert not ProcrastinateJob.objects.filter(task_name="records.follow_owner").exists()


@pytest.mark.parametrize("name", ["bilal"])
def test_other_peoples_cases_stay(cast, name):
    register(by=name)
    register(by="amina")
    amina = User.objects.get(user_name="amina")
    change_user(user_id=amina.id, values={"user_group_unique_ids": ["usergroup-south"]}, actor=viewer("farid"), at=AT)
    let_records_follow(user_id=amina.id)
    assert seen(name) == 1
