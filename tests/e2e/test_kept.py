"""The caseload on the device: what is kept opens, is found and is worked on without a network, and goes out when it is back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.screen import Worker
from tests.e2e.test_offline import fill_registration, tap, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.running import LiveServer

CASE = re.compile(r"/app/cases/([0-9a-f-]{36})")


def synced(worker: Worker) -> None:
    """Everything of hers has come to the device."""
    worker.go("/device")
    expect(worker.page.locator("dd").nth(2)).not_to_have_text(worker.text("kept.never"), timeout=30_000)
    expect(worker.button("kept.sync")).not_to_have_attribute("aria-busy", "true", timeout=30_000)
    with worker.page.expect_response(lambda r: r.url.endswith("/sync/changes")):
        worker.button("kept.sync").click()
    expect(worker.button("kept.sync")).not_to_have_attribute("aria-busy", "true", timeout=30_000)


def mine(page: Page) -> list[dict[str, Any]]:
    """The open cases that she works on, as the server has them: her own, and those that were shared with her."""
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await (await fetch('/api/v2/cases?status=open&per=100')).json()).data"
    )
    return found


def search(worker: Worker, text: str) -> None:
    """Look for somebody in the list."""
    box = worker.page.get_by_role("searchbox").first
    box.fill(text)
    box.press("Enter")


def sync_now(worker: Worker) -> None:
    """She presses Sync now, unless what waited has gone out by itself before her finger came down."""
    sync = worker.button("outbox.sync")
    expect(sync).to_be_visible()
    if sync.is_enabled():
        sync.dispatch_event("click")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_day_without_a_network(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """List, search, open, change and register in the field; back at the office all of it is confirmed."""
    family = {"en": "Fieldson", "ar": "الميداني"}[locale]
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    amina.look("this device")
    cases = mine(page)
    assert len(cases) > 1
    amina.go("/cases/new")
    expect(main.locator("input").first).to_be_visible()

    amina.context.set_offline(True)
    page.reload()
    expect(page.locator("main h1").first).to_be_visible()
    tap(amina, "/cases")
    expect(main).to_contain_text(amina.text("kept.as_of"))
    expect(main.locator(f"a[href='/app/cases/{cases[0]['id']}']")).to_be_visible()
    amina.look("list without a network")

    # What has digits in it is looked for as a number, not as a name.
    one = next(case for case in cases if str(case.get("name", "1")).replace(" ", "").isalpha())
    search(amina, one["name"])
    row = main.locator(f"a[href='/app/cases/{one['id']}']")
    expect(row).to_be_visible()
    row.click()
    expect(page.locator("main h1").first).to_contain_text(one["name"])
    expect(main).to_contain_text(amina.text("kept.pin"))
    amina.look("a kept case without a network")

    page.goto(f"{demo_site.url}/app/cases/{one['id']}/basic_identity/edit")
    amina.answer("name_nickname", f"Field {locale}")
    save_offline(amina)

    amina.go("/cases/new")
    main.locator("input").first.fill(one["name"])
    likely = main.locator(f"a[href='/app/cases/{one['id']}']")
    expect(likely).to_be_visible()
    expect(likely).to_contain_text(amina.text("casefile.likely.same_name"))
    fill_registration(amina, family)
    amina.button("casefile.register").click()
    expect(page).to_have_url(CASE)
    found = CASE.search(page.url)
    assert found is not None
    fresh = found.group(1)

    amina.context.set_offline(False)
    tap(amina, "/outbox")
    sync_now(amina)
    expect(main).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    expect(main).not_to_contain_text(amina.text("state.waiting"))
    told = page.evaluate("async (id) => (await (await fetch(`/api/v2/cases/${id}`)).json()).data", one["id"])
    assert told["name_nickname"] == f"Field {locale}"
    assert page.evaluate("async (id) => (await fetch(`/api/v2/cases/${id}`)).status", fresh) == 200

    # What was sent stays on the device: without the network again, both are there as they were left.
    amina.context.set_offline(True)
    amina.go(f"/cases/{fresh}")
    expect(page.locator("main h1").first).to_contain_text(family)
    amina.close()


def test_a_case_that_is_not_kept_says_so_and_can_be_pinned(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    closed = page.evaluate(
        "async () => (await (await fetch('/api/v2/cases?status=closed&per=10&page=1')).json()).data.map((one) => one.id)"
    )
    path = f"/cases/{closed[0]}"
    amina.go(path)
    expect(main.get_by_role("button", name=amina.text("kept.pin"))).to_be_visible()
    amina.go("/cases")
    amina.context.set_offline(True)
    page.goto(f"{demo_site.url}/app{path}")
    expect(main).to_contain_text(amina.text("kept.missing.title"))
    amina.look("a case that is not kept")

    amina.context.set_offline(False)
    pin = main.get_by_role("button", name=amina.text("kept.pin"), exact=True)
    with page.expect_response(lambda r: r.url.endswith("/sync/changes") and closed[0] in (r.request.post_data or "")):
        pin.click()
    expect(main.get_by_role("button", name=amina.text("kept.pin.on"), exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    synced(amina)
    amina.context.set_offline(True)
    page.goto(f"{demo_site.url}/app{path}")
    expect(main.get_by_role("button", name=amina.text("kept.pin.on"), exact=True)).to_be_visible()
    amina.close()


def test_a_child_registered_without_the_server_is_looked_for_once_it_is_back(
    browser: Browser, demo_site: LiveServer
) -> None:
    """Somebody else's search could not help her in the field; the same child is shown on the new case."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    known: list[str] = []
    for is_there in (True, False):
        amina.context.set_offline(not is_there)
        fill_registration(amina, "Twiceborn")
        amina.button("casefile.register").click()
        expect(page).to_have_url(CASE)
        found = CASE.search(page.url)
        assert found is not None
        known.append(found.group(1))
    expect(main).not_to_contain_text(amina.text("kept.check.title"))
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    sync_now(amina)
    expect(main).not_to_contain_text(amina.text("state.waiting"))
    tap(amina, "/")
    main.get_by_role("link", name=amina.text("kept.home.check.go")).click()
    expect(page).to_have_url(re.compile(known[1]))
    expect(main).to_contain_text(amina.text("kept.check.title"))
    expect(main.locator(f"a[href='/app/cases/{known[0]}']")).to_be_visible()
    amina.look("a registration to be looked at")
    amina.button("kept.check.done").click()
    expect(main).not_to_contain_text(amina.text("kept.check.title"))
    page.reload()
    expect(page.locator("main h1").first).to_contain_text("Twiceborn")
    expect(main).not_to_contain_text(amina.text("kept.check.title"))
    amina.close()


