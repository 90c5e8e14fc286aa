"""The vault of a device: who opens it, and what closes it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker
from tests.e2e.test_offline import leave, tap, with_app_on_the_device
from tests.e2e.vault import (
    PASSWORD,
    asked_to_sign_in,
    closed_and_opened_again,
    lock_by_menu,
    locked,
    opened,
    set_pin,
    type_in,
)
from tests.running import LiveServer


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
