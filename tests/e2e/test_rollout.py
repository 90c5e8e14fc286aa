"""Esther on the road of the rollout: what the gates rest on, a waiver, and the workbook of requirements until she attests."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from cpims.lib.clock import today
from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker
from tests.running import LiveServer


def gate(worker: Worker, name: str) -> Locator:
    """A gate on the road, opened."""
    found = worker.page.locator(f"details#{name}")
    found.evaluate("element => { element.open = true; }")
    return found


def test_the_road_and_a_waiver(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.rollout.models import Waiver

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    page, words = esther.page, esther.words
    esther.sign_in("esther")
    esther.go("/admin")
    page.get_by_role("link", name=re.compile(f"^{words['admin.rollout.title']}")).click()
    expect(page.get_by_role("heading", name=words["admin.rollout.title"], level=1)).to_be_visible()
    expect(page.locator("details[id^=g]")).to_have_count(15)
    expect(gate(esther, "g3").locator("summary")).to_contain_text(words["admin.rollout.state.not_built"])
    expect(gate(esther, "g3")).to_contain_text(words["admin.rollout.state.not_built.text"])
    first = gate(esther, "g1")
    expect(first.locator("summary")).to_contain_text(words["admin.rollout.state.unmet"])
    expect(first).to_contain_text(words["admin.rollout.todo.invitation_sent"])
    expect(first).to_contain_text(words["admin.rollout.todo.instance_heard"])
    esther.look("the road")
    page.get_by_role("button", name=words["admin.rollout.check_now"]).click()
    expect(first).to_contain_text(esther.text("admin.rollout.since"))
    page.get_by_role("button", name=words["admin.rollout.waiver.sign"]).click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_label(words["admin.rollout.waiver.gate"]).select_option("g1")
    sheet.get_by_label(words["admin.rollout.waiver.reason"], exact=False).fill("The mail server comes on Monday")
    sheet.locator("input[type=date]").fill((today("UTC") + timedelta(days=20)).isoformat())
    sheet.locator("input[type=password]").fill("not hers")
    esther.look("signing a waiver")
    sheet.get_by_role("button", name=words["admin.rollout.waiver.sign"]).click()
    expect(sheet).to_contain_text(words["admin.rollout.password_wrong"])
    assert not Waiver.objects.exists()
    sheet.locator("input[type=password]").fill(FIXED_PASSWORD)
    sheet.get_by_role("button", name=words["admin.rollout.waiver.sign"]).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(first.locator("summary")).to_contain_text(words["admin.rollout.state.waived"])
    expect(first).to_contain_text("The mail server comes on Monday")
    esther.look("a gate that is waived")
    first.get_by_role("button", name=words["admin.rollout.waiver.end"]).click()
    expect(first.locator("summary")).to_contain_text(words["admin.rollout.state.unmet"])
    expect(first).to_contain_text(words["admin.rollout.waiver.over"])
    esther.close()


def workbook(change: Any) -> bytes:
    """What stands in the demo, with a change, as a spreadsheet."""
    from cpims.configuration.queries import configuration_document
    from cpims.rollout.formats.workbook import write_workbook
    from cpims.rollout.rules.requirements import asked_of

    asked = asked_of(configuration_document(None), ("en", "fr", "es", "ar"))
    change(asked["sheets"])
    return write_workbook(asked, "en")


def bring(worker: Worker, content: bytes) -> None:
    """Give the file and bring it."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    worker.page.locator("input[type=file]").set_input_files(
        {"name": "requirements.xlsx", "mimeType": kind, "buffer": content}
    )
    worker.page.get_by_role("button", name=worker.words["admin.rollout.requirements.bring"], exact=True).click()


def test_the_workbook_until_it_is_attested(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.imports.formats.workbook import read_sheets
    from cpims.rollout.models import Requirements

    def spoil(sheets: dict[str, Any]) -> None:
        sheets["fields"]["rows"][3][1]["type"] = "essay"

    def ask_more(sheets: dict[str, Any]) -> None:
        rows = sheets["lists"]["rows"]
        rows.append([rows[-1][0] + 1, {"list_id": "lookup-shelters", "name/en": "Shelters"}])

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    page, words = esther.page, esther.words
    esther.sign_in("esther")
    esther.go("/admin/rollout/requirements")
    expect(page.get_by_role("heading", name=words["admin.rollout.requirements.none"])).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name=words["admin.rollout.requirements.begin"]).click()
    sheets = read_sheets(saved.value.path().read_bytes())
    assert next(iter(sheets)) == words["admin.rollout.sheet.forms"]
    bring(esther, workbook(spoil))
    table = page.get_by_role("table", name=words["admin.rollout.requirements.bad.title"])
    expect(table).to_contain_text("C5")
    expect(table).to_contain_text("essay")
    esther.look("a workbook with a wrong cell")
    assert not Requirements.objects.exists()
    bring(esther, workbook(ask_more))
    told = page.get_by_text("The option list “Shelters” is asked for and not there.", exact=True).first
    expect(told).to_be_visible()
    expect(page.get_by_role("button", name=words["admin.rollout.requirements.attest"])).to_be_disabled()
    esther.look("a difference")
    page.get_by_role("checkbox", name="Shelters").check()
    page.get_by_label(words["admin.rollout.requirements.accept.reason"]).fill("Next year")
    page.get_by_role("button", name=re.compile(r"^Accept what is chosen \(1\)")).click()
    expect(page.get_by_text(words["admin.rollout.requirements.differences.none"])).to_be_visible()
    page.get_by_role("button", name=words["admin.rollout.requirements.attest"]).click()
    expect(page.get_by_text(re.compile("^Attested by esther"))).to_be_visible()
    page.get_by_role("button", name=words["admin.rollout.requirements.show.accepted"]).click()
    expect(page.get_by_text("Next year")).to_be_visible()
    esther.look("requirements that are attested")
    esther.go("/admin/rollout")
    expect(gate(esther, "g2").locator("summary")).to_contain_text(words["admin.rollout.state.met"])
    esther.close()


@pytest.mark.parametrize("path", ["/admin/rollout", "/admin/rollout/requirements"])
def test_the_road_on_a_phone_in_arabic_in_the_dark(
    browser: Browser, demo_site: LiveServer, demo_db: None, path: str
) -> None:
    esther = Worker(browser, demo_site.url, width=360, locale="ar", scheme="dark")
    esther.sign_in("esther")
    esther.go(path)
    expect(esther.page.locator("main h2").first).to_be_visible()
    esther.look(path)
    esther.close()


def test_a_case_worker_finds_none_of_it(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    for path in ("/admin/rollout", "/admin/rollout/requirements"):
        amina.go(path)
        expect(amina.page.get_by_role("heading", name=amina.words["admin.none.title"])).to_be_visible()
        expect(amina.page.locator("details, input[type=file]")).to_have_count(0)
    amina.close()
