"""Lists on the screens: chips and counts, filters, saved views, choosing, the spreadsheet, more rows on a phone."""

from __future__ import annotations

import io
import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

SEARCH = "/api/cpims/v1/cases/search"


def total_of(worker: Worker) -> int:
    """The number that the list tells."""
    told = worker.page.locator("main [role=status]").first
    expect(told).to_have_text(re.compile(r"\d"))
    expect(told).not_to_contain_text(worker.text("cases.refreshing"))
    return int(re.sub(r"\D", "", told.inner_text()))


def test_chips_tell_what_choosing_them_would_give(browser: Browser, demo_site: LiveServer) -> None:
    """The count on a chip is the length of the list once it is chosen; the address holds the state and no people."""
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    farid.go("/cases?status=any")
    high = farid.page.get_by_role("button", name=re.compile(farid.text("ui.risk.high") + r"\s*\d")).first
    expect(high).to_be_visible()
    told = int(re.sub(r"\D", "", high.inner_text()))
    with farid.page.expect_response(lambda r: r.url.endswith(SEARCH)):
        high.click()
    assert total_of(farid) == told > 0
    assert "risk_level=high" in farid.page.url
    farid.look("chips")
    farid.button("cases.filters").click()
    sheet = farid.page.get_by_role("dialog")
    expect(sheet.get_by_text(re.compile(r"\(\d+\)")).first).to_be_visible()
    farid.look("filter sheet")
    farid.close()


def test_all_that_is_chosen_goes_into_one_spreadsheet(browser: Browser, demo_site: LiveServer) -> None:
    """Some cases by their ticks, or all that the filters leave: the file holds as many."""
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    farid.go("/cases?status=any")
    total = total_of(farid)
    assert total > 2
    farid.button("lists.more").click()
    farid.page.get_by_text(farid.text("lists.choose"), exact=True).click()
    ticks = farid.page.locator("main table input[type=checkbox]")
    ticks.nth(0).check()
    ticks.nth(1).check()
    expect(farid.page.get_by_text("2 cases are chosen")).to_be_visible()
    farid.look("choosing")
    for count in (2, total):
        if count == total:
            farid.page.get_by_role("button", name=re.compile("Choose all")).click()
        with farid.page.expect_download() as saved:
            farid.button("lists.excel").click()
        with ZipFile(io.BytesIO(saved.value.path().read_bytes())) as book:
            rows = book.read("xl/worksheets/sheet1.xml").decode().count("<row ")
        assert rows - 1 == count
    farid.close()


def test_a_saved_view_is_shared_and_opens_first(browser: Browser, demo_site: LiveServer) -> None:
    """What amina saves for her team chantal finds; amina's list opens with it from then on."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    amina.go("/cases?sex=female")
    amina.button("lists.views").click()
    sheet = amina.page.get_by_role("dialog")
    sheet.get_by_label(amina.text("lists.views.name")).fill("Girls of the hill")
    sheet.get_by_label(amina.text("lists.views.share")).check()
    amina.look("saved views")
    sheet.get_by_role("button", name=amina.text("lists.views.save"), exact=True).click()
    expect(sheet.get_by_text("Girls of the hill")).to_be_visible()
    sheet.get_by_role("button", name=amina.text("lists.views.make_first")).first.click()
    expect(sheet.get_by_text(amina.text("lists.views.first"), exact=True)).to_be_visible()
    amina.go("/cases")
    expect(amina.page).to_have_url(re.compile("sex=female"))
    chantal = Worker(browser, demo_site.url, width=1280, locale="en")
    chantal.sign_in("chantal")
    chantal.go("/cases")
    chantal.button("lists.views").click()
    chantal.page.get_by_role("dialog").get_by_role("button", name="Girls of the hill").first.click()
    expect(chantal.page).to_have_url(re.compile("sex=female"))
    amina.close()
    chantal.close()


@pytest.mark.parametrize(("locale", "scheme"), [("en", "light"), ("ar", "dark")])
def test_a_long_list_on_a_phone(browser: Browser, demo_site: LiveServer, locale: str, scheme: str) -> None:
    """More rows come at the end of the list; back from a case the list is as long, and at the same place."""
    farid = Worker(browser, demo_site.url, width=360, locale=locale, scheme=scheme)
    farid.sign_in("farid")
    farid.go("/cases?status=any")
    links = farid.page.locator("main ul li a[href^='/app/cases/']")
    expect(links.nth(19)).to_be_attached()
    farid.look("list on a phone")
    links.nth(19).scroll_into_view_if_needed()
    expect(links.nth(25)).to_be_attached()
    hrefs = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert len(set(hrefs)) == len(hrefs)
    one = hrefs[25]
    farid.page.locator(f"main a[href='{one}']").scroll_into_view_if_needed()
    before = farid.page.evaluate("() => scrollY")
    farid.page.locator(f"main a[href='{one}']").click()
    expect(farid.page).to_have_url(re.compile(re.escape(one)))
    farid.page.go_back()
    back = farid.page.locator(f"main a[href='{one}']")
    expect(back).to_be_in_viewport()
    assert abs(farid.page.evaluate("() => scrollY") - before) < 400
    farid.close()
