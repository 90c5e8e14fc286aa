"""Nothing typed is lost: drafts, problems with a way to them, two people at one answer, a screen that is dark or locked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.running import LiveServer


def one_of_mine(worker: Worker, skip: int = 0) -> str:
    """The address of an open case in her list."""
    worker.go("/cases")
    links = worker.page.locator("main a[href*='/cases/']").filter(has_not_text=re.compile("^\\+"))
    expect(links.nth(skip + 1)).to_be_visible()
    found = [re.search(r"/cases/[0-9a-f-]{36}", links.nth(n).get_attribute("href") or "") for n in range(links.count())]
    paths = list(dict.fromkeys(match.group(0) for match in found if match))
    return paths[skip]


def open_case(worker: Worker, *, hidden: bool) -> str:
    """One of amina's open cases whose child's name is protected, or is not."""
    found = worker.page.evaluate(
        "async () => (await (await fetch('/api/v2/cases?status=open&owned_by=amina&per=100')).json()).data"
    )
    return next(str(case["id"]) for case in found if (case.get("hidden_name") is True) is hidden)


STORED = """async () => {
  const out = [];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((ok) => { const r = indexedDB.open(name); r.onsuccess = () => ok(r.result); });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((ok) => {
        const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => ok(r.result);
      });
      for (const row of rows) {
        const walk = (v) => {
          if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) out.push(new TextDecoder().decode(v));
          else if (v instanceof CryptoKey) out.push(v.extractable ? 'EXTRACTABLE' : 'key');
          else if (v && typeof v === 'object') Object.entries(v).forEach(([k, x]) => { out.push(k); walk(x); });
          else out.push(String(v));
        };
        out.push(store);
        walk(row);
      }
    }
    db.close();
  }
  return out.join(' ') + JSON.stringify(localStorage) + JSON.stringify(sessionStorage);
}"""


def everything_on(worker: Worker) -> str:
    """Whatever lies on the device, as text."""
    return str(worker.page.evaluate(STORED))


def wait_for_draft(worker: Worker) -> None:
    """Until the draft lies on the device."""
    worker.page.wait_for_function(f"async () => (await ({STORED})()).includes('drafts')", polling=200)


def test_a_half_filled_registration_survives_a_crash(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    amina.go("/cases/new")
    amina.page.locator("main input").first.fill("Salma Barakat")
    amina.button("casefile.new.go_on").click()
    amina.answer("name_first", "Salma")
    amina.answer("name_last", "Barakat")
    amina.choose("sex", "female")
    wait_for_draft(amina)
    stored = everything_on(amina)
    assert len(stored) > 100 and "Salma" not in stored and "Barakat" not in stored, "a name lies readable on the device"
    old = amina.page
    amina.page = amina.context.new_page()
    old.close(run_before_unload=False)
    amina.page.goto(f"{demo_site.url}/app/cases/new")
    # With its last window the app forgot the key: she opens the vault again, on the page that she asked for.
    amina.page.locator("input[name=username]").fill("amina")
    amina.page.locator("input[name=password]").fill(FIXED_PASSWORD)
    amina.page.keyboard.press("Enter")
    expect(amina.page.locator("#answer-name_first")).to_have_value("Salma", timeout=20_000)
    expect(amina.page.locator("#answer-name_last")).to_have_value("Barakat")
    expect(amina.page.locator("input[name=answer-sex][value=female]")).to_be_checked()
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_problems_are_listed_and_lead_to_the_answer(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    amina.sign_in("amina")
    path = one_of_mine(amina)
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_first", "")
    amina.answer("age", "")
    amina.button("casefile.save").click()
    alert = amina.page.get_by_role("alert").filter(has=amina.page.locator("button"))
    expect(alert).to_be_visible()
    amina.look("problem list")
    alert.get_by_role("button").first.click()
    expect(amina.page.locator("#answer-name_first")).to_be_focused()
    amina.page.keyboard.type("Layla")
    expect(amina.page.locator("#answer-name_first")).to_have_attribute(
        "aria-invalid", re.compile("false|^$"), timeout=5000
    ) if (amina.page.locator("#answer-name_first").get_attribute("aria-invalid")) else None
    amina.close()


def test_two_people_at_the_same_answer(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    farid = Worker(browser, demo_site.url, width=1280, locale="ar")
    amina.sign_in("amina")
    farid.sign_in("farid")
    path = f"/cases/{open_case(amina, hidden=False)}"
    for worker in (amina, farid):
        worker.go(f"{path}/basic_identity/edit")
        expect(worker.page.locator("#answer-name_nickname")).to_be_visible()
    farid.answer("name_nickname", "Zuzu")
    assert farid.save() == 200
    amina.answer("name_nickname", "Nunu")
    amina.answer("address_current", "Tent 7")
    assert amina.save() == 409
    main = amina.page.locator("main")
    for text in ("Nunu", "Zuzu"):
        expect(main).to_contain_text(text)
    amina.look("conflict")
    main.locator("fieldset label").filter(has_text="Nunu").click()
    with amina.page.expect_response(is_delivery) as sent:
        amina.button("casefile.conflict.save").click()
    assert outcome(sent.value) == 200
    amina.go(f"{path}/basic_identity")
    expect(main).to_contain_text("Nunu")
    expect(main).to_contain_text("Tent 7")
    amina.close()
    farid.close()


def test_a_protected_name_is_not_asked_of_who_may_not_see_it(browser: Browser, demo_site: LiveServer) -> None:
    """The server takes no such answer: the form offers none, and the other answers go through."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    farid = Worker(browser, demo_site.url, width=360, locale="ar")
    amina.sign_in("amina")
    farid.sign_in("farid")
    path = f"/cases/{open_case(amina, hidden=True)}"
    amina.go(f"{path}/basic_identity/edit")
    expect(amina.page.locator("input#answer-name_nickname")).to_be_visible()
    child = amina.page.locator("input#answer-name_first").input_value()
    farid.go(f"{path}/basic_identity/edit")
    expect(farid.page.locator("#answer-name_nickname")).to_be_visible()
    expect(farid.page.locator("input[id^=answer-name_]")).to_have_count(0)
    assert child
    expect(farid.page.locator("main")).not_to_contain_text(child)
    farid.look("a protected name")
    farid.answer("address_current", "Tent 12")
    assert farid.save() == 200
    amina.close()
    farid.close()


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("ar", 360)])
def test_the_dark_screens_can_be_read(browser: Browser, demo_site: LiveServer, locale: str, width: int) -> None:
    amina = Worker(browser, demo_site.url, width=width, locale=locale, scheme="dark")
    amina.sign_in("amina")
    path = one_of_mine(amina)
    for where in ("/", "/cases", path, f"{path}/protection_concern", f"{path}/history", "/outbox", "/account"):
        amina.go(where)
        amina.page.wait_for_load_state("networkidle")
        amina.look(where)
    amina.close()


