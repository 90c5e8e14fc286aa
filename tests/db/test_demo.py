"""The demo command: only in a demo, only when empty, the cast can sign in, and the children are in sight of the right people."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cpims.accounts.actions.passwords import is_password
from cpims.accounts.models import Agency, User
from cpims.audit.models import ChangeEntry
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import read_folder, read_pack
from cpims.forms.queries.viewers import current_viewer
from cpims.locations.models import Location
from cpims.management.demo.filling import FIXED_PASSWORD, NoStandardPack, fill_demo
from cpims.records.models import Record
from cpims.settings.models import Instance

PACKS = Path(__file__).resolve().parents[2] / "packs"
AT = datetime(2026, 3, 15, 9, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def standard(db: None) -> None:
    load_pack(pack=read_pack(read_folder(PACKS / "cpims")), actor=None, at=AT)


def counts() -> tuple[int, int, int, int]:
    return User.objects.count(), Record.objects.count(), Location.objects.count(), ChangeEntry.objects.count()


@pytest.mark.usefixtures("standard")
def test_a_demo_is_filled() -> None:
    heard: list[int] = []
    filled = fill_demo(packs=PACKS, count=300, seed=1, fixed=True, at=AT, tell=heard.append)
    assert (filled.cases, filled.workers, heard) == (300, 36, [250, 300])
    assert Record.objects.filter(kind="case").count() == 300
    assert ChangeEntry.objects.filter(event="case.registered").count() == 300
    closed = Record.objects.filter(status="closed")
    assert 60 < closed.count() < 130
    assert all(case.date_closure and case.workflow == "closed" for case in closed)
    assert ChangeEntry.objects.filter(event="case.closed").count() == closed.count()
    assert Location.objects.count() == 40 and Agency.objects.count() == 6
    assert not Record.objects.exclude(
        owned_by__in=[u.user_name for u in User.objects.filter(role__unique_id="role-cp-case-worker")]
    )
    assert 0 < Record.objects.exclude(incomplete=[]).count() < 120
    assessed = Record.objects.filter(data__has_key="assessment_requested_on").count()
    planned = Record.objects.filter(data__has_key="date_case_plan").count()
    assert 300 > assessed > planned > 100
    assert Record.objects.filter(workflow="case_plan").exists()


@pytest.mark.usefixtures("standard")
def test_everybody_sees_what_is_hers() -> None:
    fill_demo(packs=PACKS, count=120, seed=1, fixed=True, at=AT)
    seen = {name: set(Record.objects.visible_to(current_viewer(name)).values_list("owned_by", flat=True)) for name in (
        "amina", "bilal", "chantal", "dawit", "farid")}  # fmt: skip
    assert seen["amina"] == {"amina"} and seen["bilal"] == {"bilal"} and seen["dawit"] == {"dawit"}
    assert seen["chantal"] >= {"amina", "bilal"} and "dawit" not in seen["chantal"]
    assert seen["farid"] > seen["chantal"]
    assert not current_viewer("esther").may("case", "read")
    noor = Record.objects.get(data__name_first="Noor")
    assert (noor.owned_by, noor.status, noor.risk_level) == ("amina", "open", "high")
    assert noor.name is not None and noor.name.startswith("Noor ")


@pytest.mark.usefixtures("standard")
def test_the_cast_signs_in_and_the_others_cannot() -> None:
    filled = fill_demo(packs=PACKS, count=0, seed=1, fixed=True, at=AT)
    assert list(filled.sign_ins) == ["amina", "bilal", "chantal", "dawit", "esther", "farid"]
    assert is_password(FIXED_PASSWORD, User.objects.get(user_name="amina").password)
    assert User.objects.exclude(password="").count() == 6


@pytest.mark.usefixtures("standard")
def test_the_same_seed_gives_the_same_children() -> None:
    clean = transaction.savepoint()
    fill_demo(packs=PACKS, count=40, seed=7, fixed=True, at=AT)
    once = list(Record.objects.order_by("id").values_list("id", "name", "data"))
    transaction.savepoint_rollback(clean)
    assert not Record.objects.exists()
    fill_demo(packs=PACKS, count=40, seed=7, fixed=True, at=AT)
    assert list(Record.objects.order_by("id").values_list("id", "name", "data")) == once


@pytest.mark.usefixtures("standard")
def test_an_instance_that_is_not_a_demo_is_refused() -> None:
    Instance.objects.update(kind="production")
    before = counts()
    with pytest.raises(CommandError, match="not marked as a demo"):
        call_command("demo", "--cases", "5")
    assert counts() == before


@pytest.mark.usefixtures("standard")
def test_a_demo_with_cases_is_not_filled_again() -> None:
    call_command("demo", "--cases", "3", stdout=io.StringIO())
    before = counts()
    with pytest.raises(CommandError, match="cases in this instance already"):
        call_command("demo", "--cases", "3")
    assert counts() == before


def test_without_the_standard_pack_nothing_is_made() -> None:
    before = counts()
    with pytest.raises(NoStandardPack):
        fill_demo(packs=PACKS, count=3, seed=1, fixed=True, at=AT)
    assert counts() == before


@pytest.mark.usefixtures("standard")
def test_random_passwords_differ_and_are_shown() -> None:
    shown = io.StringIO()
    call_command("demo", "--cases", "1", "--passwords", "random", stdout=shown)
    lines = [line.split() for line in shown.getvalue().splitlines() if line.startswith("  ")]
    passwords = {name: password for name, password, *_ in lines}
    assert len(passwords) == len(set(passwords.values())) == 6
    assert FIXED_PASSWORD not in shown.getvalue()
    assert is_password(passwords["chantal"], User.objects.get(user_name="chantal").password)


@pytest.mark.parametrize("count", ["-1", "1000001"])
def test_too_many_or_fewer_than_none_are_refused(count: str) -> None:
    with pytest.raises(CommandError, match="0 to 1000000"):
        call_command("demo", "--cases", count)


def test_the_first_administrator_gets_a_link_until_she_has_signed_in() -> None:
    shown = io.StringIO()
    call_command("first_administrator", stdout=shown)
    assert "/app/set-password#" in shown.getvalue()
    again = io.StringIO()
    call_command("first_administrator", stdout=again)
    assert again.getvalue() != shown.getvalue()
    User.objects.update(password="argon2$chosen")
    with pytest.raises(CommandError, match="signed in already"):
        call_command("first_administrator")
