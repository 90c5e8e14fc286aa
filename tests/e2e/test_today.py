"""A day of Amina: what is due, done and re-dated in the field; her inbox; and Chantal's look at her team."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, expect

from cpims.lib.clock import today
from tests.e2e.screen import Worker
from tests.e2e.test_kept import sync_now, synced
from tests.e2e.test_offline import answer_of, tap, with_app_on_the_device
from tests.e2e.test_work import open_case
from tests.running import LiveServer

SEND = """async ([path, method, data]) => {
  const found = /CSRF-TOKEN=([^;]*)/.exec(document.cookie);
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': decodeURIComponent(found ? found[1] : '')};
  return (await fetch('/api/v2/' + path, {method, headers, body: JSON.stringify({data})})).status;
}"""


def day(after: int) -> str:
    """A day so many days from today."""
    return (today("UTC") + timedelta(days=after)).isoformat()


def send(worker: Worker, path: str, method: str, data: dict[str, Any]) -> None:
    """Something is done beside the screens."""
    status = worker.page.evaluate(SEND, [path, method, data])
    assert status in (200, 201), (path, status)


def tell_everybody() -> None:
    """What the worker process does all the time."""
    from cpims.audit.actions import seal_books
    from cpims.jobs.reactions import whom_to_tell
    from cpims.notices.actions import tell_of_happenings

    while seal_books():
        pass
    while tell_of_happenings(whom=whom_to_tell):
        pass


@pytest.fixture
def by_appointment(demo_db: None) -> Iterator[None]:
    """Services are due on the day of their appointment here."""
    from cpims.settings.models import Instance

    def decide(chosen: bool) -> None:
        instance = Instance.objects.get()
        options = instance.data.get("system_options") or {}
        instance.data |= {"system_options": options | {"due_date_from_appointment_date": chosen}}
        instance.configuration += 1
        instance.save()

    decide(True)
    yield
    decide(False)


def group(worker: Worker, name: str) -> Locator:
    """The rows of one part of what is due."""
    return worker.page.get_by_role("region", name=worker.text(f"tasks.group.{name}"), exact=True).locator("li")


def act(row: Locator, worker: Worker, key: str) -> Locator:
    """A button of a task."""
    return row.get_by_role("button", name=re.compile("^" + re.escape(worker.text(f"{key}.of"))))


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("ar", "dark")])
def test_what_is_due_is_done_and_given_another_day_in_the_field(
    browser: Browser, demo_site: LiveServer, by_appointment: None, locale: str, scheme: str
) -> None:
    """Both stand at once, are kept on the device, go out once the network is back, and are in the case."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale, scheme=scheme)
    page = amina.page
    amina.sign_in("amina")
    case, visit, service = open_case(amina, hidden=False), str(uuid4()), str(uuid4())
    rows = {
        "followup_subform_section": [
            {"unique_id": visit, "followup_type": "in_care", "followup_needed_by_date": day(-4000)}
        ],
        "services_section": [
            {"unique_id": service, "service_type": "health_medical_service", "service_appointment_date": day(-3990)}
        ],
    }
    send(amina, f"cases/{case}", "PATCH", rows)
    tell_everybody()
    with_app_on_the_device(amina)
    synced(amina)
    amina.go("/")
    late = group(amina, "overdue")
    expect(late.first).to_contain_text(amina.text("task.type.follow_up"))
    amina.look("home")

    amina.context.set_offline(True)
    page.reload()
    expect(late.first).to_contain_text(amina.text("task.type.follow_up"))
    act(late.first, amina, "tasks.done").click()
    sheet = page.locator("dialog[open]")
    sheet.locator("input[type=date]").fill(day(1))
    amina.button("tasks.done.save").click()
    expect(sheet).to_contain_text(amina.text("tasks.day.future"))
    amina.look("completing a task")
    sheet.locator("input[type=date]").fill(day(0))
    amina.button("tasks.done.save").click()
    expect(page.get_by_text(amina.text("casefile.saved_here")).first).to_be_visible()
    expect(late.first).to_contain_text(amina.text("task.type.service"))
    expect(sheet).to_have_count(0)

    act(late.first, amina, "tasks.redate").click()
    sheet.locator("input[type=date]").fill(day(2))
    amina.button("tasks.redate.save").click()
    page.get_by_role("link", name=amina.text("tasks.all"), exact=True).first.click()
    page.get_by_role("button", name=amina.text("task.type.service"), exact=True).click()
    page.get_by_role("button", name=amina.text("tasks.near.soon"), exact=True).click()
    expect(page).to_have_url(re.compile(r"/tasks\?kind=service&due=soon$"))
    moved = page.locator("main li").filter(has=page.locator(f"a[href='/app/cases/{case}/services']"))
    expect(moved.first).to_contain_text(amina.text("state.waiting"))
    amina.look("tasks without a network")
    stored = answer_of(case, "followup_subform_section")
    assert all(row.get("followup_date") is None for row in stored if row["unique_id"] == visit)

    amina.context.set_offline(False)
    tap(amina, "/outbox")
    sync_now(amina)
    expect(page.locator("main")).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    expect(page.locator("main")).not_to_contain_text(amina.text("state.waiting"))
    done = next(row for row in answer_of(case, "followup_subform_section") if row["unique_id"] == visit)
    later = next(row for row in answer_of(case, "services_section") if row["unique_id"] == service)
    assert (done["followup_date"], done["followup_type"]) == (day(0), "in_care")
    assert (later["service_appointment_date"], later["service_type"]) == (day(2), "health_medical_service")
    tap(amina, "/")
    expect(page.get_by_role("heading", name=amina.text("tasks.due_now"))).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(amina.text("state.waiting"))
    amina.close()


