"""Tracing requests, families and incidents: each is registered, found, read and changed without a network, and sent."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pypdf
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker, is_delivery, outcome
from tests.running import LiveServer

REFINED = {
    "tracing_requests": "landmark_last",
    "families": "family_landmark_current",
    "incidents": "incident_description",
}
SECTION = {
    "tracing_requests": "tracing_request_inquirer",
    "families": "family_overview",
    "incidents": "cp_incident_form",
}


def tracing_request(worker: Worker, name: str) -> None:
    """An adult looks for a child."""
    worker.answer("relation_name", name)
    worker.choose("inquirer_consent", "true")
    worker.page.locator("#answer-tracing_request_subform_section-add").click()
    sheet = worker.page.get_by_role("dialog")
    sheet.locator("input[id$='-name']").first.fill("نور")
    sheet.get_by_role("button", name=worker.text("renderer.row.done")).click()


def family(worker: Worker, name: str) -> None:
    """A family comes to be known."""
    worker.answer("family_name", name)


def incident(worker: Worker, name: str) -> None:
    """Something was done to a child; it has no name."""
    worker.answer("incident_date", "2026-02-03")
    worker.page.locator("#answer-cp_incident_violence_type").select_option(index=1)
    worker.answer("incident_description", name)


FILL: dict[str, Callable[[Worker, str], None]] = {
    "tracing_requests": tracing_request,
    "families": family,
    "incidents": incident,
}


def register(worker: Worker, kind: str, name: str) -> str:
    """Register one; complete or not, the server takes it. Its id."""
    worker.go(f"/{kind}/new")
    expect(worker.page.locator("main h1")).to_have_text(worker.words[f"kinds.{kind}.casefile.new.title"])
    FILL[kind](worker, name)
    worker.look(f"{kind}: registering")
    anyway = worker.page.get_by_role("button", name=worker.text("casefile.save_anyway"), exact=True)
    with worker.page.expect_response(is_delivery) as sent:
        worker.page.get_by_role("button", name=worker.words["casefile.register"], exact=True).click()
        expect(anyway.or_(worker.page.locator("main dl").first)).to_be_visible()
        if anyway.is_visible():
            anyway.click()
    assert outcome(sent.value) == 200, sent.value.text()
    worker.page.wait_for_url(re.compile(rf"/app/{kind}/[0-9a-f-]{{36}}$"))
    return worker.page.url.rsplit("/", 1)[1]


def stored(worker: Worker, kind: str, record: str) -> dict[str, Any]:
    """The record as the server has it."""
    found: dict[str, Any] = worker.page.evaluate(
        "async ([kind, id]) => (await (await fetch(`/api/v2/${kind}/${id}`)).json()).data", [kind, record]
    )
    return found


def rows(worker: Worker, kind: str) -> Any:
    """Where the list leads."""
    return worker.page.locator(f"main a[href*='/{kind}/']:not([href$='/new'])")


@pytest.mark.parametrize(("width", "locale"), [(1280, "en"), (360, "ar")])
def test_each_kind_from_the_first_word_to_the_server(
    browser: Browser, demo_site: LiveServer, width: int, locale: str
) -> None:
    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    amina.sign_in("amina")
    made: dict[str, str] = {}
    for kind in FILL:
        name = f"Zubayda Qattan {locale}"
        made[kind] = register(amina, kind, name)
        expect(amina.page.locator("main h1")).to_be_visible()
        amina.look(f"{kind}: summary")
        amina.go(f"/{kind}")
        if kind != "incidents":
            amina.page.get_by_role("searchbox", name=amina.words[f"kinds.{kind}.cases.search"]).fill("Zubayda Qatan")
            expect(rows(amina, kind).filter(has_text=name).first).to_be_visible()
        expect(amina.page.locator(f"main a[href$='/{kind}/{made[kind]}']").first).to_be_visible()
        amina.look(f"{kind}: list")
    # What she may open lies on the device after the next pull, whatever its kind.
    amina.go("/device")
    amina.button("kept.sync").click()
    expect(amina.button("kept.sync")).to_be_enabled()
    expect(amina.page.get_by_text(amina.words["kept.others"])).to_be_visible()
    amina.context.set_offline(True)
    for kind, record in made.items():
        amina.page.get_by_role("link", name=amina.words["nav.cases"], exact=True).first.click()
        amina.page.get_by_role("link", name=amina.words[f"kinds.{kind}.cases.title"], exact=True).first.click()
        row = amina.page.locator(f"main a[href$='/{kind}/{record}']").first
        expect(row).to_be_visible()
        row.click()
        amina.page.locator(f"a[href$='/{record}/{SECTION[kind]}']").first.click()
        amina.page.get_by_role("link", name=re.compile(re.escape(amina.words["casefile.edit"]))).first.click()
        more = amina.page.locator(f"#answer-{REFINED[kind]}")
        more.fill(f"by the old mill {kind}")
        amina.page.get_by_role("button", name=amina.words["casefile.save"], exact=True).click()
        anyway = amina.page.get_by_role("button", name=amina.text("casefile.save_anyway"), exact=True)
        waiting = amina.page.get_by_text(amina.words["casefile.state.waiting"])
        expect(anyway.or_(waiting).first).to_be_visible()
        if anyway.is_visible():
            anyway.click()
        expect(waiting.first).to_be_visible()
    with amina.page.expect_response(is_delivery) as sent:
        amina.context.set_offline(False)
    assert outcome(sent.value) == 200, sent.value.text()
    amina.page.get_by_role("link", name=amina.words["nav.outbox"], exact=True).first.click()
    for one in ("tracing_request", "family", "incident"):
        expect(amina.page.locator("main").get_by_text(amina.words[f"outbox.item.amend_{one}"])).to_be_visible()
    expect(amina.page.locator("main").get_by_text(amina.words["state.waiting"])).to_have_count(0)
    amina.look("outbox with every kind")
    for kind, record in made.items():
        assert stored(amina, kind, record)[REFINED[kind]] == f"by the old mill {kind}"
    amina.close()


def test_what_is_out_of_sight_is_not_there(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    record = register(amina, "families", "Barakat of the well")
    amina.close()
    dawit = Worker(browser, demo_site.url, width=1280, locale="en")
    dawit.sign_in("dawit")
    dawit.page.goto(f"{demo_site.url}/app/families/{record}")
    expect(dawit.page.get_by_text(dawit.words["kinds.record.casefile.not_found"])).to_be_visible()
    dawit.go("/families")
    dawit.page.get_by_role("searchbox", name=dawit.words["kinds.families.cases.search"]).fill("Barakat of the well")
    expect(dawit.page.get_by_text(dawit.words["kinds.record.cases.none.narrowed"])).to_be_visible()
    dawit.close()


def test_a_request_is_flagged_closed_and_opened_again(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    record = register(amina, "tracing_requests", "Hawa Sesay")
    actions = amina.page.get_by_role("button", name=amina.words["kinds.record.casefile.actions"])
    actions.click()
    amina.page.get_by_role("menuitem", name=amina.words["flags.open"]).click()
    amina.button("flags.raise").click()
    sheet = amina.page.get_by_role("dialog")
    sheet.locator("textarea").fill("Ask at the camp office")
    with amina.page.expect_response(is_delivery) as sent:
        sheet.get_by_role("button", name=amina.words["flags.raise.do"]).click()
    assert outcome(sent.value) == 200, sent.value.text()
    expect(amina.page.get_by_text("Ask at the camp office")).to_be_visible()
    amina.look("flags of a request")
    amina.go(f"/tracing_requests/{record}")
    for act, status in (("close", "closed"), ("reopen", "open")):
        actions.click()
        amina.page.get_by_role("menuitem", name=amina.words[f"kinds.tracing_requests.casefile.{act}"]).click()
        with amina.page.expect_response(is_delivery) as sent:
            amina.page.get_by_role("dialog").get_by_role(
                "button", name=amina.words[f"kinds.record.casefile.{act}.do"], exact=True
            ).click()
        assert outcome(sent.value) == 200, sent.value.text()
        assert stored(amina, "tracing_requests", record)["status"] == status
    amina.go(f"/tracing_requests/{record}/history")
    expect(amina.page.locator("main h2").first).to_be_visible()
    amina.look("history of a request")
    amina.close()


def test_a_photo_lies_on_a_request_and_not_on_a_case(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    record = register(amina, "tracing_requests", "Fatmata Kanu")
    amina.go(f"/tracing_requests/{record}/tracing_request_photos_and_audio/edit")
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(picture, "JPEG")
    amina.page.locator("#answer-photos input[type=file], input[type=file]").first.set_input_files(
        [{"name": "at-the-well.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}]
    )
    with amina.page.expect_response(is_delivery) as sent:
        amina.page.get_by_role("dialog").get_by_role("button", name="Add the file", exact=True).click()
    assert outcome(sent.value) == 200, sent.value.text()
    found = stored(amina, "tracing_requests", record)["photos"]
    assert len(found) == 1
    assert f"/tracing_requests/{record}/" in found[0]["attachment_url"]
    amina.look("a photo of a request")
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_two_people_at_the_same_answer_of_a_request(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """Who saves second is shown both answers and chooses; what only she answered is kept."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    farid.sign_in("farid")
    record = register(amina, "tracing_requests", f"Hawa Sillah {locale}")
    for worker in (amina, farid):
        worker.go(f"/tracing_requests/{record}/tracing_request_inquirer/edit")
        expect(worker.page.locator("#answer-landmark_last")).to_be_visible()
    farid.answer("landmark_last", "The red bridge")
    assert farid.save() == 200
    amina.answer("landmark_last", "الجسر القديم")
    amina.answer("relation_nickname", "Mama Hawa")
    assert amina.save() == 409
    sides = amina.page.locator("main fieldset label")
    for text in ("الجسر القديم", "The red bridge"):
        expect(sides.filter(has_text=text)).to_be_visible()
    amina.look("conflict over a request")
    sides.filter(has_text="الجسر القديم").click()
    with amina.page.expect_response(is_delivery) as sent:
        amina.button("casefile.conflict.save").click()
    assert outcome(sent.value) == 200, sent.value.text()
    found = stored(amina, "tracing_requests", record)
    assert (found["landmark_last"], found["relation_nickname"]) == ("الجسر القديم", "Mama Hawa")
    amina.close()
    farid.close()


