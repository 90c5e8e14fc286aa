"""A day's work, then somebody copies the telephone: no child's name lies in it, nor in an address, a title or a log."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.phone import Phone
from tests.e2e.remains import forms_of, found
from tests.e2e.test_kept import CASE, search, synced
from tests.e2e.test_offline import tap, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.e2e.vault import locked
from tests.running import LiveServer

#: Nobody is called so: a hit is a leak. With and without marks, in both scripts.
CANARIES = {
    "first": "Quarzimbela",
    "last": "المرغنطيشوف",
    "nickname": "زقفطوشان",
    "note": "Brömptxövalik",
    "subject": "Vraxolinde",
    "offline": "Tzümbarakwyn",
}
#: Put there on purpose: who finds these would have found the others.
PLANTED = {
    "Local Storage": "Plantedovaryn",
    "IndexedDB": "مزروعيتشكان",
    "IndexedDB packed": "Pressedovarek",
    "CacheStorage": "Cachedövarim",
}
PLANT = """async ([local, small, packed, cached]) => {
  localStorage.setItem('planted', local);
  const open = indexedDB.open('planted', 1);
  open.onupgradeneeded = () => open.result.createObjectStore('things');
  const db = await new Promise((ok) => { open.onsuccess = () => ok(open.result); });
  const work = db.transaction('things', 'readwrite', { durability: 'strict' });
  // Both halves come before, so that a packed value holds the whole word nowhere as it is.
  const long = packed.slice(0, 6) + '-' + packed.slice(6) + '-'.repeat(90000) + packed;
  work.objectStore('things').put({ small }, 1);
  work.objectStore('things').put({ long }, 2);
  await new Promise((ok) => { work.oncomplete = ok; });
  db.close();
  await (await caches.open('planted')).put('/planted', new Response(cached));
}"""
TITLES = """() => {
  const tell = () => window.titleSeen(document.title);
  new MutationObserver(tell).observe(document, { subtree: true, childList: true, characterData: true });
  addEventListener('DOMContentLoaded', tell);
}"""


@pytest.mark.parametrize("signs_out", [False, True], ids=["killed", "signed out"])
def test_no_name_of_a_days_work_can_be_read_in_a_copied_telephone(
    browser: Browser, demo_site: LiveServer, tmp_path: Path, signs_out: bool
) -> None:
    """Registered, noted, looked for, changed without a network, sent; with words of her own in both scripts."""
    amina = Phone(browser, demo_site.url, tmp_path / "phone", locale="ar" if signs_out else "en")
    addresses: set[str] = set()
    titles: set[str] = set()
    amina.context.expose_function("titleSeen", lambda title: titles.add(title))
    amina.context.add_init_script(f"({TITLES})()")
    amina.context.on("request", lambda request: addresses.add(request.url))
    page, main = amina.page, amina.page.locator("main")
    page.on("framenavigated", lambda frame: addresses.add(frame.url))
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    page.evaluate(PLANT, list(PLANTED.values()))
    case_id = a_days_work(amina)
    if signs_out:
        page.locator("header").get_by_role("button", name=amina.text("shell.account")).click()
        page.get_by_role("menuitem", name=amina.text("shell.sign_out")).click()
        locked(page)
        expect(main).not_to_contain_text(CANARIES["first"])
        amina.close()
    else:
        amina.kill()
        assert not amina.problems

    assert any(case_id in address for address in addresses) and titles
    words = list(CANARIES.values())
    planted = found(amina.profile, list(PLANTED.values()))
    for place, word in PLANTED.items():
        if place == "Local Storage" and not signs_out:
            continue  # the browser writes it when it ends, or much later
        assert any(place.split()[0] in where for where in planted.get(word, ())), f"{word} was not found in {place}"
    assert found(amina.profile, [*words, FIXED_PASSWORD]) == {}
    said = "\n".join([*addresses, *map(unquote, addresses), *titles]).encode()
    logs = b"\n".join(one.read_bytes() for one in demo_site.log.parent.rglob("*") if one.is_file())
    for word in words:
        for form in forms_of(word):
            assert form not in said, f"{word} stood in an address or a title"
            assert form not in logs, f"{word} stands in a log of the server"


def a_days_work(amina: Phone) -> str:
    """What she does between morning and evening; the case that came of it."""
    page, main = amina.page, amina.page.locator("main")
    amina.go("/cases/new")
    main.locator("input").first.fill(f"{CANARIES['first']} {CANARIES['last']}")
    amina.button("casefile.new.go_on").click()
    amina.choose("interview_subject", "caregiver")
    page.locator("#answer-consent_for_services").check()
    for name, value in {"name_first": CANARIES["first"], "name_last": CANARIES["last"], "age": "9"}.items():
        amina.answer(name, value)
    amina.choose("sex", "female")
    amina.choose("safe_to_contact", "no_phone")
    amina.pick("protection_concerns", ["Physical or emotional" if amina.locale == "en" else "إيذاء جسدي"])
    amina.choose("urgent_protection_concern", "false")
    amina.choose("risk_level", "high")
    amina.answer("rapid_risk_level_reasons", CANARIES["note"])
    amina.button("casefile.register").click()
    expect(page).to_have_url(CASE)
    expect(page.locator("main h1").first).to_contain_text(CANARIES["first"])
    case = CASE.search(page.url)
    assert case is not None
    path = f"/cases/{case.group(1)}"
    amina.go(f"{path}/notes/edit")
    page.locator("#answer-notes_section-add").click()
    sheet = page.locator("dialog[open]")
    sheet.locator("[id$=note_subject]").fill(CANARIES["subject"])
    sheet.locator("[id$=note_text]").fill(CANARIES["note"])
    sheet.get_by_role("button", name=amina.text("renderer.row.done"), exact=True).click()
    assert amina.save() == 200
    for name in ("first", "last"):
        amina.go("/cases")
        search(amina, CANARIES[name])
        expect(main.locator(f"a[href='/app{path}']")).to_be_visible()
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", CANARIES["nickname"])
    assert amina.save() == 200
    synced(amina)

    amina.context.set_offline(True)
    amina.go("/cases")
    search(amina, CANARIES["last"])
    main.locator(f"a[href='/app{path}']").click()
    expect(page.locator("main h1").first).to_contain_text(CANARIES["first"])
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", CANARIES["offline"])
    save_offline(amina)
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    expect(main).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    expect(main).not_to_contain_text(amina.text("state.waiting"), timeout=30_000)
    expect(main).not_to_contain_text(amina.text("state.sending"), timeout=30_000)
    # And a draft that stays, with the network gone again.
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", CANARIES["nickname"])
    expect(main.get_by_text(re.compile(re.escape(amina.text("casefile.draft_kept.short")))).first).to_be_visible()
    return case.group(1)
