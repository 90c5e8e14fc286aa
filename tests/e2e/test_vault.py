"""The vault of a device: who opens it, what closes it, and what lies there for somebody who copies it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker
from tests.e2e.test_offline import come, leave, tap, with_app_on_the_device
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

PASSWORD = "input[name=password]"
DUMP = """async () => {
  const keys = [];
  const seen = [];
  const look = (value, where) => {
    if (value instanceof CryptoKey) { keys.push(where); return '[key]'; }
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
    if (Array.isArray(value)) return value.map((one, i) => look(one, `${where}/${i}`));
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, look(v, `${where}/${k}`)]));
    return value;
  };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((ok, no) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => ok(request.result);
      request.onerror = () => no(request.error);
    });
    for (const store of db.objectStoreNames) {
      const all = await new Promise((ok) => {
        const request = db.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => ok(request.result);
      });
      seen.push({ name, store, all: all.map((one) => look(one, `${name}/${store}`)) });
    }
    db.close();
  }
  const cached = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
  return { keys, seen, cached, local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage) };
}"""


def opened(page: Page) -> None:
    """The shell is there and nobody asks for a password."""
    expect(page.locator("main h1").first).to_be_visible()
    expect(page.locator(PASSWORD)).to_have_count(0)
    expect(page.locator("nav a[href='/app/account']:visible").first).to_be_visible()


def locked(page: Page) -> None:
    """The sign-in screen is there."""
    expect(page.locator("input[name=username]")).to_be_visible()


def type_in(page: Page, name: str, password: str) -> None:
    """Name and password on the page that is there."""
    page.locator("input[name=username]").fill(name)
    page.locator(PASSWORD).fill(password)
    page.keyboard.press("Enter")


def asked_to_sign_in(page: Page) -> list[str]:
    """Every sign-in that this page sends to the server from now on."""
    sent: list[str] = []
    page.on(
        "request", lambda r: sent.append(r.url) if r.url.endswith("/api/v2/tokens") and r.method == "POST" else None
    )
    return sent


def closed_and_opened_again(worker: Worker) -> Page:
    """She closes the tab and opens the app in another one."""
    worker.page.close()
    worker.page = worker.context.new_page()
    worker.page.on("pageerror", lambda error: worker.problems.append(str(error)))
    worker.page.goto(f"{worker.url}/app/")
    return worker.page


def set_pin(worker: Worker, pin: str) -> None:
    """On the account page."""
    worker.go("/account")
    worker.button("vault.pin.set").click()
    boxes = worker.page.locator("input[inputmode=numeric]")
    boxes.nth(0).fill(pin)
    boxes.nth(1).fill(pin)
    worker.button("vault.pin.save").click()
    expect(worker.button("vault.pin.change")).to_be_visible()


def lock_by_menu(worker: Worker) -> None:
    """She turns away from the device."""
    worker.page.locator("header").get_by_role("button", name=worker.text("shell.account")).click()
    worker.page.get_by_role("menuitem", name=worker.text("shell.lock")).click()


def test_a_reload_and_a_further_window_do_not_ask_again_and_a_closed_tab_does(
    browser: Browser, demo_site: LiveServer
) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    for _ in range(3):
        amina.page.reload()
        opened(amina.page)
    second = amina.context.new_page()
    second.goto(f"{demo_site.url}/app/cases")
    opened(second)
    amina.page.close()
    second.reload()
    opened(second)
    amina.page = second
    page = closed_and_opened_again(amina)
    locked(page)
    expect(page.locator("body")).not_to_contain_text("amina")
    sent = asked_to_sign_in(page)
    type_in(page, "amina", FIXED_PASSWORD)
    opened(page)
    assert sent == [], "the session lives: the device alone tells whether the password is right"
    assert page.evaluate("async () => (await fetch('/api/cpims/v1/session')).status") == 200
    amina.close()


def test_a_wrong_password_is_no_way_in_while_the_session_lives(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    page = closed_and_opened_again(amina)
    type_in(page, "amina", "not this one at all")
    expect(page.locator("main")).to_contain_text(amina.text("signin.wrong"))
    locked(page)
    amina.look("wrong password")
    type_in(page, "amina", FIXED_PASSWORD)
    opened(page)
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_cold_start_without_a_network_opens_by_the_password(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    amina.context.set_offline(True)
    page = closed_and_opened_again(amina)
    locked(page)
    expect(page.locator("html")).to_have_attribute("lang", locale)
    expect(page.locator("main")).to_contain_text(amina.text("vault.alone"))
    amina.look("unlock offline")
    type_in(page, "amina", "not this one at all")
    expect(page.locator("main")).to_contain_text(amina.text("vault.alone.wrong"))
    type_in(page, "bilal", FIXED_PASSWORD)
    expect(page.locator("main")).to_contain_text(amina.text("vault.alone.wrong"))
    type_in(page, "amina", FIXED_PASSWORD)
    opened(page)
    page.reload()
    opened(page)
    amina.context.set_offline(False)
    tap(amina, "/cases")
    expect(page.locator("main a[href*='/app/cases/']").first).to_be_visible()
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_pin_opens_the_screen_and_five_wrong_ones_close_the_vault(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    set_pin(amina, "4711")
    amina.look("account with a PIN")
    lock_by_menu(amina)
    pin = page.locator("input[inputmode=numeric]")
    expect(pin).to_be_focused()
    expect(page.locator("body")).not_to_contain_text("amina")
    amina.look("locked by PIN")
    pin.fill("٤٧١١" if locale == "ar" else "4711")
    page.keyboard.press("Enter")
    opened(page)
    lock_by_menu(amina)
    for wrong in ("1111", "2222"):
        pin.fill(wrong)
        page.keyboard.press("Enter")
        expect(pin).to_have_value("")
    page.reload()
    expect(pin).to_be_visible()
    second = amina.context.new_page()
    second.goto(f"{demo_site.url}/app/")
    expect(second.locator("input[inputmode=numeric]")).to_be_visible()
    for wrong in ("3333", "5555", "6666"):
        pin.fill(wrong)
        page.keyboard.press("Enter")
        expect(pin.or_(page.locator("input[name=username]")).first).to_have_value("")
    locked(page)
    expect(page.locator("main")).to_contain_text(amina.text("signin.reason.pin"))
    locked(second)
    page.reload()
    locked(page)
    type_in(page, "amina", FIXED_PASSWORD)
    opened(page)
    amina.close()


def test_who_forgot_the_pin_has_the_password(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page = amina.page
    amina.sign_in("amina")
    set_pin(amina, "12345678")
    lock_by_menu(amina)
    amina.button("vault.lock.by_password").click()
    box = page.locator("input[autocomplete=current-password]")
    box.fill("not this one at all")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(amina.text("vault.lock.password.wrong"))
    box.fill(FIXED_PASSWORD)
    page.keyboard.press("Enter")
    opened(page)
    amina.close()


def test_the_screen_is_covered_at_once(browser: Browser, demo_site: LiveServer) -> None:
    """By the button or Escape twice; it lifts by a tap, or by the PIN when she set it so."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page = amina.page
    amina.sign_in("amina")
    amina.go("/cases")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    lift = page.get_by_role("button", name=amina.text("shell.privacy.lift"))
    expect(lift).to_be_focused()
    assert page.locator("main").count() == 0
    page.keyboard.press("Enter")
    opened(page)
    set_pin(amina, "4711")
    page.get_by_role("radio", name=amina.text("vault.cover.pin")).check()
    page.get_by_role("button", name=amina.text("shell.privacy")).click()
    expect(page.locator("input[inputmode=numeric]")).to_be_focused()
    page.keyboard.type("4711")
    page.keyboard.press("Enter")
    opened(page)
    amina.close()


