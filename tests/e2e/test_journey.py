"""The main job: Amina registers a child, finds her again, and her file is safe from Dawit by every road."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

CONCERNS = {"en": ["Physical or emotional", "Hazardous"], "ar": ["إيذاء جسدي", "عمل خطر"]}
BROTHER = {"en": "Brother", "ar": "الأخ"}
DEVICES = [(360, "en"), (360, "ar"), (1280, "en"), (1280, "ar")]


@pytest.mark.parametrize(("width", "locale"), DEVICES)
def test_a_child_is_registered_found_again_and_safe(
    browser: Browser, demo_site: LiveServer, width: int, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    family = {(360, "en"): "الزهراني", (360, "ar"): "القاسمي", (1280, "en"): "البستاني", (1280, "ar"): "الراشدي"}[
        (width, locale)
    ]
    amina.page.goto(f"{demo_site.url}/app/")
    expect(amina.page.locator("input[name=password]")).to_be_visible()
    amina.axe("sign-in")
    amina.sign_in("amina")
    amina.look("home")
    path = register(amina, family)
    amina.look("case")
    add_sibling(amina, path)
    find(amina, family, path)
    edit(amina, path)
    history(amina, path)
    case_id = path.split("/")[2]
    amina.close()
    dawit_finds_nothing(browser, demo_site, width, locale, case_id, family)


def register(amina: Worker, family: str) -> str:
    """Search first, then consent, the child, two concerns; the case is open afterwards."""
    page = amina.page
    amina.go("/cases/new")
    page.locator("main input").first.fill(f"نور {family}")
    amina.look("search before register")
    amina.button("casefile.new.go_on").click()
    amina.choose("interview_subject", "caregiver")
    page.locator("#answer-consent_for_services").check()
    amina.answer("name_first", "نور")
    amina.answer("name_last", family)
    amina.choose("sex", "female")
    amina.answer("age", "9")
    amina.choose("safe_to_contact", "no_phone")
    amina.pick("protection_concerns", CONCERNS[amina.locale])
    amina.choose("urgent_protection_concern", "false")
    amina.choose("risk_level", "high")
    amina.answer("rapid_risk_level_reasons", "works in a brick kiln")
    amina.look("register")
    amina.button("casefile.register").click()
    expect(page).to_have_url(re.compile(r"/app/cases/[0-9a-f-]{36}"))
    expect(page.locator("main h1").first).to_contain_text(family)
    return "/cases/" + re.search(r"/cases/([0-9a-f-]{36})", page.url).group(1)  # type: ignore[union-attr]


def add_sibling(amina: Worker, path: str) -> None:
    """A brother in the family section, in a side sheet."""
    page = amina.page
    amina.go(f"{path}/family_details/edit")
    page.get_by_role("button", name=re.compile(re.escape(amina.text("renderer.rows.add")))).first.click()
    sheet = page.locator("dialog[open]")
    sheet.locator("[id$=relation_name]").first.fill("سامي")
    sheet.locator("[id$=-relation]").first.fill(BROTHER[amina.locale])
    sheet.locator("[id$=-relation-list] [role=option]").first.click()
    amina.look("family row")
    sheet.get_by_role("button", name=amina.text("renderer.row.done"), exact=True).click()
    assert amina.save() == 200


def find(amina: Worker, family: str, path: str) -> None:
    """In the list, by the Arabic name and by its Latin spelling."""
    page = amina.page
    for text in (f"نور {family}", "Noor"):
        amina.go("/cases")
        box = page.locator("main input[type=search], main [role=search] input, main input").first
        box.fill(text)
        expect(page.locator(f"main a[href*='{path}']").first).to_be_visible()
        assert "Noor" not in page.url and "%D9" not in page.url, "a name stands in an address"
        assert "نور" not in page.title()
    amina.look("list")


def edit(amina: Worker, path: str) -> None:
    """She is ten, not nine."""
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("age", "10")
    amina.look("edit")
    assert amina.save() == 200
    expect(amina.page.locator("main")).to_contain_text("10")


def history(amina: Worker, path: str) -> None:
    """Who changed what, newest first."""
    amina.go(f"{path}/history")
    page = amina.page
    expect(page.locator("main")).to_contain_text("amina")
    expect(page.locator("main")).to_contain_text(amina.text("casefile.history.create"))
    amina.look("history")


def dawit_finds_nothing(browser: Browser, site: LiveServer, width: int, locale: str, case_id: str, family: str) -> None:
    """Another agency: list, search, count, direct link and history tell him nothing."""
    dawit = Worker(browser, site.url, width=width, locale=locale)
    dawit.sign_in("dawit")
    page = dawit.page
    dawit.go("/cases")
    with page.expect_response(
        lambda r: r.url.endswith("/cases/search") and family in (r.request.post_data or "")
    ) as told:
        page.locator("main input").first.fill(family)
    answered = told.value.json()
    # A child of his own whose name has nearly the same letters may be shown; she is not.
    expect(page.locator("main ul li a[href^='/app/cases/']")).to_have_count(len(answered["data"]))
    assert family not in str(answered) and case_id not in str(answered)
    expect(page.locator(f"a[href*='{case_id}']")).to_have_count(0)
    expect(page.locator("main ul").filter(has_text=family)).to_have_count(0)
    page.goto(f"{site.url}/app/cases/{case_id}")
    expect(page.locator("main h1, main h2").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(family)
    dawit.look("not found")

    def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return tuple(
            page.evaluate(
                """async ([method, path, body]) => {
                  const token = decodeURIComponent((document.cookie.match(/CSRF-TOKEN=([^;]+)/) || [])[1] || '');
                  const r = await fetch(path, {method, body: body && JSON.stringify(body),
                    headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token}});
                  return [r.status, await r.json()];
                }""",
                [method, path, body],
            )
        )

    for road in ("", "/record_history"):
        assert call("GET", f"/api/v2/cases/{case_id}{road}")[0] == 404
    assert call("GET", f"/api/v2/cases?id={case_id}")[1]["metadata"]["total"] == 0
    for query in (f"نور {family}", family, case_id[-7:]):
        status, found = call("POST", "/api/cpims/v1/cases/search", {"query": query, "any": True})
        assert status == 200 and case_id not in str(found)
    assert call("POST", "/api/cpims/v1/cases/count", {"id": case_id})[1]["data"]["total"] == 0
    dawit.close()
