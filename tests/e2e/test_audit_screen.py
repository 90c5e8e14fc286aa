"""Searching the books on the screen: who, what, which record, which days; and as a spreadsheet."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from cpims.imports.formats.workbook import read_workbook
from tests.e2e.screen import Worker
from tests.running import LiveServer

SEARCH = "/audit_log/search"


def test_who_opened_a_file_is_found_and_taken_out(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.audit.models import SightingEntry
    from cpims.records.models import Record

    case = str(Record.objects.filter(kind="case", owned_by="amina").order_by("id")[0].id)
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    with amina.page.expect_response(lambda r: r.url.endswith(f"/cases/{case}") and r.status == 200):
        amina.go(f"/cases/{case}")
    amina.close()

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    said, page = esther.words, esther.page
    esther.sign_in("esther")
    esther.go("/admin")
    page.get_by_role("link", name=re.compile(f"^{said['admin.audit.title']}")).click()
    expect(page.locator("main h1")).to_have_text(said["admin.audit.title"])
    expect(page.locator("main")).to_contain_text(said["admin.audit.action.login"])
    esther.look("the books")
    esther.picture(tmp_path / "books.png")

    # A record by its address; a wrong one is said, and nothing is asked.
    box = page.get_by_label(re.compile(re.escape(said["admin.audit.record"])))
    box.fill("Noor")
    expect(box).to_have_attribute("aria-invalid", "true")
    box.fill(f"{demo_site.url}/app/cases/{case}")
    with page.expect_response(lambda r: SEARCH in r.url) as answered:
        page.get_by_role("button", name=said["admin.audit.go"], exact=True).click()
    asked = answered.value.request.post_data_json
    assert asked is not None
    assert asked["record_id"] == case and case not in page.url
    rows = answered.value.json()["data"]
    assert {row["user_name"] for row in rows} >= {"amina"}
    assert all(case in row["record_ids"] or row["records"] > 20 for row in rows)
    expect(page.locator("main table tbody tr")).to_have_count(len(rows))
    expect(page.locator("main")).to_contain_text(said["admin.audit.action.show"])

    # Days that lie before one another are said.
    page.get_by_label(said["admin.audit.from"]).fill("2026-03-02")
    page.get_by_label(said["admin.audit.to"]).fill("2026-03-01")
    expect(page.locator("main")).to_contain_text(said["admin.audit.backwards"])
    page.get_by_role("button", name=said["admin.audit.everything"], exact=True).click()
    expect(page.locator("main table tbody tr")).not_to_have_count(0)

    with page.expect_download() as downloaded:
        page.get_by_role("button", name=said["admin.audit.sheet"], exact=True).click()
    sheet = read_workbook(Path(downloaded.value.path()).read_bytes())
    assert sheet.rows[0][2] == said["admin.audit.column.user_name"]
    assert any(row[2] == "amina" for row in sheet.rows)
    noted = SightingEntry.objects.filter(road="audit_log.list.xlsx").order_by("-id")[0]
    assert (noted.actor_name, noted.action) == ("esther", "export")
    esther.close()


def test_on_a_phone_from_right_to_left(browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path) -> None:
    esther = Worker(browser, demo_site.url, width=360, locale="ar", scheme="dark")
    esther.sign_in("esther")
    esther.go("/admin/audit")
    expect(esther.page.locator("main")).to_contain_text(esther.words["admin.audit.action.login"])
    esther.look("the books")
    esther.picture(tmp_path / "books.png")
    esther.page.get_by_label(esther.words["admin.audit.to"]).fill("2001-01-01")
    expect(esther.page.get_by_role("heading", name=esther.words["admin.audit.none"])).to_be_visible()
    esther.look("nothing found")
    esther.close()
