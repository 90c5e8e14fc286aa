"""A thin line to the server: nothing is called done that is not, nothing is done twice, and the page is there soon."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.proxy import Shape, ShapingProxy
from tests.e2e.screen import DELIVER, Worker
from tests.e2e.test_offline import answer_of, complete_case, tap, with_app_on_the_device
from tests.running import LiveServer

#: At the edge of a network of the second generation; a round trip takes 400 ms.
EDGE = Shape(rate=400_000, delay=0.2)
LOGIN_BYTES = 300_000
#: Scripts, styles, fonts and words come from the device at the second visit; what is asked is who she is.
SECOND_BYTES = 20_000

#: Every word of the page that says that something is with the server, from now on.
WATCH = """(words) => {
  window.__said = [];
  window.__watch?.disconnect();
  const look = () => {
    const text = document.body.innerText;
    for (const word of words) if (text.includes(word) && !window.__said.includes(word)) window.__said.push(word);
  };
  window.__watch = new MutationObserver(look);
  window.__watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
}"""


def save(worker: Worker) -> None:
    """Press save; gaps are no reason to wait."""
    worker.page.get_by_role("button", name=worker.words["casefile.save"], exact=True).click()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_stalled_request_is_no_success_and_a_cut_reply_no_second_change(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    """Saved on the device, then sending, then – once, when the whole reply has come – confirmed."""
    nickname = f"Thinline {locale}"
    with ShapingProxy(demo_site.port) as line:
        amina = Worker(browser, line.url, width=360, locale=locale)
        page, main = amina.page, amina.page.locator("main")
        successes = [amina.text("casefile.saved"), amina.text("state.confirmed")]
        amina.sign_in("amina")
        with_app_on_the_device(amina)
        path = complete_case(amina)
        case_id = path.removeprefix("/cases/")
        amina.go(f"{path}/basic_identity/edit")
        amina.answer("name_nickname", nickname)
        page.evaluate(WATCH, successes)

        sent: list[Request] = []
        page.on("request", lambda r: sent.append(r) if r.url.endswith(DELIVER) else None)

        # Nothing breaks and nothing comes: every byte is on its way for hours.
        line.set(rate=1.0)
        save(amina)
        expect(page.get_by_text(amina.text("casefile.saved_here")).first).to_be_visible(timeout=30_000)
        chip = page.locator("header a[href='/app/outbox']").or_(page.locator("a[href='/app/outbox']:visible")).first
        expect(chip).to_contain_text("1")
        page.evaluate(WATCH, [*successes, amina.text("sync.done")])
        tap(amina, "/outbox")
        states = main.get_by_text(amina.text("state.waiting")).or_(main.get_by_text(amina.text("state.sending")))
        expect(states.first).to_be_visible()
        expect(amina.button("outbox.sync")).to_be_visible()
        amina.look("outbox on a stalled line")
        assert page.evaluate("window.__said") == [], "something was called done while nothing had come back"
        assert answer_of(case_id, "name_nickname") != nickname

        # The line moves again, and breaks in the middle of the reply: the server has it, the telephone cannot know.
        line.set(rate=None, cut_reply=(f"POST {DELIVER} ".encode(), 900))
        line.break_now()
        until = time.monotonic() + 60
        while line.cuts == 0 and time.monotonic() < until:
            page.wait_for_timeout(20)
        assert page.evaluate("window.__said") == [], "half a reply was taken for a whole one"

        expect(main).to_contain_text(amina.text("state.confirmed"), timeout=60_000)
        assert line.cuts == 1 and line.lost > 0, "the reply was not cut in its middle"
        ids = [[item["id"] for item in (request.post_data_json or {})["items"]] for request in sent]
        assert len(ids) >= 2 and all(one == ids[0] for one in ids)
        assert answer_of(case_id, "name_nickname") == nickname
        page.reload()
        expect(main.locator("h1").first).to_be_visible()
        expect(main).not_to_contain_text(amina.text("state.waiting"))
        changes = page.evaluate(
            "async (id) => (await (await fetch(`/api/v2/cases/${id}/record_history`)).json()).data", case_id
        )
        times = [one for one in changes if nickname in str(one["record_changes"])]
        assert len(times) == 1, "the change stands in the history once"
        amina.close()


#: Was the sign-in page there when the browser was told to keep the whole app?
ORDER = """() => {
  if (!navigator.serviceWorker) return;
  const register = navigator.serviceWorker.register.bind(navigator.serviceWorker);
  navigator.serviceWorker.register = (...given) => {
    window.__way_in_was_there = document.querySelector('input[name=username]') !== null;
    return register(...given);
  };
}"""


def usable(page: Page, began: float) -> float:
    """The seconds until she can type her name."""
    box = page.locator("input[name=username]")
    expect(box).to_be_editable(timeout=60_000)
    box.fill("a")
    expect(box).to_have_value("a")
    return time.monotonic() - began


def test_the_first_visit_is_light_and_the_second_comes_from_the_device(
    browser: Browser, demo_site: LiveServer, record_property: Any
) -> None:
    """400 kbit/s, 400 ms there and back, a processor six times slower; figures are told, bytes and order are held."""
    with ShapingProxy(demo_site.port, EDGE) as line:
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en")
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        context.add_init_script(f"({ORDER})()")
        asked: list[str] = []
        context.on("request", lambda r: asked.append(urlsplit(r.url).path))
        began = time.monotonic()
        page.goto(f"{line.url}/app/", wait_until="commit")
        first = usable(page, began)
        first_bytes, before_login = line.received, len(asked)
        assert first_bytes < LOGIN_BYTES
        page.wait_for_function("() => window.__way_in_was_there !== undefined")
        assert page.evaluate("window.__way_in_was_there"), "the whole app is fetched before she can sign in"

        # The rest of the app is kept behind the sign-in page, at leisure.
        line.set(rate=None, delay=0.0)
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function(
            "async () => { const names = await caches.keys(); let n = 0;"
            " for (const name of names) n += (await (await caches.open(name)).keys()).length; return n > 10; }"
        )
        page.close()
        second_page = context.new_page()
        context.new_cdp_session(second_page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
        line.set(rate=EDGE.rate, delay=EDGE.delay)
        received = line.received
        began = time.monotonic()
        second_page.goto(f"{line.url}/app/", wait_until="commit")
        second = usable(second_page, began)
        second_bytes = line.received - received
        told = {"first_s": round(first, 1), "first_kb": first_bytes // 1000}
        told |= {"second_s": round(second, 1), "second_kb": second_bytes // 1000}
        record_property("thin_line", told)
        print(f"\n400 kbit/s, 400 ms, 6x slower: {told}; asked before the sign-in page: {before_login}")
        assert second_bytes < SECOND_BYTES
        assert first < 60 and second < 30
        context.close()
