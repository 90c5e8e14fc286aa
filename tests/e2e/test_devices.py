"""A telephone is lost: its owner or an administrator revokes it; at its next contact it hands over and is empty."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.e2e.test_outbox import save_offline
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

HELD = """async () => {
  const held = {};
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((ok) => {
        const r = db.transaction(store).objectStore(store).count(); r.onsuccess = () => ok(r.result);
      });
      if (rows > 0) held[store] = rows;
    }
    db.close();
  }
  return held;
}"""
CONTACT = re.compile(r"/devices/contact$")


def registered(worker: Worker, name: str) -> str:
    """She signs in with a browser that nobody knows; the device that it becomes."""
    with worker.page.expect_response(
        lambda r: r.url.endswith("/cpims/v1/devices") and r.request.method == "POST"
    ) as made:
        worker.sign_in(name)
    assert made.value.status == 200
    return str(made.value.json()["data"]["id"])


def call_it(worker: Worker, name: str) -> None:
    """Give the device in her hands a name of its own."""
    worker.go("/devices")
    card = worker.page.locator("section").filter(has_text=worker.text("devices.here")).last
    card.get_by_role("button", name=worker.text("devices.rename")).click()
    sheet = worker.page.locator("dialog[open]")
    worker.look("renaming a device")
    sheet.locator("input").fill(name)
    sheet.get_by_role("button", name=worker.text("devices.save")).click()
    expect(worker.page.locator("dialog[open]")).to_have_count(0)
    expect(worker.page.locator("main h3").filter(has_text=name)).to_be_visible()


def card_of(worker: Worker, name: str) -> object:
    """The card of one device, by its name."""
    return worker.page.get_by_role("region", name=name, exact=True)


def events_of(device: str) -> list[tuple[str, str]]:
    """What the book says of a device: what happened, and who did it."""
    from cpims.audit.models import ChangeEntry
    from cpims.audit.queries import subject_key
    from cpims.lib.crypto import unseal
    from cpims.lib.json import loads

    found = []
    for row in ChangeEntry.objects.filter(event__startswith="device.").order_by("id"):
        told = loads(unseal(subject_key(None), bytes(row.payload), row.event.encode()))
        if told["about"]["device"] == device:
            found.append((row.event, row.actor_name))
    return found


def wait_for_events(worker: Worker, device: str, *expected: str) -> None:
    """Until the book says exactly this of a device: an emptied one tells it by a message of its own."""
    for _ in range(200):
        if len(events_of(device)) >= len(expected):
            break
        worker.page.wait_for_timeout(100)
    assert [name for name, _ in events_of(device)] == list(expected)


@pytest.fixture
def pictures(tmp_path: Path) -> Callable[[Worker, str], None]:
    """Keep what is seen, for whoever wants to look."""
    return lambda worker, name: worker.picture(tmp_path / f"{name}.png")


def test_a_lost_telephone_is_revoked_hands_over_and_is_empty(
    browser: Browser, demo_site: LiveServer, demo_db: None, pictures: Callable[[Worker, str], None]
) -> None:
    from cpims.records.models import Quarantine

    lost, desk = (Worker(browser, demo_site.url, width=width, locale="en") for width in (360, 1280))
    telephone = registered(lost, "amina")
    mark = f"Lost {uuid.uuid4().hex[:6]}"
    call_it(lost, mark)
    lost.look("my devices on a telephone")
    pictures(lost, "devices-360")
    path = one_of_mine(lost, skip=1)
    lost.go(f"{path}/basic_identity/edit")
    lost.answer("name_nickname", "Never sent")
    lost.context.set_offline(True)
    save_offline(lost)
    expect(lost.page.locator("header")).to_contain_text("1 waiting")

    registered(desk, "amina")
    desk.go("/devices")
    expect(card_of(desk, mark)).to_contain_text(desk.text("devices.state.active"))  # type: ignore[arg-type]
    desk.look("my devices at a desk")

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    esther.go("/devices")
    picker = esther.page.get_by_role("combobox")
    picker.fill("amina")
    esther.page.get_by_role("option").first.click()
    card = card_of(esther, mark)
    card.get_by_role("button", name=esther.text("devices.revoke")).click()  # type: ignore[attr-defined]
    esther.look("revoking somebody's device")
    pictures(esther, "revoke-1280")
    esther.page.locator("dialog[open]").get_by_role("button", name=esther.text("devices.revoke.go")).click()
    expect(card).to_contain_text(esther.text("devices.state.revoked"))  # type: ignore[arg-type]
    assert events_of(telephone)[-1] == ("device.revoked", "esther")
    assert not Quarantine.objects.filter(record_id=path.rpartition("/")[2]).exists()

    with lost.page.expect_response(
        lambda r: CONTACT.search(r.url) is not None and (r.request.post_data_json or {}).get("wiped") is True
    ) as farewell:
        lost.context.set_offline(False)
    assert farewell.value.status == 200
    expect(lost.page.locator("main")).to_contain_text(lost.text("signin.reason.revoked"))
    lost.look("a revoked telephone")
    pictures(lost, "revoked-360")
    expect(lost.page.locator("input[name=password]")).to_be_visible()
    lost.page.wait_for_function(f"async () => Object.keys(await ({HELD})()).length === 0")
    kept = Quarantine.objects.get(record_id=path.rpartition("/")[2])
    assert kept.author.user_name == "amina"
    wait_for_events(
        lost, telephone, "device.registered", "device.renamed", "device.revoked", "device.handed_over", "device.wiped"
    )

    desk.page.reload()
    expect(card_of(desk, mark)).to_contain_text(desk.text("devices.state.wiped"))  # type: ignore[arg-type]
    pictures(desk, "devices-1280")
    lost.sign_in("amina")
    again = lost.page.evaluate(HELD)
    assert "wrappings" in again
    for worker in (lost, desk, esther):
        worker.close()


def test_she_revokes_the_device_in_her_hands(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    dawit = Worker(browser, demo_site.url, width=360, locale="ar")
    device = registered(dawit, "dawit")
    dawit.go("/devices")
    dawit.look("my devices, right to left")
    dawit.button("devices.revoke").click()
    sheet = dawit.page.locator("dialog[open]")
    expect(sheet).to_contain_text(dawit.text("devices.revoke.here"))
    sheet.get_by_role("button", name=dawit.text("devices.revoke.go")).click()
    expect(dawit.page.locator("main")).to_contain_text(dawit.text("signin.reason.revoked"))
    dawit.page.wait_for_function(f"async () => Object.keys(await ({HELD})()).length === 0")
    wait_for_events(dawit, device, "device.registered", "device.revoked", "device.wiped")
    dawit.close()


def test_a_supervisor_sees_where_work_waits(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.accounts.models import Device

    bilal = Worker(browser, demo_site.url, width=360, locale="en")
    device = registered(bilal, "bilal")
    refused: list[str] = []
    bilal.page.on("response", lambda r: refused.append(r.url) if r.status >= 400 else None)
    bilal.go("/devices")
    bilal.page.wait_for_load_state("networkidle")
    assert refused == []
    expect(bilal.page.locator("#devices-team")).to_have_count(0)
    Device.objects.filter(pk=device).update(unsent=7)
    for width in (1280, 360):
        chantal = Worker(browser, demo_site.url, width=width, locale="en")
        chantal.sign_in("chantal")
        chantal.go("/devices")
        team = chantal.page.locator("section[aria-labelledby=devices-team]")
        expect(team).to_contain_text("7")
        expect(chantal.page.locator("#devices-person")).to_have_count(0)
        chantal.look("the team's devices")
        chantal.close()
    bilal.close()
