"""Dates in the worker's own calendar: chosen once, entered and read on a phone, stored as ISO days."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from cpims.lib.calendars import day_in_words, to_gregorian
from cpims.records.models import Record
from tests.e2e.screen import Worker
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer


@pytest.mark.parametrize(
    ("locale", "calendar", "year", "month", "day", "none"),
    [("en", "ethiopic", 2008, 13, 5, 7), ("ar", "islamic-umalqura", 1437, 3, 29, 31)],
)
def test_a_day_of_birth_in_the_workers_calendar(
    browser: Browser,
    demo_site: LiveServer,
    demo_db: None,
    locale: str,
    calendar: str,
    year: int,
    month: int,
    day: int,
    none: int,
) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    path = one_of_mine(amina)
    amina.go("/account")
    page.get_by_label(re.compile(re.escape(amina.text("account.calendar")))).select_option(calendar)
    page.wait_for_function(f"() => Object.values(localStorage).includes('{calendar}')")
    amina.look("account")

    amina.go(f"{path}/basic_identity/edit")
    field = lambda part: page.locator(f"#answer-date_of_birth-{part}")  # noqa: E731
    field("year").fill(str(year))
    field("month").select_option(str(month))
    field("day").fill(str(none))
    field("year").focus()
    page.keyboard.press("Tab")
    wrong = page.locator("#answer-date_of_birth-wrong")
    expect(wrong).to_have_text(amina.words["date.no_such_date"])
    amina.look("a wrong day")
    before = Record.objects.get(pk=path.rsplit("/", 1)[-1])
    amina.button("casefile.save").click()
    expect(page.get_by_text(amina.words["renderer.problem.invalid_date"]).first).to_be_visible()
    expect(wrong).to_be_visible()
    assert Record.objects.get(pk=before.pk).revision == before.revision

    field("day").fill(str(day))
    expect(wrong).to_have_count(0)
    assert amina.save() == 200
    born = to_gregorian(calendar, year, month, day)
    stored = Record.objects.get(pk=path.rsplit("/", 1)[-1])
    assert stored.data["date_of_birth"] == born.isoformat() and stored.birth_on == born

    amina.go(f"{path}/basic_identity")
    shown = page.locator(f"time[datetime='{born.isoformat()}']").first
    expect(shown).to_have_text(day_in_words(calendar, born, locale))
    amina.look("a day read")
    amina.close()
