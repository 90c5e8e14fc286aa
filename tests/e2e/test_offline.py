"""Without a network, on a shared tablet, and with a server that says no: what was done is kept, sent once, as its author."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from tests.e2e.screen import DELIVER, Worker, is_delivery, outcome
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

CASES = re.compile(r"/api/v2/cases(/[0-9a-f-]{36})?$")


def with_app_on_the_device(worker: Worker) -> None:
    """Until the service worker holds the app and speaks for this page."""
    worker.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    worker.page.reload()
    worker.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expect(worker.page.locator("main h1").first).to_be_visible()


def tap(worker: Worker, path: str) -> None:
    """Go by a link of the navigation: no page is loaded."""
    worker.page.locator(f"nav a[href='/app{path}']:visible").first.click()
    expect(worker.page).to_have_url(re.compile(re.escape(f"/app{path}") + "$"))


def count_named(family: str) -> int:
    """How many children of this family name there are on the server."""
    from cpims.records.models import Record

    return Record.objects.filter(data__name_last=family).count()


def answer_of(case_id: str, name: str) -> Any:
    """What the server holds."""
    from cpims.records.models import Record

    return Record.objects.get(id=case_id).data.get(name)


def fill_registration(worker: Worker, family: str) -> None:
    """The shortest registration there is, up to the button."""
    worker.go("/cases/new")
    worker.page.locator("main input").first.fill(f"Noor {family}")
    worker.button("casefile.new.go_on").click()
    worker.choose("interview_subject", "caregiver")
    worker.page.locator("#answer-consent_for_services").check()
    worker.answer("name_first", "Noor")
    worker.answer("name_last", family)
    worker.choose("sex", "female")
    worker.answer("age", "9")
    worker.choose("safe_to_contact", "no_phone")
    worker.pick("protection_concerns", ["Physical or emotional" if worker.locale == "en" else "إيذاء جسدي"])
    worker.choose("urgent_protection_concern", "false")
    worker.choose("risk_level", "high")
    worker.answer("rapid_risk_level_reasons", "works in a brick kiln")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_child_registered_without_a_network_is_sent_once(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    """Even when the answer to the first try is lost on the way back."""
    family = {"en": "Offlineson", "ar": "البعيدي"}[locale]
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    fill_registration(amina, family)
    amina.context.set_offline(True)
    amina.button("casefile.register").click()
    expect(page).to_have_url(re.compile(r"/app/cases/[0-9a-f-]{36}"))
    expect(page.locator("main h1").first).to_contain_text(family)
    amina.look("case on the device only")
    tap(amina, "/outbox")
    expect(page.locator("main")).to_contain_text(amina.text("state.waiting"))
    amina.look("outbox offline")
    page.reload()
    expect(page.locator("main")).to_contain_text(amina.text("state.waiting"))
    tap(amina, "/cases")
    expect(page.locator("main")).to_contain_text(family)
    assert count_named(family) == 0

    lost: list[str] = []

    def lose_first_answer(route: Route) -> None:
        if not lost:
            route.fetch()
            lost.append(route.request.post_data_json["items"][0]["id"])
            route.abort()
        else:
            route.fallback()

    sent: list[list[str]] = []
    page.on(
        "request",
        lambda r: sent.append([one["id"] for one in r.post_data_json["items"]]) if r.url.endswith(DELIVER) else None,
    )
    amina.context.route(f"**{DELIVER}", lose_first_answer)
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    expect(page.locator("main")).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    assert len(sent) > 1 and all(ids == lost for ids in sent)
    assert count_named(family) == 1
    amina.close()


def test_the_app_opens_without_a_network(browser: Browser, demo_site: LiveServer) -> None:
    """A reload in the field brings the shell back, signed in, with its words."""
    amina = Worker(browser, demo_site.url, width=360, locale="ar")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    amina.go("/account")
    expect(amina.page.locator("main")).to_contain_text("amina")
    amina.context.set_offline(True)
    for path in ("/", "/outbox", "/account"):
        amina.page.goto(f"{demo_site.url}/app{path}")
        expect(amina.page.locator("main h1").first).to_be_visible()
        expect(amina.page.locator("html")).to_have_attribute("lang", "ar")
        assert amina.page.locator("input[name=password]").count() == 0
    expect(amina.page.locator("main")).to_contain_text("amina")
    amina.look("account offline")
    amina.close()


def leave(worker: Worker) -> None:
    """Sign out by the menu."""
    worker.page.locator("header").get_by_role("button", name=worker.text("shell.account")).click()
    worker.page.get_by_role("menuitem", name=worker.text("shell.sign_out")).click()
    expect(worker.page.locator("input[name=password]")).to_be_visible()


def come(worker: Worker, name: str) -> None:
    """Sign in on the page that is there."""
    worker.page.locator("input[name=username]").fill(name)
    worker.page.locator("input[name=password]").fill("lantern-under-olive-tree")
    worker.page.keyboard.press("Enter")
    expect(worker.page.locator("input[name=password]")).to_have_count(0)
    expect(worker.page.locator("main h1").first).to_be_visible()


def test_on_a_shared_tablet_unsent_work_stays_its_authors(browser: Browser, demo_site: LiveServer) -> None:
    """Bilal neither sees nor sends what Amina has not sent; when she is back it goes out as hers."""
    tablet = Worker(browser, demo_site.url, width=768, locale="en")
    page = tablet.page
    tablet.sign_in("amina")
    path = one_of_mine(tablet, skip=2)
    case_id = path.removeprefix("/cases/")
    before = answer_of(case_id, "name_nickname")
    tablet.go(f"{path}/basic_identity/edit")
    tablet.answer("name_nickname", "Tabletta")
    tablet.context.set_offline(True)
    tablet.button("casefile.save").click()
    anyway = page.get_by_role("button", name=tablet.text("casefile.save_anyway"), exact=True)
    waiting = page.get_by_text(tablet.text("casefile.saved_here"))
    expect(anyway.or_(waiting).first).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(waiting).to_be_visible()
    leave(tablet)

    written: list[Request] = []
    page.on("request", lambda r: written.append(r) if r.url.endswith(DELIVER) else None)
    tablet.context.set_offline(False)
    come(tablet, "bilal")
    tap(tablet, "/outbox")
    expect(page.locator("main")).to_contain_text(tablet.text("outbox.empty.title"))
    page.wait_for_timeout(500)
    expect(page.locator("body")).not_to_contain_text("Tabletta")
    assert written == [] and answer_of(case_id, "name_nickname") == before
    leave(tablet)

    with page.expect_response(is_delivery) as sent:
        come(tablet, "amina")
    assert outcome(sent.value) == 200
    page.wait_for_load_state("networkidle")
    assert answer_of(case_id, "name_nickname") == "Tabletta"
    changes = page.evaluate(
        "async (id) => (await (await fetch(`/api/v2/cases/${id}/record_history`)).json()).data", case_id
    )
    assert changes[0]["user_name"] == "amina" and "name_nickname" in changes[0]["record_changes"][0]
    tablet.close()


def refuse_nickname(route: Route) -> None:
    """The server does not take this answer."""
    problem = {"pointer": "/name_nickname", "code": "invalid_text", "params": {}}
    error = {"status": 422, "resource": "/api/v2/cases", "message": "Invalid Record JSON", "code": "record.invalid"}
    told = [
        {"id": item["id"], "outcome": "refused", "record": item["arguments"]["case_id"], "replayed": False}
        | {"errors": [{**error, "detail": ["/name_nickname"], "problems": [problem]}]}
        for item in route.request.post_data_json["items"]
    ]
    route.fulfill(status=200, content_type="application/json", body=json.dumps({"data": told, "metadata": {}}))


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_refused_change_is_marked_and_corrected_in_two_taps(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    amina.context.route(f"**{DELIVER}", refuse_nickname)
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", "Wrong")
    assert amina.save() == 422
    main = page.locator("main")
    expect(main).to_contain_text(amina.text("renderer.problem.invalid_text"))
    expect(page.locator("body")).not_to_contain_text("Invalid Record JSON")
    amina.look("refused")
    page.wait_for_timeout(700)
    amina.go("/cases?mine=1&sort=changed")
    row = page.locator("main").get_by_text(amina.text("state.refused"), exact=True)
    expect(row.first).to_be_visible()
    amina.go("/outbox")
    expect(main).to_contain_text(amina.text("renderer.problem.invalid_text"))
    expect(main).to_contain_text({"en": "Called at home", "ar": "الاسم المتداول في البيت"}[locale])
    amina.look("outbox with a refused item")
    amina.context.unroute(f"**{DELIVER}")

    amina.page.get_by_role("link", name=amina.text("outbox.correct"), exact=True).click()
    expect(page.locator("#answer-name_nickname")).to_be_focused()
    expect(page.locator("#answer-name_nickname")).to_have_value("Wrong")
    page.locator("#answer-name_nickname").fill(f"Right {locale}")
    with page.expect_response(is_delivery) as sent:
        amina.button("casefile.save").click()
    assert outcome(sent.value) == 200
    assert answer_of(case_id, "name_nickname") == f"Right {locale}"
    tap(amina, "/outbox")
    expect(main).not_to_contain_text(amina.text("renderer.problem.invalid_text"))
    amina.close()


def test_where_she_taps_while_it_is_saved_is_where_she_goes(browser: Browser, demo_site: LiveServer) -> None:
    """The answer comes late; she has gone on to the outbox meanwhile, and is not called back to the case."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page = amina.page
    amina.sign_in("amina")
    path = complete_case(amina)
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", "On her way")
    held: list[Route] = []
    amina.context.route(f"**{DELIVER}", lambda route: held.append(route))
    amina.button("casefile.save").click()
    page.wait_for_function("() => document.querySelector('main [aria-busy=true]') !== null")
    page.locator("nav a[href='/app/outbox']:visible").first.click()
    with page.expect_response(is_delivery):
        for route in held:
            route.continue_()
    expect(page).to_have_url(re.compile("/app/outbox$"))
    expect(page.locator("main h1")).to_have_text(amina.words["outbox.title"])
    expect(page.locator("main")).to_contain_text(amina.text("state.confirmed"))
    expect(page).to_have_url(re.compile("/app/outbox$"))
    amina.close()


def complete_case(worker: Worker) -> str:
    """The address of one of her cases in which no required answer is missing and no name is protected."""
    for skip in range(15):
        path = one_of_mine(worker, skip=skip)
        with worker.page.expect_response(
            lambda r: CASES.search(r.url) is not None and r.request.method == "GET"
        ) as got:
            worker.go(path)
        told = got.value.json()
        if not told["metadata"]["incomplete"] and told["data"].get("hidden_name") is not True:
            return path
    raise AssertionError("every case misses something")