#: A telephone whose browser grants so little that three cases fit: the published number follows the room there is.
LITTLE_ROOM = "navigator.storage.estimate = async () => ({ usage: 10_000, quota: 96_000 })"


@pytest.mark.parametrize(("locale", "width"), [("en", 360), ("ar", 1280)])
def test_at_the_published_number_she_is_told_what_is_not_kept(
    browser: Browser, demo_site: LiveServer, locale: str, width: int
) -> None:
    """The cases that changed last are kept; she pins the one that she needs, and another makes room for it."""
    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.context.add_init_script(LITTLE_ROOM)
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    hers = sorted(mine(page), key=lambda one: one["last_updated_at"], reverse=True)
    assert len(hers) > 4
    full = main.locator("div").filter(has_text=amina.words["kept.full.text"].split("{")[0].strip()).last
    expect(full).to_contain_text(amina.words["kept.full.text"].split("{budget, number}")[1].strip())
    expect(full).to_contain_text({"en": "at most 3 cases", "ar": "3"}[locale])
    expect(main).to_contain_text(str(len(hers) - 3) if locale == "en" else re.compile(r"\d|[٠-٩]"))
    amina.look("the published number is reached")
    needed = f"/cases/{hers[-1]['id']}"

    def is_kept(path: str) -> bool:
        amina.context.set_offline(True)
        amina.go("/cases")
        page.goto(f"{demo_site.url}/app{path}")
        missing = main.get_by_text(amina.text("kept.missing.title"))
        pin = main.get_by_role("button", name=amina.text("kept.pin.on"), exact=True)
        expect(missing.or_(main.locator("#section-title, h2").first).or_(pin).first).to_be_visible()
        kept = not missing.is_visible()
        amina.context.set_offline(False)
        return kept

    assert not is_kept(needed)
    amina.go(needed)
    with page.expect_response(
        lambda r: r.url.endswith("/sync/changes") and hers[-1]["id"] in (r.request.post_data or "")
    ):
        main.get_by_role("button", name=amina.text("kept.pin"), exact=True).click()
    synced(amina)
    assert is_kept(needed)
    amina.go("/device")
    expect(full).to_be_visible()
    expect(main.locator("dd").first).to_contain_text({"en": "3", "ar": re.compile("3|٣|ثلاث")}[locale])
    amina.close()


def test_what_is_taken_from_her_leaves_the_device(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    """Somebody else owns the case now: at the next sync it is gone from the device, and offline it stays gone."""
    from cpims.accounts.models import User
    from cpims.audit.actions import record as write_down
    from cpims.audit.actions import seal_books
    from cpims.lib.clock import now
    from cpims.records.actions.writing import own
    from cpims.records.events import OwnerMoved
    from cpims.records.models import Record
    from tests.cast import viewer

    amina = Worker(browser, demo_site.url, width=768, locale="en")
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    case_id = mine(page)[-1]["id"]
    dawit = User.objects.get(user_name="dawit")
    case = Record.objects.get(pk=case_id)
    own(case, dawit, sorted(dawit.groups.values_list("unique_id", flat=True)))
    case.revision += 1
    case.save()
    write_down(OwnerMoved(record=case.id, revision=case.revision), actor=viewer("farid"), at=now())
    seal_books()
    with page.expect_response(lambda r: r.url.endswith("/sync/changes")) as told:
        amina.button("kept.sync").click()
    assert case_id in [one["id"] for one in told.value.json()["data"]["gone"]]
    expect(amina.button("kept.sync")).not_to_have_attribute("aria-busy", "true")
    amina.context.set_offline(True)
    page.goto(f"{demo_site.url}/app/cases/{case_id}")
    expect(main).to_contain_text(amina.text("kept.missing.title"))
    amina.go("/cases")
    expect(main.locator(f"a[href='/app/cases/{case_id}']")).to_have_count(0)
    amina.close()
