"""Conditions in sentences, and the form drawn as it is being changed: on her screen, in her language, sent to nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Request, expect

from tests.e2e.screen import AXE, Worker
from tests.e2e.test_form_editor import done, open_form, sheet
from tests.running import LiveServer

FORM = "consent"
ASKED, WHICH = "interview_subject", "consent_source_other"


def builder(worker: Worker) -> Locator:
    """The condition of the question that is open."""
    return sheet(worker.page).locator("[role=group][aria-labelledby$=intro]").first


def frame(worker: Worker) -> FrameLocator:
    """The form within the page, once it is drawn."""
    inside = worker.page.frame_locator("iframe[data-ready]")
    expect(inside.locator("h1")).to_be_visible(timeout=20_000)
    return inside


def tool(worker: Worker, key: str) -> Locator:
    """A choice above the preview."""
    return worker.page.get_by_label(worker.words[f"admin.build.preview.{key}"], exact=True)


def test_a_condition_is_built_and_tried_without_being_saved(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    page = farid.page
    open_form(farid, FORM)
    inside = frame(farid)
    left: list[str] = []

    def watch(request: Request) -> None:
        if request.frame != page.main_frame and request.resource_type not in ("script", "stylesheet"):
            left.append(request.url)

    page.on("request", watch)
    databases = "async () => (await indexedDB.databases()).map(d => d.name).sort().join()"
    before = page.evaluate(databases)
    which = inside.locator(f"#answer-{WHICH}")
    expect(which).to_have_count(0)
    inside.locator(f"input[name=answer-{ASKED}][value=other]").check()
    expect(which).to_be_visible()
    which.fill("An aunt")

    # The condition is changed; what was typed into the preview stays, and decides at once.
    page.locator(f"[data-question={WHICH}]").first.click()
    expect(builder(farid)).to_contain_text(farid.words["admin.build.when.question"])
    farid.axe("a condition")
    builder(farid).get_by_label(farid.words["admin.build.answer"], exact=True).select_option("individual")
    done(farid)
    expect(which).to_have_count(0)
    expect(inside.locator(f"input[name=answer-{ASKED}][value=other]")).to_be_checked()
    inside.locator(f"input[name=answer-{ASKED}][value=individual]").check()
    expect(which).to_have_value("An aunt")

    # A second sentence, by keyboard alone.
    page.locator(f"[data-question={WHICH}]").first.click()
    builder(farid).locator("[data-add]").press("Enter")
    expect(page.locator("*:focus")).to_have_attribute("role", "combobox")
    page.keyboard.type("estimate")
    page.keyboard.press("Enter")
    expect(builder(farid).locator("[role=group]")).to_have_count(2)
    expect(builder(farid)).to_contain_text(farid.words["admin.build.say.ticked"])
    done(farid)
    expect(which).to_have_count(0)

    # Nothing of it went anywhere; the frame could not if it would.
    refused = page.frames[1].evaluate("fetch('/api/v2/forms').then(() => 'sent', () => 'refused')")
    assert refused == "refused"
    assert left == []
    assert page.evaluate(databases) == before
    farid.picture(tmp_path / "builder.png")


@pytest.mark.parametrize(("locale", "look"), [("en", "light"), ("ar", "dark")])
def test_a_form_is_looked_at_as_somebody_else(browser: Browser, demo_site: LiveServer, locale: str, look: str) -> None:
    farid = Worker(browser, demo_site.url, width=360, locale="en")
    farid.sign_in("farid")
    page = farid.page
    open_form(farid, FORM)
    page.get_by_role("tab", name=farid.words["admin.forms.preview"]).click()
    inside = frame(farid)
    tool(farid, "language").select_option(locale)
    tool(farid, "look").select_option(look)
    root = inside.locator("html")
    expect(root).to_have_attribute("lang", locale)
    expect(root).to_have_attribute("dir", "rtl" if locale == "ar" else "ltr")
    expect(root).to_have_attribute("data-theme", look)
    assert page.locator("html").get_attribute("lang") == "en"
    farid.look("preview")
    within = page.frames[1]
    within.evaluate(AXE.read_text())
    found = within.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        ".filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id)"
    )
    assert found == []
    # What is missing is told, and leads to its question.
    inside.get_by_role("button").nth(-2).click()
    expect(inside.get_by_role("alert")).to_be_focused()
    inside.get_by_role("alert").get_by_role("button").first.click()
    expect(inside.locator("*:focus")).to_have_attribute("name", f"answer-{ASKED}")

    tool(farid, "role").select_option(label="CP Administrator")
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_text(farid.words["admin.build.preview.role.no"])).to_be_visible()
