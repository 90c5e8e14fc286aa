"""Sessions end, devices reload: what one was doing, reads in, and likes to look at is still there."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker, is_delivery, outcome, words
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

BACKGROUND = "() => getComputedStyle(document.documentElement).backgroundColor"


def press(control: Locator) -> None:
    """Press it, even when the app has asked for something of its own meanwhile and the sheet stands over it already."""
    control.evaluate("(one) => one.click()")


def test_an_ended_session_loses_nothing_and_goes_on(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page = amina.page
    amina.sign_in("amina")
    path = one_of_mine(amina, skip=3)
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", "Tireless")
    amina.context.clear_cookies(name="_app_session")
    press(page.locator(f"main nav a[href='/app{path}/history']"))
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text(amina.text("signin.again.title"))
    amina.look("sign in again")
    assert sheet.locator("input[name=username]").input_value() == "amina"
    sheet.locator("input[name=password]").fill("not this one at all")
    page.keyboard.press("Enter")
    expect(sheet).to_contain_text(amina.text("signin.wrong"))
    sheet.locator("input[name=password]").fill(FIXED_PASSWORD)
    page.keyboard.press("Enter")
    expect(sheet).to_have_count(0)
    expect(page).to_have_url(re.compile(f"{path}/history"))
    expect(page.locator("main section ol", has_text=amina.text("casefile.history.create"))).to_be_visible()
    amina.page.go_back()
    expect(page.locator("#answer-name_nickname")).to_have_value("Tireless")

    amina.context.clear_cookies(name="_app_session")
    press(page.get_by_role("button", name=amina.words["casefile.save"], exact=True))
    anyway = page.get_by_role("button", name=amina.text("casefile.save_anyway"), exact=True)
    expect(anyway.or_(sheet).first).to_be_visible()
    if anyway.count():
        press(anyway)
    expect(sheet).to_contain_text(amina.text("signin.again.title"))
    sheet.locator("input[name=password]").fill(FIXED_PASSWORD)
    with page.expect_response(lambda r: is_delivery(r) and r.status == 200) as sent:
        page.keyboard.press("Enter")
    assert outcome(sent.value) == 200
    amina.go(f"{path}/basic_identity")
    expect(page.locator("main")).to_contain_text("Tireless")
    amina.close()


def test_language_and_look_outlive_reload_and_sign_out(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page = amina.page
    amina.sign_in("amina")
    html = page.locator("html")
    light = page.evaluate(BACKGROUND)

    def menu(name: str) -> None:
        page.locator("header button[aria-haspopup=menu]").click()
        page.locator("[popover]:popover-open [role^=menuitem]").filter(has_text=re.compile(f"^{name}$")).click()

    menu("العربية")
    expect(html).to_have_attribute("lang", "ar")
    amina.locale = "ar"
    amina.words = words("ar")
    menu(amina.text("account.theme.dark"))
    page.reload()
    for _ in range(2):
        expect(page.locator("main h1").first).to_be_visible()
        expect(html).to_have_attribute("lang", "ar")
        expect(html).to_have_attribute("dir", "rtl")
        expect(html).to_have_attribute("data-theme", "dark")
        assert page.evaluate(BACKGROUND) != light
        if page.locator("input[name=password]").count() == 0:
            menu(amina.text("shell.sign_out"))
            expect(page.locator("input[name=password]")).to_be_visible()
            page.reload()
    amina.look("signed out, dark")
    amina.close()


def test_nothing_is_asked_that_is_bound_to_be_refused(browser: Browser, demo_site: LiveServer) -> None:
    """A refused look stands in the books; a case worker's day has none."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    refused: list[str] = []
    amina.page.on("response", lambda r: refused.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    amina.sign_in("amina")
    path = one_of_mine(amina)
    for where in ("/", "/cases", "/cases/new", path, f"{path}/basic_identity/edit", f"{path}/history", "/account"):
        amina.go(where)
        amina.page.wait_for_load_state("networkidle")
    assert refused == []
    amina.close()