def test_a_copied_profile_holds_no_key_and_nothing_of_a_child(browser: Browser, demo_site: LiveServer) -> None:
    """While she works, with a draft and an unsent change on the device, and after she locked it."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page = amina.page
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    path = one_of_mine(amina, skip=4)
    amina.go(f"{path}/basic_identity/edit")
    name = page.locator("main h1").first.inner_text()
    amina.context.set_offline(True)
    amina.answer("name_nickname", "Zarandooz")
    amina.button("casefile.save").click()
    anyway = page.get_by_role("button", name=amina.text("casefile.save_anyway"), exact=True)
    waiting = page.get_by_text(amina.text("casefile.saved_here"))
    expect(anyway.or_(waiting).first).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(waiting).to_be_visible()
    set_pin(amina, "4711")
    for dumped in (page.evaluate(DUMP), locked_dump(amina)):
        held: dict[str, Any] = dumped
        assert held["keys"] == []
        stores = {one["store"] for one in held["seen"]}
        assert {"sealed", "wrappings"} <= stores and "live" not in stores
        assert any(one["store"] == "sealed" and one["all"] for one in held["seen"])
        everything = json.dumps(held, ensure_ascii=False)
        for word in ("Zarandooz", "amina", FIXED_PASSWORD, '4711"', *(part for part in name.split() if len(part) > 3)):
            assert word not in everything, f"{word} lies in the open"
        assert [url for url in held["cached"] if "/api/" in url] == []
    assert re.search(r"[A-Z]\w+ed\b", page.title()) is None
    assert name not in page.title()
    amina.close()


def locked_dump(worker: Worker) -> dict[str, Any]:
    """What lies there after she signed out."""
    leave(worker)
    found: dict[str, Any] = worker.page.evaluate(DUMP)
    return found


def test_a_passkey_opens_after_a_cold_start_without_a_network(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url.replace("127.0.0.1", "localhost"), width=360, locale="en")
    virtual = amina.context.new_cdp_session(amina.page)
    authenticator = with_authenticator(virtual)
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    amina.go("/account")
    amina.button("vault.passkey.add").click()
    amina.page.get_by_label(amina.text("vault.passkey.name"), exact=True).fill("my thumb")
    amina.page.locator("form").filter(has=amina.button("vault.passkey.go")).locator("input[type=password]").fill(
        FIXED_PASSWORD
    )
    amina.button("vault.passkey.go").click()
    expect(amina.page.locator("main")).to_contain_text("my thumb")
    amina.look("account with a passkey")
    lock_by_menu(amina)
    amina.context.set_offline(True)
    page = amina.page
    page.reload()
    locked(page)
    amina.look("unlock with a passkey")
    amina.button("vault.passkey.open").click()
    opened(page)
    lock_by_menu(amina)
    virtual.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    amina.button("vault.passkey.open").click()
    expect(page.locator("main")).to_contain_text(amina.text("vault.passkey.failed"))
    locked(page)
    type_in(page, "amina", FIXED_PASSWORD)
    opened(page)
    amina.context.set_offline(False)
    tap(amina, "/cases")
    expect(page.locator("main a[href*='/app/cases/']").first).to_be_visible()
    amina.close()


def with_authenticator(virtual: Any) -> str:
    """The fingerprint reader of a phone, as far as the browser can tell."""
    virtual.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
        "hasPrf": True,
    }
    made: str = virtual.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return made


def test_who_cannot_open_it_removes_an_accounts_data_and_no_other(browser: Browser, demo_site: LiveServer) -> None:
    tablet = Worker(browser, demo_site.url, width=768, locale="en")
    page = tablet.page
    tablet.sign_in("amina")
    leave(tablet)
    come(tablet, "bilal")
    leave(tablet)

    def owners() -> int:
        found = page.evaluate(DUMP)["seen"]
        wrapped = next(one["all"] for one in found if one["store"] == "wrappings")
        return len({one["owner"] for one in wrapped})

    assert owners() == 2
    tablet.button("vault.remove.locked").click()
    sheet = page.locator("dialog[open]")
    tablet.look("remove here")
    sheet.locator("input").fill("amina")
    sheet.get_by_role("button", name=tablet.text("vault.remove.go"), exact=True).click()
    expect(sheet).to_contain_text("Nothing of this account is left on this device")
    assert owners() == 1
    sheet.get_by_role("button").first.click()
    tablet.context.set_offline(True)
    type_in(page, "amina", FIXED_PASSWORD)
    expect(page.locator("main")).to_contain_text(tablet.text("vault.alone.wrong"))
    type_in(page, "bilal", FIXED_PASSWORD)
    opened(page)
    tablet.close()


def test_her_name_is_shown_only_when_she_chose_so(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    amina.go("/account")
    amina.page.get_by_role("checkbox", name=amina.text("vault.remember")).check()
    leave(amina)
    page = closed_and_opened_again(amina)
    expect(page.locator("input[name=username]")).to_have_value("amina")
    expect(page.locator(PASSWORD)).to_be_focused()
    page.locator(PASSWORD).fill(FIXED_PASSWORD)
    page.keyboard.press("Enter")
    opened(page)
    amina.close()


def test_only_the_language_in_use_is_kept_and_another_is_fetched_when_wanted(
    browser: Browser, demo_site: LiveServer
) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="ar")
    amina.sign_in("amina")
    with_app_on_the_device(amina)

    def kept() -> set[str]:
        urls: list[str] = amina.page.evaluate(DUMP)["cached"]
        return {found[1] for url in urls if (found := re.search(r"/assets/(en|fr|es|ar)-", url))}

    assert "ar" in kept() and not {"fr", "es"} & kept()
    amina.page.locator("header").get_by_role("button", name=amina.text("shell.account")).click()
    amina.page.get_by_role("menuitem", name="Français").or_(
        amina.page.get_by_role("menuitemradio", name="Français")
    ).first.click()
    expect(amina.page.locator("html")).to_have_attribute("lang", "fr")
    amina.context.set_offline(True)
    amina.page.reload()
    expect(amina.page.locator("html")).to_have_attribute("lang", "fr")
    assert {"ar", "fr"} <= kept() and "es" not in kept()
    amina.close()


def test_every_control_of_a_record_keeps_its_answers_from_the_browser(
    browser: Browser, demo_site: LiveServer, tmp_path: Path
) -> None:
    """No browser offers a child's name to whoever types next."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    path = one_of_mine(amina)
    for where in ("/cases/new", "/cases", f"{path}/basic_identity/edit"):
        amina.go(where)
        amina.page.wait_for_load_state("networkidle")
        open_ones = amina.page.evaluate(
            "() => [...document.querySelectorAll('input, textarea, select')]"
            ".filter((one) => one.autocomplete !== 'off').map((one) => one.outerHTML.slice(0, 160))"
        )
        assert open_ones == [], where
    amina.close()