@pytest.mark.parametrize("kind", ["families", "incidents"])
def test_a_paper_of_each_kind(browser: Browser, demo_site: LiveServer, kind: str) -> None:
    """It is saved under a name that tells nothing of whom it is about, and holds what was written down."""
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    name = f"Barakat paper {kind}"
    register(farid, kind, name)
    farid.page.get_by_role("button", name=farid.words["kinds.record.casefile.actions"]).click()
    with farid.page.expect_download() as saved:
        farid.page.get_by_role("menuitem", name=farid.words["casefile.print"]).click()
    one = {"families": "family", "incidents": "incident"}[kind]
    assert re.fullmatch(rf"{one}-[\w-]+\.pdf", saved.value.suggested_filename)
    paper = pypdf.PdfReader(io.BytesIO(saved.value.path().read_bytes()))
    assert name in " ".join(" ".join(page.extract_text().split()) for page in paper.pages)
    farid.close()


def test_a_spreadsheet_of_the_families_that_are_chosen(browser: Browser, demo_site: LiveServer) -> None:
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    kind = "families"
    record = register(farid, kind, "Barakat sheet")
    farid.go(f"/{kind}")
    farid.button("lists.more").click()
    farid.page.get_by_role("menuitem", name=farid.words["kinds.record.lists.choose"], exact=True).click()
    code = stored(farid, kind, record)["short_id"]
    farid.page.get_by_role("checkbox", name=farid.words["lists.choose.one"].replace("{code}", code)).check()
    with farid.page.expect_download() as saved:
        farid.button("lists.excel").click()
    assert saved.value.suggested_filename == f"{kind}.xlsx"
    with ZipFile(io.BytesIO(saved.value.path().read_bytes())) as book:
        parts = {part: book.read(part).decode() for part in book.namelist() if part.startswith("xl/")}
    assert parts["xl/worksheets/sheet1.xml"].count("<row ") == 2, "its head and one record"
    assert code in "".join(parts.values())
    farid.look(f"{kind}: chosen for a spreadsheet")
    farid.close()