@pytest.mark.parametrize(("locale", "scheme"), [("en", "dark"), ("ar", "light")])
def test_what_happened_is_read_in_the_inbox(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, scheme: str
) -> None:
    """A notice opens its case and is read by that; the others are read in the field, and told when there is a network."""
    from cpims.notices.models import Notice

    amina = Worker(browser, demo_site.url, width=360, locale=locale, scheme=scheme)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    case = open_case(amina, hidden=False)
    tell_everybody()
    Notice.objects.update(read_at="2026-01-01T00:00:00Z")
    chantal = Worker(browser, demo_site.url, width=1280, locale="en")
    chantal.sign_in("chantal")
    for why in ("Please look at the wound", "Please call her aunt"):
        send(chantal, f"cases/{case}/flags", "POST", {"message": why, "date": day(3)})
    chantal.close()
    tell_everybody()
    unread = Notice.objects.filter(record_id=case, event="flag.raised", read_at=None)
    assert unread.count() == 2

    with_app_on_the_device(amina)
    badge = page.locator("nav a[href='/app/inbox']")
    expect(badge).to_contain_text(re.compile("[2٢]"))
    expect(main.get_by_role("link", name=re.compile(amina.text("home.notices")))).to_be_visible()
    tap(amina, "/inbox")
    fresh = main.get_by_role("list", name=amina.text("inbox.new"), exact=True).locator("li")
    expect(fresh).to_have_count(2)
    expect(fresh.first).to_contain_text(amina.text("event.flag.raised"))
    expect(main).not_to_contain_text("aunt")
    amina.look("inbox")
    with page.expect_response(lambda r: r.url.endswith("/notices/read")):
        fresh.first.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/app/cases/{case}"))
    expect(badge).to_contain_text(re.compile("[1١]"))
    assert unread.count() == 1

    amina.context.set_offline(True)
    page.goto(f"{demo_site.url}/app/inbox")
    expect(main).to_contain_text(amina.text("inbox.offline"))
    expect(fresh).to_have_count(1)
    amina.look("inbox without a network")
    amina.button("inbox.read_all").click()
    expect(amina.button("inbox.read_all")).to_have_count(0)
    assert unread.count() == 1
    with page.expect_response(lambda r: r.url.endswith("/notices/read")):
        amina.context.set_offline(False)
        tap(amina, "/inbox")
        page.reload()
    expect(main.get_by_role("list", name=amina.text("inbox.earlier"), exact=True)).to_be_visible()
    expect(fresh).to_have_count(0)
    assert unread.count() == 0
    amina.close()


@pytest.mark.parametrize(("locale", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 360)])
def test_a_supervisor_sees_what_is_late_in_her_team(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, scheme: str, width: int
) -> None:
    """Each number is the length of the list that it opens; whose tasks are looked at stands in no address."""
    chantal = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    page, main = chantal.page, chantal.page.locator("main")
    chantal.sign_in("chantal")
    team = page.get_by_role("region", name=chantal.text("home.team"), exact=True)
    number = team.locator("dd a").first
    expect(number).to_be_visible()
    told = number.inner_text().strip()
    assert re.search(r"[1-9١-٩]", told), told
    chantal.look("a supervisor's home")
    number.click()
    expect(page).to_have_url(re.compile(r"/tasks\?all=1&due=overdue$"))
    expect(main.get_by_role("status").first).to_contain_text(told)
    chantal.look("tasks of the team")
    page.go_back()
    line = team.get_by_role("listitem").filter(has_text="Amina")
    expect(line).to_be_visible()
    line.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/tasks\?due=overdue$"))
    chip = main.get_by_role("group", name=chantal.text("tasks.by_worker"), exact=True)
    expect(chip).to_contain_text("Amina")
    rows = main.get_by_role("list", name=chantal.text("tasks.title"), exact=True).locator("li")
    expect(rows.first).to_contain_text("Amina")
    assert "amina" not in page.url.lower()
    chantal.look("tasks of one worker")
    chantal.close()