def test_keyboard_alone_signs_in_and_opens_a_case(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page = amina.page
    page.goto(f"{demo_site.url}/app/")
    expect(page.locator("input[name=username]")).to_be_visible()
    page.locator("input[name=username]").focus()
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type("lantern-under-olive-tree")
    page.keyboard.press("Enter")
    expect(page.locator("main a[href*='/cases/']").nth(3)).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        href = page.evaluate("() => document.activeElement && document.activeElement.getAttribute('href')")
        if href and re.search(r"/cases/[0-9a-f-]{36}", href):
            break
    else:
        raise AssertionError("no case can be reached by the keyboard")
    outline = page.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow }"
    )
    assert outline != "nonenone", "the focus cannot be seen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cases/[0-9a-f-]{36}"))
    amina.close()


def test_the_page_keeps_its_own_rules(browser: Browser, demo_site: LiveServer) -> None:
    """No script or style breaks the content security policy; nothing is asked of another site; nothing is stored by HTTP."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    broken: list[str] = []
    elsewhere: list[str] = []
    amina.page.on("console", lambda m: broken.append(m.text) if "Content Security Policy" in m.text else None)
    amina.page.on(
        "request",
        lambda r: elsewhere.append(r.url) if not r.url.startswith((demo_site.url, "blob:", "data:")) else None,
    )
    stored: list[str] = []
    amina.page.on(
        "response",
        lambda r: (
            stored.append(r.url)
            if "/cases" in r.url and "/api/" in r.url and "no-store" not in r.headers.get("cache-control", "")
            else None
        ),
    )
    amina.sign_in("amina")
    path = one_of_mine(amina)
    amina.go(path)
    amina.page.wait_for_load_state("networkidle")
    assert broken == [] and elsewhere == [] and stored == []
    amina.close()


def test_one_persons_drafts_are_not_the_next_ones(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    amina.go("/cases/new")
    amina.page.locator("main input").first.fill("Rana Khalil")
    amina.button("casefile.new.go_on").click()
    amina.answer("name_first", "Rana")
    wait_for_draft(amina)
    amina.context.clear_cookies()
    amina.page.goto(f"{demo_site.url}/app/")
    expect(amina.page.locator("input[name=password]")).to_be_visible()
    amina.sign_in("dawit")
    amina.go("/cases/new")
    expect(amina.page.locator("body")).not_to_contain_text("Rana")
    assert amina.page.locator("#answer-name_first").count() == 0
    amina.close()


def test_a_note_that_was_saved_is_read_and_not_changed(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    path = one_of_mine(amina, skip=2)
    page = amina.page
    amina.go(f"{path}/notes/edit")
    page.get_by_role("button", name=re.compile(re.escape(amina.text("renderer.rows.add")))).first.click()
    sheet = page.locator("dialog[open]")
    sheet.locator("[id$=note_subject]").fill("Call from the aunt")
    sheet.locator("[id$=note_text]").fill("She will come on Friday.")
    sheet.get_by_role("button", name=amina.text("renderer.row.done"), exact=True).click()
    assert amina.save() == 200
    amina.go(f"{path}/notes/edit")
    row = page.get_by_role("button", name=re.compile("Call from the aunt")).first
    row.click()
    expect(page.locator("dialog[open]")).to_contain_text("She will come on Friday.")
    assert page.locator("dialog[open] textarea").count() == 0, "a stored note cannot be typed over"
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name=re.compile(f"^{re.escape(amina.text('renderer.rows.remove'))}")).count() == 0
    amina.close()
