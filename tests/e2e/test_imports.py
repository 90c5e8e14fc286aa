"""Esther brings in a table of people: she sees what it would do, leaves the wrong row out, corrects it, and brings it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

PEOPLE = """User name,Full name,E-mail address,Role,Agency,User groups,Telephone,Shoe size
hana.t,Hana Tesfaye,hana.t@demo.example,role-cp-case-worker,agency-a,usergroup-amberi,+251 11 155,38
lina.m,Lina Mansour,,role-cp-astronaut,agency-a,usergroup-amberi,,
kofi,,,,,,+251 11 156,
"""
PLACES = "رمز المكان;رمز المكان الأعلى;اسم المكان;اسم المكان (ar)\nZZ01;NOWHERE;Wells;الآبار\nZZ02;;Far;بعيد\n"


@pytest.fixture
def tidy(demo_db: None) -> Iterator[None]:
    """Who came by a table goes again, and Kofi gets his number back."""
    from cpims.accounts.models import Invitation, User

    kofi = User.objects.get(user_name="kofi")
    yield
    User.objects.filter(user_name="kofi").update(phone=kofi.phone)
    came = User.objects.filter(user_name__in=["hana.t", "lina.m"])
    Invitation.objects.filter(user__in=came).delete()
    came.delete()


def choose(worker: Worker, text: str) -> None:
    """Give a file and ask what it would do."""
    worker.page.locator("input[type=file]").set_input_files(
        {"name": "table.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    worker.page.get_by_role("button", name=worker.words["imports.look"], exact=True).click()
    expect(worker.page.get_by_role("heading", name=worker.words["imports.plan.title"])).to_be_visible()


def counted(worker: Worker, what: str) -> Any:
    """A number of the plan, by its name."""
    name = worker.page.locator("dt", has_text=re.compile(f"^{re.escape(worker.words[f'imports.plan.{what}'])}$"))
    return name.locator("xpath=following-sibling::dd[1]")


def test_a_table_of_people_is_shown_corrected_and_brought_in(
    browser: Browser, demo_site: LiveServer, tidy: None
) -> None:
    from cpims.accounts.models import User

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    page = esther.page
    esther.sign_in("esther")
    esther.go("/admin")
    page.get_by_role("link", name=re.compile(f"^{esther.words['admin.imports.title']}")).click()
    expect(page.get_by_role("heading", name=esther.words["imports.title"], level=1)).to_be_visible()
    esther.look("an empty import")
    choose(esther, PEOPLE)
    for what, number in (("create", "1"), ("change", "1"), ("same", "0"), ("bad", "1")):
        expect(counted(esther, what)).to_have_text(number)
    expect(page.get_by_text("Shoe size (H1)")).to_be_visible()
    wrong = page.get_by_role("table", name=esther.words["imports.bad.title"]).get_by_role("row").nth(1)
    expect(wrong).to_contain_text("D3")
    expect(wrong).to_contain_text("role-cp-astronaut")
    esther.look("a plan with a wrong row")
    apply = page.get_by_role("button", name="Bring in 2 entries", exact=True)
    expect(apply).to_be_disabled()
    with page.expect_download() as saved:
        page.get_by_role("button", name=esther.words["imports.bad.download"]).click()
    left = saved.value.path().read_text(encoding="utf-8-sig")
    assert "lina.m" in left
    assert "role-cp-astronaut" in left
    assert "hana" not in left
    page.get_by_role("checkbox", name=esther.words["imports.leave_out"]).check()
    apply.click()
    expect(page.get_by_text("2 entries were brought in.")).to_be_visible()
    expect(page.get_by_text("1 person gets a link by e-mail.")).to_be_visible()
    esther.look("a table that was brought in")
    hana = User.objects.get(user_name="hana.t")
    assert (hana.full_name, hana.role.unique_id, hana.password) == ("Hana Tesfaye", "role-cp-case-worker", "")
    assert User.objects.get(user_name="kofi").phone == "+251 11 156"
    assert not User.objects.filter(user_name="lina.m").exists()
    choose(esther, left.replace("role-cp-astronaut", "role-cp-case-worker"))
    expect(counted(esther, "bad")).to_have_text("0")
    page.get_by_role("button", name="Bring in 1 entry", exact=True).click()
    expect(page.get_by_text("1 entry was brought in.")).to_be_visible()
    choose(esther, PEOPLE.replace("role-cp-astronaut", "role-cp-case-worker"))
    expect(counted(esther, "same")).to_have_text("3")
    expect(page.get_by_text(esther.words["imports.nothing"])).to_be_visible()
    esther.close()


def test_places_on_a_phone_in_arabic(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.locations.models import Location

    before = Location.objects.count()
    esther = Worker(browser, demo_site.url, width=360, locale="ar")
    esther.sign_in("esther")
    esther.go("/imports")
    esther.page.get_by_role("radio", name=esther.words["imports.kind.locations"]).check()
    choose(esther, PLACES)
    expect(counted(esther, "create")).to_have_text(re.compile("^[1١]$"))
    expect(esther.page.get_by_text("B2")).to_be_visible()
    expect(esther.page.get_by_text(esther.words["location.parent_unknown"].split("{")[0].strip())).to_be_visible()
    esther.look("a plan on a phone")
    assert Location.objects.count() == before
    esther.close()


def test_a_case_worker_finds_none_of_it(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    amina.go("/imports")
    expect(amina.page.get_by_role("alert")).to_contain_text(amina.words["error.status.403"])
    expect(amina.page.locator("input[type=file]")).to_have_count(0)
    amina.close()
