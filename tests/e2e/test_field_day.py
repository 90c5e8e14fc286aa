"""A whole day in the field: a child registered, a note, a service, a follow-up, a case closed and opened again, lists and searches; then the line is back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.screen import Worker
from tests.e2e.test_kept import CASE, mine, search, sync_now, synced
from tests.e2e.test_lists import SHOWN, shows
from tests.e2e.test_offline import (
    answer_of,
    complete_case,
    count_named,
    fill_registration,
    tap,
    with_app_on_the_device,
)
from tests.e2e.test_outbox import save_offline
from tests.running import LiveServer

#: The rows that she writes: section, question, a first answer, and where her words stand.
WRITTEN = (
    ("notes", "notes_section", "note_subject", "note_text"),
    ("services", "services_section", "service_type", "service_referral_notes"),
    ("followup", "followup_subform_section", "followup_type", "followup_comments"),
)


def give(worker: Worker, control: Locator) -> None:
    """Some right answer, whatever kind of question it is."""
    kind = control.evaluate("(one) => one.matches('[role=combobox]') ? 'search' : one.tagName + ' ' + (one.type || '')")
    if kind == "search":
        control.press("ArrowDown")
        worker.page.keyboard.press("Enter")
        if control.get_attribute("aria-expanded") == "true":
            worker.page.keyboard.press("Escape")  # puts the list away, never the sheet around it
    elif kind.startswith("SELECT"):
        control.select_option(index=1)
    elif kind.startswith("FIELDSET"):
        control.locator("input").first.check()
    elif kind in ("INPUT radio", "INPUT checkbox"):
        control.check()
    elif kind == "INPUT date":
        control.fill(worker.page.evaluate("() => new Date().toISOString().slice(0, 10)"))
    else:
        control.fill("1" if control.get_attribute("inputmode") in ("numeric", "decimal") else "As agreed with her")


def add_row(worker: Worker, path: str, section: str, field: str, first: str, text: str) -> None:
    """A row of a list, written and saved without a network."""
    worker.go(f"{path}/{section}/edit")
    worker.page.locator(f"#answer-{field}-add").click()
    sheet = worker.page.locator("dialog[open]")
    give(worker, sheet.locator(f"[id$='-{first}']").first)
    sheet.locator(f"[id$='-{text}']").fill(f"Seen in the field: {text}")
    sheet.get_by_role("button", name=re.compile("^" + re.escape(worker.text("renderer.row.done")))).click()
    expect(sheet).to_have_count(0)
    save_offline(worker)


def answer_what_is_missing(worker: Worker) -> int:
    """Go from entry to entry of the list of what is missing until it is empty; how many there were."""
    listed = worker.page.get_by_role("alert").filter(has=worker.page.locator("button"))
    expect(listed).to_be_visible()
    entries, answered = listed.get_by_role("button"), 0
    while answered < 30 and listed.count() and entries.count():
        before = entries.first.inner_text()
        entries.first.click()
        worker.page.wait_for_function("() => document.activeElement.closest('[role=alert]') === null")
        give(worker, worker.page.locator("*:focus"))
        worker.page.evaluate("() => document.activeElement.blur()")
        expect(entries.filter(has_text=before)).to_have_count(0)
        answered += 1
    return answered


def choose_act(worker: Worker, key: str) -> None:
    """One of the things that can be done with a case."""
    worker.page.locator("main").get_by_role("button", name=worker.text("casefile.actions"), exact=True).click()
    worker.page.get_by_role("menuitem", name=worker.text(key), exact=True).click()


def close_and_reopen(worker: Worker, path: str) -> None:
    """She closes the case for a reason, finds it among the closed ones, and opens it again."""
    page, main = worker.page, worker.page.locator("main")
    worker.go(path)
    choose_act(worker, "casefile.close")
    expect(main).to_contain_text(worker.text("casefile.close.explain_form"))
    close = main.get_by_role("button", name=worker.text("casefile.close.do"), exact=True).last
    give(worker, page.locator("#answer-closure_reason"))
    close.click()
    # The list of what is missing leads to each question, and she is still closing the case.
    assert answer_what_is_missing(worker) > 1
    worker.look("closing a case without a network")
    close.click()
    expect(page.get_by_text(worker.text("casefile.saved_here")).first).to_be_visible()
    link = main.locator(f"a[href='/app{path}']")
    worker.go("/cases")
    expect(main).to_contain_text(worker.text("kept.as_of"))
    expect(link).to_have_count(0)
    worker.go("/cases?status=closed")
    link.click()
    choose_act(worker, "casefile.reopen")
    sheet = page.locator("dialog[open]")
    sheet.locator("textarea").fill("Her uncle has left again.")
    worker.look("opening a case again without a network")
    sheet.get_by_role("button", name=worker.text("casefile.reopen.do"), exact=True).click()
    expect(page.get_by_text(worker.text("casefile.saved_here")).first).to_be_visible()
    worker.go("/cases")
    expect(link).to_be_visible()


def find_without_a_network(worker: Worker, hers: list[dict[str, Any]], fresh: str, family: str) -> None:
    """Filtered, sorted and searched over what is kept, the child of today among them."""
    page, main = worker.page, worker.page.locator("main")
    girls = {one["id"] for one in hers if one.get("sex") == "female"} | {fresh}
    assert 1 < len(girls) <= len(hers)
    worker.go("/cases?sex=female")
    shows(page, girls)
    worker.go("/cases?sort=youngest")
    expect(main.locator(f"a[href='/app/cases/{fresh}']")).to_be_visible()
    ages = {one["id"]: one.get("age") for one in hers}
    # Her new child stands on top; the others from the youngest to the eldest.
    shown = page.evaluate(SHOWN)
    known = [ages[one] for one in shown if one in ages and ages[one] is not None]
    assert shown[0] == fresh and len(known) > 2 and known == sorted(known)
    worker.look("a sorted list without a network")
    worker.go("/cases")
    search(worker, family)
    shows(page, [fresh])


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_day_in_the_field(browser: Browser, demo_site: LiveServer, demo_db: None, locale: str) -> None:
    """All of it is kept, shown, and sent in her order; nothing reaches the server before, and nothing is missing after."""
    from cpims.records.models import Record

    family = {"en": "Longday", "ar": "اليومي"}[locale]
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    amina.go(f"{path}/closure_form/edit")
    amina.go("/cases/new")
    expect(main.locator("input").first).to_be_visible()
    synced(amina)
    hers = mine(page)
    before = {field: answer_of(case_id, field) or [] for _, field, _, _ in WRITTEN}
    revision = Record.objects.get(pk=case_id).revision

    amina.context.set_offline(True)
    fill_registration(amina, family)
    amina.button("casefile.register").click()
    expect(page).to_have_url(CASE)
    found = CASE.search(page.url)
    assert found is not None
    fresh = found[1]
    for section, field, first, text in WRITTEN:
        add_row(amina, path, section, field, first, text)
    close_and_reopen(amina, path)
    find_without_a_network(amina, hers, fresh, family)
    assert Record.objects.get(pk=case_id).revision == revision and count_named(family) == 0

    amina.context.set_offline(False)
    tap(amina, "/outbox")
    sync_now(amina)
    expect(main).to_contain_text(amina.text("state.confirmed"))
    for state in ("state.waiting", "state.sending", "state.refused"):
        expect(main).not_to_contain_text(amina.text(state))
    assert (count_named(family), Record.objects.get(pk=fresh).owned_by) == (1, "amina")
    case = Record.objects.get(pk=case_id)
    told = page.evaluate("async (id) => (await (await fetch(`/api/v2/cases/${id}`)).json()).data", case_id)
    assert (case.status, told["case_status_reopened"]) == ("open", True)
    for _, field, _, text in WRITTEN:
        rows = case.data[field]
        assert len(rows) == len(before[field]) + 1, field
        assert f"Seen in the field: {text}" in [row.get(text) for row in rows]
    assert told["reopened_logs"][0]["reopened_reason"] == "Her uncle has left again."
    history = page.evaluate(
        "async (id) => (await (await fetch(`/api/v2/cases/${id}/record_history?per=20`)).json()).data", case_id
    )
    moved = [one for one in history if any("status" in change for change in one["record_changes"])]
    assert len(moved) >= 2, "closing and opening again do not both stand in the history"
    amina.close()
