"""A new password by the link in a message, and in one's account: unsent work stays readable by its author."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker
from tests.running import LiveServer

NEW = "nine quiet boats at dawn"


def make_link(user_name: str) -> str:
    """The path of the page where this person sets a new password, once."""
    from cpims.accounts.actions.resets import PAGE, link_for
    from cpims.accounts.models import User
    from cpims.lib.clock import now

    return PAGE + link_for(User.objects.get(user_name=user_name), at=now())


@pytest.fixture(autouse=True)
def _passwords_as_before(demo_db: None) -> Iterator[None]:
    """The next test signs in with the passwords of the demo."""
    from cpims.accounts.models import User

    before = dict(User.objects.values_list("id", "password"))
    yield
    for user_id, password in before.items():
        User.objects.filter(id=user_id).update(password=password)


@pytest.mark.parametrize(("locale", "user_name"), [("en", "chantal"), ("ar", "bilal")])
def test_a_link_sets_a_password_once(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, user_name: str
) -> None:
    path = make_link(user_name)
    worker = Worker(browser, demo_site.url, width=360, locale=locale)
    page = worker.page
    page.goto(demo_site.url + path)
    expect(page.locator("h1")).to_contain_text(worker.text("reset.title"))
    assert "#" not in page.url, "the secret stays in the address bar"
    worker.look("set a password")
    first, again = page.locator("input[type=password]").nth(0), page.locator("input[type=password]").nth(1)
    first.fill("short")
    again.fill("short")
    worker.button("reset.go").click()
    expect(page.locator("main, body").first).to_contain_text(worker.text("password.too_short"))
    worker.look("too short")
    first.fill(NEW)
    again.fill(NEW + "!")
    worker.button("reset.go").click()
    expect(page.locator("body")).to_contain_text(worker.text("password.differs"))
    again.fill(NEW)
    worker.button("reset.go").click()
    expect(page.locator("input[type=password]")).to_have_count(0)
    expect(page.locator("main h1").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/app/$"))
    worker.go("/cases")
    worker.close()

    other = Worker(browser, demo_site.url, width=360, locale=locale)
    other.page.goto(f"{demo_site.url}/app/")
    for password, right in ((FIXED_PASSWORD, False), (NEW, True)):
        other.page.locator("input[name=username]").fill(user_name)
        other.page.locator("input[name=password]").fill(password)
        other.page.keyboard.press("Enter")
        if right:
            expect(other.page.locator("input[name=password]")).to_have_count(0)
        else:
            expect(other.page.locator("body")).to_contain_text(other.text("signin.wrong"))
    other.page.goto(demo_site.url + path)
    other.page.locator("input[type=password]").nth(0).fill(NEW + " again")
    other.page.locator("input[type=password]").nth(1).fill(NEW + " again")
    other.button("reset.go").click()
    alert = other.page.get_by_role("alert")
    expect(alert).to_be_visible()
    if locale == "ar":
        assert not re.search(r"[A-Za-z]{4,}", alert.inner_text()), alert.inner_text()
    other.look("used link")
    other.close()
