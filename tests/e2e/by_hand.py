"""Questions answered, rows added and records registered on the screen; a photo put there as another program would."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO

from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.screen import Worker, is_delivery, outcome

SEND = """async ([path, body]) => {
  const token = decodeURIComponent((document.cookie.match(/CSRF-TOKEN=([^;]+)/) || [])[1] || '');
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': token};
  return (await fetch(path, {method: 'POST', headers, body: JSON.stringify(body)})).status;
}"""


def answer(scope: Locator, name: str, value: str) -> None:
    """Answer one question, however it is asked; of a long list by what the option is called."""
    scope.locator(f"[id$='-{name}'], [name$='-{name}']").first.wait_for()
    chosen = scope.locator(f"input[name$='-{name}'][value='{value}']")
    listed = scope.locator(f"select[id$='-{name}']")
    if chosen.count():
        chosen.first.check()
    elif listed.count():
        listed.first.select_option(value)
    else:
        box = scope.locator(f"input[id$='-{name}'], textarea[id$='-{name}']").first
        box.fill(value)
        if box.get_attribute("role") == "combobox":
            scope.locator(f"[id$='-{name}-list'] [role=option]").first.click()


def add_row(worker: Worker, section: str, **answers: str) -> None:
    """Add a row and fill it in the sheet beside the page."""
    worker.page.locator(f"#answer-{section}-add").click()
    sheet = worker.page.locator("dialog[open]")
    for name, value in answers.items():
        answer(sheet, name, value)
    sheet.get_by_role("button", name=worker.words["renderer.row.done"], exact=True).click()
    expect(sheet).to_have_count(0)


def register(worker: Worker, kind: str) -> str:
    """Press the button that registers, complete or not; the new record’s id."""
    anyway = worker.page.get_by_role("button", name=worker.text("casefile.save_anyway"), exact=True)
    with worker.page.expect_response(is_delivery) as sent:
        worker.page.get_by_role("button", name=worker.words["casefile.register"], exact=True).click()
        expect(anyway.or_(worker.page.locator("main dl, main nav")).first).to_be_visible()
        if anyway.is_visible():
            anyway.click()
    assert outcome(sent.value) == 200, sent.value.text()
    worker.page.wait_for_url(re.compile(rf"/app/{kind}/[0-9a-f-]{{36}}$"))
    return worker.page.url.rsplit("/", 1)[1]


def put_photo(worker: Worker, kind: str, record: str, colour: str) -> None:
    """A photo on a record, as another program would put it there."""
    drawn = BytesIO()
    Image.new("RGB", (300, 400), colour).save(drawn, "PNG")
    content = b64encode(drawn.getvalue()).decode()
    data = {"field_name": "photos", "attachment_type": "image", "attachment": content, "file_name": "face.png"}
    assert worker.page.evaluate(SEND, [f"/api/v2/{kind}/{record}/attachments", {"data": data}]) in (200, 201)
