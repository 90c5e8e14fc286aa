"""How many accounts there may be, and what happens when two people act at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from cpims.accounts.actions.people import change_user, create_user, disable_user
from cpims.accounts.models import Role, User
from cpims.accounts.rules.refusals import LastSuperUser, UserInvalid
from cpims.settings.models import Instance
from tests.cast import AT, set_the_stage, viewer
from tests.db.test_accounts_users import NEW, everything, number


def limit(most: int) -> None:
    instance = Instance.objects.get()
    instance.data = instance.data | {"system_options": {"maximum_users": most}}
    instance.configuration += 1
    instance.save()


def test_the_limit_counts_standard_accounts_only(cast):
    limit(6)
    before = everything()
    with pytest.raises(UserInvalid) as refused:
        create_user(values=NEW, actor=viewer("farid"), at=AT)
    assert refused.value.problems[0].code == "user.limit_reached" and everything() == before
    Role.objects.create(
        unique_id="role-known", name="Known", user_category="identified", permissions={"case": ["read"]}
    )
    create_user(values=NEW | {"role_unique_id": "role-known"}, actor=viewer("farid"), at=AT)
    change_user(user_id=number("dawit"), values={"disabled": True}, actor=viewer("farid"), at=AT)
    create_user(values=NEW | {"user_name": "ines", "email": None}, actor=viewer("farid"), at=AT)
    with pytest.raises(UserInvalid):
        change_user(user_id=number("dawit"), values={"disabled": False}, actor=viewer("farid"), at=AT)


def race(*acts: Any) -> list[str]:
    outcomes: list[str] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Any) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except UserInvalid as refused:
            outcomes.append(refused.problems[0].code)
        except LastSuperUser:
            outcomes.append("last")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_at_once_get_one_name(committed_db):
    set_the_stage()
    farid = viewer("farid")
    now = datetime.now(UTC)
    create = lambda: create_user(values=NEW, actor=farid, at=now)  # noqa: E731
    assert race(create, create) == ["done", "user.user_name.taken"]
    assert User.objects.filter(user_name="hana").count() == 1


def test_two_at_once_do_not_pass_the_limit(committed_db):
    set_the_stage()
    limit(7)
    farid = viewer("farid")
    create = lambda name: lambda: create_user(values=NEW | {"user_name": name, "email": None}, actor=farid, at=AT)  # noqa: E731
    assert race(create("hana"), create("ines")) == ["done", "user.limit_reached"]


def test_two_super_users_cannot_switch_each_other_off(committed_db):
    set_the_stage()
    role = {"role_unique_id": "role-super", "user_name": "gao", "email": None}
    create_user(values=NEW | role, actor=viewer("farid"), at=AT)
    farid, gao = viewer("farid"), viewer("gao")
    outcome = race(
        lambda: disable_user(user_id=gao.user_id, actor=farid, at=AT),
        lambda: disable_user(user_id=farid.user_id, actor=gao, at=AT),
    )
    assert outcome == ["done", "last"]
    assert User.objects.filter(role__unique_id="role-super", disabled=False).count() == 1
