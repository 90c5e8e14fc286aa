"""Amina refers a case to Dawit: she sees beforehand what he will see; he accepts, is done, and sees it no more."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer


def let_it_be_shared(case: str) -> None:
    """The family agreed to sharing, and who the child is stands there whole."""
    from cpims.records.models import Record

    record = Record.objects.get(pk=case)
    record.data |= {"disclosure_other_orgs": True, "consent_for_services": True}
    record.incomplete = [one for one in record.incomplete if one["form"] not in ("basic_identity", "consent")]
    record.save(update_fields=["data", "incomplete"])


def test_a_case_is_referred_answered_and_gone(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    case = one_of_mine(amina).removeprefix("/cases/")
    let_it_be_shared(case)
    amina.go(f"/cases/{case}")
    amina.button("casefile.actions").click()
    amina.page.get_by_role("menuitem", name=amina.text("share.open")).click()
    expect(amina.page.get_by_role("heading", name=amina.text("share.title"))).to_be_visible()
    box = amina.page.locator("input[role=combobox]")
    box.fill("dawit")
    amina.page.get_by_role("option").first.click()
    expect(amina.page.get_by_role("heading", name=amina.text("share.sees"))).to_be_visible()
    amina.page.locator("textarea").fill("Please look after the wound")
    amina.look("sharing a case")
    with amina.page.expect_response(is_delivery) as sent:
        amina.page.get_by_role("button", name=amina.text("share.refer"), exact=True).click()
    assert outcome(sent.value) == 200
    expect(amina.page).to_have_url(re.compile(f"/app/cases/{case}$"))

    dawit = Worker(browser, demo_site.url, width=1280, locale="ar")
    dawit.sign_in("dawit")
    dawit.page.get_by_role("link", name=dawit.text("received.title")).click()
    expect(dawit.page.get_by_text("Please look after the wound")).to_be_visible()
    dawit.look("what was received")
    with dawit.page.expect_response(is_delivery) as accepted:
        dawit.page.get_by_role("button", name=dawit.text("received.accept"), exact=True).click()
    assert outcome(accepted.value) == 200
    dawit.page.get_by_role("button", name=dawit.text("received.done"), exact=True).click()
    sheet = dawit.page.locator("dialog[open]")
    sheet.locator("textarea").fill("Seen by the nurse")
    with dawit.page.expect_response(is_delivery) as done:
        sheet.get_by_role("button", name=dawit.text("received.send"), exact=True).click()
    assert outcome(done.value) == 200
    expect(dawit.page.get_by_text(dawit.text("received.none"), exact=True)).to_be_visible()
    dawit.close()

    amina.go(f"/cases/{case}/share")
    expect(amina.page.locator("main").get_by_text(amina.text("share.status.done"), exact=True).last).to_be_visible()
    amina.close()
