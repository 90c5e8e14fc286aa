"""Room on the device: the browser is asked to keep what lies there, and she is told before it is full."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.e2e.test_kept import synced
from tests.e2e.test_offline import with_app_on_the_device
from tests.running import CHROMIUM_FLAGS, LiveServer, find_chromium

#: Browsers of late tell a fixed number instead of the room there is; without this they tell the true one.
TRUE_QUOTA = "--disable-features=StaticStorageQuota"
ESTIMATE = "async () => (await navigator.storage.estimate())"


@pytest.mark.parametrize(("locale", "width"), [("en", 360), ("ar", 1280)])
def test_she_asks_for_lasting_room_and_is_told_when_it_runs_out(
    browser: Browser, demo_site: LiveServer, locale: str, width: int
) -> None:
    """The browser's own answer is what she reads, also when it is a no; with little room left the notice stands there."""
    program = browser.browser_type.launch(executable_path=find_chromium(), args=[*CHROMIUM_FLAGS, TRUE_QUOTA])
    amina = Worker(program, demo_site.url, width=width, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    browsing = amina.context.new_cdp_session(page)
    low = main.get_by_text(amina.text("kept.low.title"))
    ask = main.get_by_role("button", name=amina.text("kept.persist.ask"), exact=True)
    expect(ask).to_be_visible()
    expect(low).to_have_count(0)
    ask.click()
    expect(page.get_by_text(amina.text("kept.persist.refused")).first).to_be_visible()
    assert page.evaluate("() => navigator.storage.persisted()") is False
    expect(ask).to_be_visible()

    used = page.evaluate(ESTIMATE)["usage"]
    assert used > 0
    browsing.send("Storage.overrideQuotaForOrigin", {"origin": demo_site.url, "quotaSize": used * 1.1})
    amina.go("/device")
    expect(low).to_be_visible()
    amina.look("little room is left")
    browsing.send("Storage.overrideQuotaForOrigin", {"origin": demo_site.url})
    amina.go("/device")
    expect(ask).to_be_visible()
    expect(low).to_have_count(0)
    amina.close()
    program.close()
