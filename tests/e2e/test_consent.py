"""What the family said about sharing: taken back it blocks at once, given again it opens; and a referral made without a network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_offline import with_app_on_the_device
from tests.e2e.test_sharing import let_it_be_shared
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer


def open_case_menu(worker: Worker, key: str) -> None:
    """One of the acts on the case that is open."""
    worker.button("casefile.actions").click()
    worker.page.get_by_role("menuitem", name=worker.text(key), exact=True).click()


def say(worker: Worker, what: str, purpose: str) -> None:
    """Fill in what was said and send it."""
    worker.page.get_by_role("radio", name=worker.text(f"consent.{what}"), exact=True).check()
    worker.page.get_by_label(worker.text("consent.purpose"), exact=True).select_option(purpose)
    worker.page.locator("textarea").fill("She is afraid of her uncle")
    worker.page.get_by_role("button", name=worker.text(f"consent.{what}.do"), exact=True).click()


def choose_recipient(worker: Worker, name: str) -> None:
    """The person to whom it goes."""
    worker.page.get_by_role("combobox", name=worker.text("share.to")).fill(name)
    worker.page.get_by_role("option").first.click()


def test_consent_is_taken_back_blocks_at_once_and_is_given_again(
    browser: Browser, demo_site: LiveServer, demo_db: None
) -> None:
    from cpims.transitions.models import Consent

    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    case = one_of_mine(amina).removeprefix("/cases/")
    let_it_be_shared(case)
    amina.go(f"/cases/{case}")
    open_case_menu(amina, "consent.open")
    expect(amina.page.get_by_role("heading", name=amina.text("consent.title"), level=1)).to_be_visible()
    expect(amina.page.get_by_text(amina.text("consent.agreed"), exact=True)).to_have_count(2)
    amina.look("consent to sharing")
    with amina.page.expect_response(is_delivery) as sent:
        say(amina, "no", "services")
    assert outcome(sent.value) == 200
    expect(amina.page.get_by_text(amina.text("consent.not_agreed"), exact=True)).to_have_count(1)
    expect(amina.page.get_by_text("She is afraid of her uncle")).to_be_visible()
    row = Consent.objects.get(record_id=case)
    assert (row.given, row.purpose, row.agency) == (False, "services", "")

    amina.go(f"/cases/{case}/share")
    choose_recipient(amina, "dawit")
    expect(amina.page.get_by_text(amina.text("transition.consent"))).to_be_visible()
    refer = amina.page.get_by_role("button", name=amina.text("share.refer"), exact=True)
    expect(refer).to_be_disabled()
    amina.page.get_by_role("main").get_by_role("link", name=amina.text("consent.open")).first.click()
    with amina.page.expect_response(is_delivery) as again:
        say(amina, "yes", "services")
    assert outcome(again.value) == 200
    expect(amina.page.get_by_text(amina.text("consent.agreed"), exact=True)).to_have_count(2)
    amina.go(f"/cases/{case}/share")
    choose_recipient(amina, "dawit")
    expect(refer).to_be_enabled()
    amina.close()


@pytest.mark.parametrize("locale", ["ar"])
def test_the_screen_stands_in_arabic_on_a_desk(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale=locale)
    amina.sign_in("amina")
    case = one_of_mine(amina).removeprefix("/cases/")
    amina.go(f"/cases/{case}/share/consent")
    amina.page.get_by_role("radio", name=amina.text("consent.no"), exact=True).check()
    expect(amina.page.get_by_text(amina.text("consent.no.explain"))).to_be_visible()
    amina.look("consent to sharing")
    amina.close()


def test_a_referral_is_made_without_a_network_and_goes_out_later(
    browser: Browser, demo_site: LiveServer, demo_db: None
) -> None:
    from cpims.transitions.models import Transition

    amina = Worker(browser, demo_site.url, width=360, locale="en")
    with amina.page.expect_response(re.compile("/api/v2/users/refer-to")) as kept:
        amina.sign_in("amina")
    assert kept.value.status == 200
    amina.page.wait_for_load_state("networkidle")
    case = one_of_mine(amina).removeprefix("/cases/")
    let_it_be_shared(case)
    with_app_on_the_device(amina)
    amina.go(f"/cases/{case}")
    expect(amina.button("casefile.actions")).to_be_visible()
    amina.context.set_offline(True)
    open_case_menu(amina, "share.open")
    choose_recipient(amina, "bilal")
    expect(amina.page.get_by_text(amina.text("share.alone"))).to_be_visible()
    amina.page.locator("textarea").fill("Please see to the burn")
    amina.page.get_by_role("button", name=amina.text("share.refer"), exact=True).click()
    expect(amina.page.get_by_text(amina.text("share.waiting"))).to_be_visible()
    assert not Transition.objects.filter(record_id=case, notes="Please see to the burn").exists()
    with amina.page.expect_response(is_delivery) as sent:
        amina.context.set_offline(False)
    assert outcome(sent.value) == 200
    row = Transition.objects.get(record_id=case, notes="Please see to the burn")
    assert (row.type, row.status, row.transitioned_to) == ("Referral", "in_progress", "bilal")
    amina.close()
