"""Before a child is registered: who may be the same, why and why not; a sister is not taken for her."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

PICTURES = os.environ.get("CPIMS_TEST_PICTURES")
SEND = """async (body) => {
  const token = decodeURIComponent((document.cookie.match(/CSRF-TOKEN=([^;]+)/) || [])[1] || '');
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': token};
  const r = await fetch('/api/v2/cases', {method: 'POST', headers, body: JSON.stringify({data: body})});
  return [r.status, await r.json()];
}"""


def register(worker: Worker, **answers: Any) -> str:
    """A case over the plain API, as she is signed in."""
    status, answer = worker.page.evaluate(SEND, {"module_id": "primeromodule-cp", "sex": "female", **answers})
    assert status in (200, 201), answer
    return str(answer["data"]["id"])


@pytest.mark.e2e
@pytest.mark.parametrize(("width", "locale"), [(360, "en"), (1280, "ar")])
def test_she_is_told_who_it_may_be_and_why(browser: Browser, demo_site: LiveServer, width: int, locale: str) -> None:
    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    family = {"name_middle": "Tahsin", "name_last": f"Qamarani{'el' if locale == 'ar' else ''}"}
    child = register(amina, name_first="Zubaida", age=9, **family)
    sister = register(amina, name_first="Hanifa", age=7, **family)

    amina.go("/cases/new")
    name, age = main.locator("input").nth(0), main.locator("input[inputmode=numeric]")
    name.fill(f"Zoubayda Tahsin {family['name_last'].replace('Q', 'K')}")
    age.fill("9")
    row = main.locator(f"a[href='/app/cases/{child}']")
    expect(row).to_contain_text(amina.text("matching.likelihood.likely"))
    expect(row).to_contain_text(amina.text("matching.reason.first_name_spelling"))
    expect(row).to_contain_text(amina.text("matching.reason.same_age"))
    expect(main.locator(f"a[href='/app/cases/{sister}']")).to_have_count(0)
    amina.look("who it may be")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"likely-{width}-{locale}.png"), full_page=True)

    age.fill("16")
    expect(row).to_contain_text(amina.text("matching.against"))
    expect(row).not_to_contain_text(amina.text("matching.likelihood.likely"))

    age.fill("9")
    name.fill("زبيدة تحسين قمراني" if locale == "en" else "زبيدة تحسين قمرانيل")
    expect(row).to_contain_text(amina.text("matching.reason.first_name_script"))
    amina.close()


@pytest.mark.e2e
@pytest.mark.parametrize(("width", "locale"), [(360, "ar"), (1280, "en")])
def test_other_records_of_a_child_are_looked_for_when_she_asks(
    browser: Browser, demo_site: LiveServer, width: int, locale: str
) -> None:
    """Not before: each look is written down. The other case is a link away; a sister is not taken for the child."""
    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/cases/likely" in request.url else None)
    amina.sign_in("amina")
    family = {"name_middle": "Idris", "name_last": f"Zarqawani{'el' if locale == 'ar' else ''}"}
    child = register(amina, name_first="Zubaida", age=9, **family)
    again = register(amina, name_first="Zoubayda", age=9, **family)
    sister = register(amina, name_first="Hanifa", age=7, **family)
    amina.go(f"/cases/{child}/others")
    look = page.get_by_role("button", name=amina.text("matching.others.look"), exact=True)
    expect(look).to_be_visible()
    assert asked == []
    look.click()
    row = main.locator(f"a[href='/app/cases/{again}']")
    expect(row).to_contain_text(amina.text("matching.likelihood.likely"))
    expect(row).to_contain_text(amina.text("matching.reason.first_name_spelling"))
    expect(main.locator(f"a[href='/app/cases/{sister}']")).to_have_count(0)
    assert len(asked) == 1 and child not in asked[0]
    amina.look("other records of a child")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"others-{width}-{locale}.png"), full_page=True)
    row.click()
    expect(page).to_have_url(f"{demo_site.url}/app/cases/{again}")
    amina.context.set_offline(True)
    page.go_back()
    page.get_by_role("button", name=amina.text("matching.others.again"), exact=True).click()
    expect(main).to_contain_text(amina.text("matching.others.offline"))
    expect(row).to_be_visible()
    amina.close()
