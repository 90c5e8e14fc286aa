"""The code of conduct: read and accepted before anything else, never in the way of work without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.api.test_daily import decide
from tests.cast import AT
from tests.e2e.screen import Worker
from tests.e2e.test_offline import complete_case
from tests.e2e.test_outbox import save_offline
from tests.running import LiveServer

TEXT = "I listen to the child.\n\nI keep what I hear to myself,\nand I do no harm."


def publish(title: str) -> int:
    """A text holds from now on, and everybody has to accept it."""
    from cpims.accounts.models import CodeOfConduct

    made = CodeOfConduct.objects.create(title=title, content=TEXT, created_on=AT, created_by="esther")
    decide(code_of_conduct_enabled=True)
    return int(made.id)


def accepted(user_name: str) -> int | None:
    """The text that somebody accepted last."""
    from cpims.accounts.models import User

    return User.objects.get(user_name=user_name).code_of_conduct_id


@pytest.fixture(autouse=True)
def _asked_no_more(demo_db: None) -> Iterator[None]:
    """The other tests of this site know no code of conduct."""
    yield
    decide(code_of_conduct_enabled=False)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_it_is_read_and_accepted_before_anything_else(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """She signs in and sees the text and nothing of a child; accepted once, it is not asked again."""
    number = publish("What we promise")
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    asked: list[int] = []
    amina.page.on("response", lambda r: asked.append(r.status) if "/cases" in r.url or "/sync/" in r.url else None)
    page = amina.page
    amina.page.goto(f"{demo_site.url}/app/")
    amina.sign_in("amina")
    expect(page.locator("main h1")).to_have_text(amina.text("conduct.heading"))
    expect(page.get_by_text("I listen to the child.")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    amina.look("code of conduct")
    assert asked == [] and accepted("amina") != number
    amina.button("conduct.accept").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    assert accepted("amina") == number
    amina.go("/cases")
    expect(page.locator("main [role=status]").first).to_have_text(re.compile(r"\d|[٠-٩]"))
    page.reload()
    expect(page.locator("main h1")).to_have_text(amina.text("cases.title"))
    amina.close()


def test_a_new_text_comes_while_she_works_and_costs_nothing(browser: Browser, demo_site: LiveServer) -> None:
    """Offline she goes on and saves; back, she is asked first, and what waited goes out when she has accepted."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page = amina.page
    amina.sign_in("amina")
    path = complete_case(amina)
    amina.go(f"{path}/basic_identity/edit")
    expect(page.locator("#answer-name_nickname")).to_be_visible()
    amina.context.set_offline(True)
    number = publish("What we promise from today")
    amina.answer("name_nickname", "Lantern")
    save_offline(amina)
    expect(page.get_by_text(amina.text("conduct.heading"), exact=True)).to_have_count(0)
    amina.context.set_offline(False)
    expect(page.locator("main h1")).to_have_text(amina.text("conduct.heading"))
    amina.context.set_offline(True)
    expect(page.locator("main h1")).not_to_have_text(amina.text("conduct.heading"))
    amina.context.set_offline(False)
    accept = amina.button("conduct.accept")
    expect(accept).to_be_visible()
    newer = publish("What we promise from this hour")
    accept.click()
    expect(page.get_by_text(amina.text("conduct.changed"))).to_be_visible()
    assert accepted("amina") not in (number, newer)
    expect(page.get_by_role("heading", name="What we promise from this hour")).to_be_visible()
    with page.expect_response(lambda r: r.url.endswith("/sync/deliver") and r.status == 200) as sent:
        accept.click()
    assert [one["outcome"] for one in sent.value.json()["data"]] == ["accepted"]
    assert accepted("amina") == newer
    amina.close()
