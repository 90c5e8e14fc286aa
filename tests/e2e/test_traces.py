"""What lies on a device for somebody who copies it, and what is left when an account is taken off it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Response, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import DELIVER, Worker
from tests.e2e.test_devices import HELD, events_of, registered
from tests.e2e.test_offline import come, leave, tap, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.e2e.test_work import one_of_mine
from tests.e2e.vault import DUMP, opened, set_pin, type_in
from tests.running import LiveServer


def is_farewell(response: Response) -> bool:
    """Is this the answer to a device that says that it is empty?"""
    return response.url.endswith("/devices/contact") and (response.request.post_data_json or {}).get("wiped") is True


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
    save_offline(amina)
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


def owners_here(worker: Worker) -> int:
    """How many accounts have a vault on this device."""
    found = worker.page.evaluate(DUMP)["seen"]
    wrapped = next((one["all"] for one in found if one["store"] == "wrappings"), [])
    return len({one["owner"] for one in wrapped})


def remove_here(worker: Worker, name: str | None = None) -> Any:
    """She asks for everything of an account to go; the sheet in which it is said."""
    worker.button("vault.remove.mine" if name is None else "vault.remove.locked").click()
    sheet = worker.page.locator("dialog[open]")
    expect(sheet).to_be_visible()
    worker.look("remove here")
    if name is not None:
        sheet.locator("input").fill(name)
    sheet.get_by_role("button", name=worker.text("vault.remove.go"), exact=True).click()
    return sheet


def test_who_cannot_open_it_removes_an_accounts_data_and_no_other(
    browser: Browser, demo_site: LiveServer, demo_db: None
) -> None:
    """Nobody is signed in; the server revokes this device for that account at once, and for no other."""
    tablet = Worker(browser, demo_site.url, width=768, locale="en")
    page = tablet.page
    device = registered(tablet, "amina")
    leave(tablet)
    come(tablet, "bilal")
    leave(tablet)
    assert owners_here(tablet) == 2
    with page.expect_response(is_farewell) as told:
        sheet = remove_here(tablet, "amina")
    assert told.value.status == 200
    expect(sheet).to_contain_text("Nothing of this account is left on this device")
    assert owners_here(tablet) == 1
    assert events_of(device) == [("device.registered", "amina"), ("device.revoked", "amina"), ("device.wiped", "amina")]
    sheet.get_by_role("button").first.click()
    tablet.context.set_offline(True)
    type_in(page, "amina", FIXED_PASSWORD)
    expect(page.locator("main")).to_contain_text(tablet.text("vault.alone.wrong"))
    type_in(page, "bilal", FIXED_PASSWORD)
    opened(page)
    tablet.context.set_offline(False)
    tablet.sign_in("bilal")
    tablet.go("/devices")
    card = page.locator("main section").filter(has_text=tablet.text("devices.here"))
    expect(card.last).to_contain_text(tablet.text("devices.state.active"))
    tablet.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_she_takes_her_things_off_the_device_in_her_hands(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str
) -> None:
    """Unsent work is handed over first; without a network nothing goes unasked, and the server hears of it later."""
    from cpims.accounts.models import Device
    from cpims.sync.models import Handover

    phone = Worker(browser, demo_site.url, width=360, locale=locale)
    page = phone.page
    device = registered(phone, "amina")
    with_app_on_the_device(phone)
    path = one_of_mine(phone, skip=3)
    phone.go(f"{path}/basic_identity/edit")
    phone.answer("name_nickname", f"Last word {locale}")
    phone.context.set_offline(True)
    save_offline(phone)
    tap(phone, "/account")
    sheet = remove_here(phone)
    expect(sheet.get_by_role("alert")).to_contain_text({"en": "One change was never sent", "ar": "تغيير"}[locale])
    phone.look("what would be lost")
    assert owners_here(phone) == 1 and Device.objects.get(pk=device).revoked_at is None
    sheet.get_by_role("button", name=phone.text("vault.remove.keep"), exact=True).click()
    # The network is there, but not for what is delivered: the letters for the server alone go through.
    phone.context.route(f"**{DELIVER}", lambda route: route.abort())
    phone.context.set_offline(False)
    with page.expect_response(is_farewell) as told:
        remove_here(phone)
    assert told.value.status == 200
    expect(page.locator("input[name=password]")).to_be_visible()
    page.wait_for_function(f"async () => Object.keys(await ({HELD})()).length === 0")
    assert Handover.objects.filter(device_id=device, user__user_name="amina").count() == 1
    assert [name for name, _ in events_of(device)] == [
        "device.registered", "device.handed_over", "device.revoked", "device.wiped",
    ]  # fmt: skip
    assert Device.objects.get(pk=device).revoked_by == "amina"
    phone.context.unroute(f"**{DELIVER}")

    # Again, with nothing unsent and no network: gone at once, told when the network is back.
    second = registered(phone, "amina")
    with_app_on_the_device(phone)
    phone.go("/account")
    phone.context.set_offline(True)
    remove_here(phone)
    expect(page.locator("input[name=password]")).to_be_visible()
    page.wait_for_function(f"async () => Object.keys(await ({HELD})()).join() === 'open'")
    assert owners_here(phone) == 0 and Device.objects.get(pk=second).revoked_at is None
    with page.expect_response(is_farewell) as late:
        phone.context.set_offline(False)
    assert late.value.status == 200
    assert [name for name, _ in events_of(second)] == ["device.registered", "device.revoked", "device.wiped"]
    page.wait_for_function(f"async () => Object.keys(await ({HELD})()).length === 0")
    phone.sign_in("amina")
    phone.close()


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
