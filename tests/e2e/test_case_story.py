"""The story of a case on its own page: steps, what is due, why it ends and begins again, each told with who and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Response, expect

from cpims.lib.clock import now
from tests.e2e.screen import Worker
from tests.e2e.test_journey import register
from tests.e2e.test_work import open_case
from tests.running import LiveServer

SEND = """async ([method, path, body]) => {
  const token = decodeURIComponent((document.cookie.match(/CSRF-TOKEN=([^;]+)/) || [])[1] || '');
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': token};
  const r = await fetch(path, {method, body: JSON.stringify(body), headers});
  return [r.status, await r.json()];
}"""


def day(back: int = 0) -> str:
    """A day near today, as the server's clock has it."""
    return (now() - timedelta(days=back)).date().isoformat()


def send(worker: Worker, case: str, data: dict[str, Any], act: str | None = None) -> None:
    """A change of a case by the plain API."""
    body = {"data": data} | ({"record_action": act} if act else {})
    status, answer = worker.page.evaluate(SEND, ["PATCH", f"/api/v2/cases/{case}", body])
    assert status == 200, answer


def story(worker: Worker) -> Locator:
    """What is told, newest first."""
    return worker.page.get_by_role("region", name=worker.text("casefile.timeline")).locator("ol > li")


def told(worker: Worker, *keys: str) -> None:
    """The newest entries say these things, in this order."""
    for at, key in enumerate(keys):
        expect(story(worker).nth(at).locator("strong")).to_have_text(worker.text(key))


def due(worker: Worker) -> Locator:
    """The card of what is due."""
    return worker.page.get_by_role("region", name=worker.text("story.due"), exact=True)


def is_change(response: Response) -> bool:
    """The answer to what was sent from the outbox."""
    return response.url.endswith("/sync/deliver")


@pytest.mark.parametrize(("width", "locale", "scheme"), [(360, "en", "light"), (1280, "ar", "dark")])
def test_the_story_tells_what_was_done(
    browser: Browser, demo_site: LiveServer, width: int, locale: str, scheme: str
) -> None:
    amina = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    page = amina.page
    amina.sign_in("amina")
    path = register(amina, {"en": "السالمي", "ar": "النجار"}[locale])
    case = path.removeprefix("/cases/")
    told(amina, "story.registered")
    expect(story(amina).first).to_contain_text("Amina")

    amina.go(f"{path}/assessment/edit")
    amina.answer("assessment_requested_on", day())
    assert amina.save() == 200
    amina.go(path)
    told(amina, "story.assessed", "story.registered")
    steps = page.get_by_role("region", name=amina.text("casefile.workflow"))
    expect(steps).to_contain_text(amina.text("steps.next.case_plan").split("{")[0].strip())
    amina.look("steps and story")

    service, visit = str(uuid4()), str(uuid4())
    send(amina, case, {
        "services_section": [{"unique_id": service, "service_type": "health_medical_service",
                              "service_response_type": "service_provision"}],
        "followup_subform_section": [{"unique_id": visit, "followup_type": "in_care",
                                      "followup_needed_by_date": day(3)}],
    })  # fmt: skip
    amina.go(path)
    told(amina, "story.service_added", "story.follow_up_added", "story.assessed")
    late = due(amina).locator("li").filter(has_text=amina.text("casefile.late"))
    expect(late).to_have_count(1)
    late.get_by_role("button", name=re.compile("^" + re.escape(amina.text("tasks.done")))).click()
    with page.expect_response(is_change):
        amina.button("tasks.done.save").click()
    told(amina, "story.follow_up_done")
    given = due(amina).locator("li").filter(has_text=amina.text("task.type.service"))
    given.first.get_by_role("button", name=re.compile("^" + re.escape(amina.text("tasks.done")))).click()
    amina.look("a service is given")
    with page.expect_response(is_change):
        amina.button("tasks.done.save").click()
    told(amina, "story.service_done", "story.follow_up_done")

    close(amina, path)
    told(amina, "story.closed", "story.service_done")
    expect(due(amina)).to_have_count(0)
    reopen(amina, "Back at the kiln")
    told(amina, "story.reopened", "story.closed")
    expect(story(amina).first).to_contain_text("Back at the kiln")
    amina.look("reopened")
    amina.close()


