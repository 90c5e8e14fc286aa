"""Lists on the screens: chips and counts, filters, saved views, choosing, the spreadsheet, more rows on a phone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.e2e.screen import Worker
from tests.e2e.test_kept import mine, search, synced
from tests.e2e.test_offline import with_app_on_the_device
from tests.running import LiveServer

SEARCH = "/api/cpims/v1/cases/search"


def total_of(worker: Worker) -> int:
    """The number that the list tells."""
    told = worker.page.locator("main [role=status]").first
    expect(told).to_have_text(re.compile(r"\d"))
    expect(told).not_to_contain_text(worker.text("cases.refreshing"))
    return int(re.sub(r"\D", "", told.inner_text()))


ROWS = """(ids) => {
  const all = [...document.querySelectorAll("main ul li a[href^='/app/cases/']")];
  const shown = all.map((one) => one.getAttribute("href").split("/").pop());
  return shown.length === Math.min(ids.length, 20) && shown.every((one) => ids.includes(one));
}"""
SHOWN = "() => [...document.querySelectorAll(\"main ul li a[href^='/app/cases/']\")].map((one) => one.getAttribute('href').split('/').pop())"


def shows(page: Page, ids: Iterable[str]) -> None:
    """The first page of the list is of these; else it tells which are too many, and which are missing."""
    wanted = sorted(ids)
    try:
        page.wait_for_function(ROWS, arg=wanted)
    except PlaywrightTimeoutError as error:
        shown = page.evaluate(SHOWN)
        odd = [one for one in shown if one not in wanted]
        missing = [one for one in wanted if one not in shown]
        raise AssertionError(
            f"{len(shown)} shown of {len(wanted)}; not of them: {odd}; not shown: {missing}"
        ) from error


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


def test_a_view_gets_another_name(browser: Browser, demo_site: LiveServer) -> None:
    """Its filters stay; those with whom it is shared meet it under the new name, and cannot rename it."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    amina.go("/cases?sex=male")
    amina.button("lists.views").click()
    sheet = amina.page.get_by_role("dialog")
    sheet.get_by_label(amina.text("lists.views.name")).fill("Boys")
    sheet.get_by_label(amina.text("lists.views.share")).check()
    sheet.get_by_role("button", name=amina.text("lists.views.save"), exact=True).click()
    rename = sheet.get_by_role("button", name="Rename the view Boys", exact=True)
    rename.click()
    box = sheet.get_by_label(amina.text("lists.views.new_name"))
    expect(box).to_be_focused()
    expect(box).to_have_value("Boys")
    amina.look("renaming a view")
    sheet.get_by_role("button", name=amina.text("lists.views.rename.cancel"), exact=True).click()
    expect(rename).to_be_focused()
    rename.click()
    box.fill("Boys of the valley")
    with amina.page.expect_response(lambda r: r.request.method == "PATCH" and "/saved_searches/" in r.url) as sent:
        amina.page.keyboard.press("Enter")
    assert sent.value.status == 200
    told = sent.value.json()["data"]
    assert told["name"] == "Boys of the valley" and {"name": "sex", "value": ["male"]} in told["filters"]
    expect(sheet.get_by_role("button", name="Boys of the valley", exact=True)).to_be_visible()
    expect(sheet.get_by_role("button", name="Boys", exact=True)).to_have_count(0)
    expect(sheet.get_by_role("status").filter(has_text=amina.text("lists.views.renamed"))).to_be_attached()
    amina.close()
    chantal = Worker(browser, demo_site.url, width=360, locale="ar")
    chantal.sign_in("chantal")
    chantal.go("/cases")
    chantal.button("lists.views").click()
    sheet = chantal.page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Boys of the valley", exact=True)).to_be_visible()
    expect(sheet.get_by_role("button", name=re.compile("Boys of the valley"))).to_have_count(1)
    chantal.look("a view of another, right to left")
    chantal.close()


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("ar", 1280), ("ar", 360)])
def test_she_chooses_the_columns_of_her_list(browser: Browser, demo_site: LiveServer, locale: str, width: int) -> None:
    """In the order in which she chose them; they stay on this device, also without a network, until she wants the usual ones."""
    farid = Worker(browser, demo_site.url, width=width, locale=locale)
    page = farid.page
    farid.sign_in("farid")
    farid.go("/cases?status=any")
    headers = page.locator("main table thead th")
    concerns, place = farid.words["cases.filter.protection_concerns"], farid.words["cases.column.sex"]
    if width > 600:
        expect(headers.filter(has_text=place)).to_have_count(1)
        usual = headers.all_inner_texts()
        assert concerns not in usual

    def sheet_of_columns() -> Locator:
        farid.button("lists.more").click()
        page.get_by_text(farid.text("lists.columns"), exact=True).click()
        sheet = page.get_by_role("dialog")
        expect(sheet).to_be_visible()
        return sheet

    sheet = sheet_of_columns()
    farid.look("columns")
    box = sheet.get_by_role("combobox")
    box.fill(concerns)
    sheet.get_by_role("option").first.click()
    box.press("Escape")
    # A chip takes its column away.
    sheet.get_by_role("button", name=re.compile(re.escape(place))).first.click()
    farid.look("columns that were chosen")
    sheet.get_by_role("button", name=farid.text("lists.columns.done"), exact=True).click()
    if width > 600:
        expect(headers.filter(has_text=concerns)).to_have_count(1)
        expect(headers.filter(has_text=place)).to_have_count(0)
        assert headers.all_inner_texts()[-1] == concerns or headers.all_inner_texts()[-2] == concerns
        farid.fits("a list with one more column")
    page.reload()
    expect(page.locator("main h1").first).to_be_visible()
    sheet = sheet_of_columns()
    chosen = sheet.get_by_role("button", name=re.compile(re.escape(concerns)))
    expect(chosen.first).to_be_visible()
    sheet.get_by_role("button", name=farid.text("lists.columns.usual"), exact=True).click()
    expect(chosen).to_have_count(0)
    sheet.get_by_role("button", name=farid.text("lists.columns.done"), exact=True).click()
    if width > 600:
        expect(headers.filter(has_text=place)).to_have_count(1)
        assert headers.all_inner_texts() == usual
    farid.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_filters_and_searches_work_without_a_network(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """The same filters over what is kept give what the server gives; what needs the server says so; a find has its reason."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    synced(amina)
    hers = mine(page)
    amina.go("/cases")
    amina.context.set_offline(True)
    page.reload()
    expect(main).to_contain_text(amina.text("kept.as_of"))
    assert total_of(amina) == len(hers)
    amina.button("cases.filters").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text(amina.words["cases.filters.not_here"].split("}")[1].strip().rstrip("."))
    girl = amina.page.get_by_role("dialog").get_by_role("checkbox").and_(page.locator("input[value=female]"))
    girl.check()
    amina.look("filters without a network")
    boxes = [box for one in sheet.locator("input[type=date]").all() if (box := one.bounding_box())]
    assert len(boxes) >= 4 and all(
        abs(first["y"] - second["y"]) < 2 and first["x"] != second["x"]
        for first, second in zip(boxes[::2], boxes[1::2], strict=True)
    ), "the two days of a span do not stand side by side"
    assert all(box["width"] >= 120 for box in boxes)
    sheet.get_by_role("button", name=amina.text("cases.filters.done"), exact=True).click()
    girls = {one["id"] for one in hers if one.get("sex") == "female"}
    assert 0 < len(girls) < len(hers)
    shows(page, girls)
    high = main.get_by_role("button", name=re.compile("^" + re.escape(amina.text("ui.risk.high")))).first
    high.click()
    expect(high).to_have_attribute("aria-pressed", "true")
    at_risk = {one["id"] for one in hers if one["id"] in girls and one.get("risk_level") == "high"}
    shows(page, at_risk)

    one = next(case for case in hers if case.get("name") and case.get("hidden_name") is not True)
    amina.go("/cases")
    search(amina, one["case_id_display"][1:])
    expect(main.locator(f"a[href='/app/cases/{one['id']}']")).to_contain_text(
        amina.words["cases.match.identifier_part"]
    )
    amina.look("a find without a network, with its reason")
    amina.close()