def close(amina: Worker, path: str) -> None:
    """From the menu to the closing form, which names what is open; then with its reason."""
    page = amina.page
    amina.button("casefile.actions").click()
    page.get_by_role("menuitem", name=amina.text("casefile.close"), exact=True).click()
    expect(page).to_have_url(re.compile(rf"{path}/closure_form/edit\?act=close"))
    page.locator("#answer-closure_reason").select_option("death_of_child")
    with page.expect_response(is_change):
        page.get_by_role("button", name=amina.text("casefile.close.do"), exact=True).last.click()
    expect(page).to_have_url(re.compile(rf"{path}/closure_form$"))
    amina.go(path)


def reopen(amina: Worker, reason: str) -> None:
    """Nobody opens a case again without saying why."""
    page = amina.page
    amina.button("casefile.actions").click()
    page.get_by_role("menuitem", name=amina.text("casefile.reopen"), exact=True).click()
    sheet = page.locator("dialog[open]")
    go = sheet.get_by_role("button", name=amina.text("casefile.reopen.do"), exact=True)
    expect(go).to_be_disabled()
    sheet.locator("textarea").fill(reason)
    with page.expect_response(is_change):
        go.click()


def test_the_risk_is_changed_with_its_reason_and_without_a_network(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page = amina.page
    amina.sign_in("amina")
    case = open_case(amina, hidden=False)
    send(amina, case, {"risk_level": "low"})
    amina.go(f"/cases/{case}")
    expect(story(amina).first).to_be_visible()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    amina.context.set_offline(True)
    amina.button("story.risk.change").click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_role("radio", name=re.compile("^High")).check()
    save = sheet.get_by_role("button", name=amina.text("casefile.save"), exact=True)
    save.click()
    expect(sheet).to_contain_text(amina.text("renderer.problem.required"))
    amina.look("changing the risk")
    sheet.locator("textarea").fill("The stepfather is back")
    save.click()
    newest = story(amina).first
    expect(newest.locator("strong")).to_have_text(amina.text("story.risk"))
    expect(newest).to_contain_text("The stepfather is back")
    expect(newest).to_contain_text(amina.text("casefile.state.waiting"))
    amina.context.set_offline(False)
    expect(newest).not_to_contain_text(amina.text("casefile.state.waiting"), timeout=60_000)
    expect(newest).to_contain_text("The stepfather is back")
    amina.close()


@pytest.fixture
def twins(demo_db: None) -> Iterator[tuple[str, str]]:
    """Two cases in sight of Amina's team with one identity number, compared by the worker of the site."""
    from cpims.cases.actions import resolve_duplicate
    from cpims.records.models import Record

    rows = Record.objects.filter(kind="case", owned_by="amina", status="open", record_state=True).order_by("id")
    yield str(rows[0].id), str(rows[1].id)
    while resolve_duplicate(at=now()):
        pass


def test_one_number_in_two_cases_is_said_on_both(
    browser: Browser, demo_site: LiveServer, twins: tuple[str, str]
) -> None:
    from cpims.cases.actions import resolve_duplicate

    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    number = f"999{uuid4().int % 10**8:08d}"
    for case in twins:
        send(amina, case, {"national_id_no": number})
    while resolve_duplicate(at=now()):
        pass
    for case, other in (twins, twins[::-1]):
        amina.go(f"/cases/{case}")
        notice = amina.page.locator("main").get_by_text(amina.text("story.same_number"))
        expect(notice.first).to_be_visible()
        expect(amina.page.locator(f"main a[href$='/cases/{other}']").first).to_be_visible()
    amina.look("one number in two cases")
    for case in twins:
        send(amina, case, {"national_id_no": None})
    amina.close()
