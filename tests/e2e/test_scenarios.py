"""The case worker's scenarios, which test shows each, and what no other test shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Browser, Locator, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_kept import synced
from tests.e2e.test_offline import answer_of, complete_case, tap, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

#: By the numbers under which the scenarios were agreed. 7 (attachments) and 13 (consent before a referral) come with those acts.
SHOWN = {
    1: [
        ("test_killed", "test_forty_kept_cases_open_after_a_reboot_in_the_field"),
        ("test_kept", "test_a_day_without_a_network"),
        ("test_vault", "test_a_cold_start_without_a_network_opens_by_the_password"),
        ("test_vault", "test_a_passkey_opens_after_a_cold_start_without_a_network"),
    ],
    2: [
        ("test_killed", "test_a_half_filled_intake_with_a_row_survives_a_killed_browser"),
        ("test_killed", "test_a_case_changed_when_the_browser_was_killed_offers_its_rows"),
        ("test_outbox", "test_a_row_that_was_open_survives_a_crash_and_goes_out_with_its_case"),
    ],
    3: [
        ("test_outbox", "test_two_devices_changed_the_same_answer_without_a_network"),
        ("test_outbox", "test_a_conflict_is_known_before_anything_is_sent"),
        ("test_work", "test_two_people_at_the_same_answer"),
    ],
    4: [
        ("test_offline", "test_a_refused_change_is_marked_and_corrected_in_two_taps"),
        ("test_scenarios", "test_one_refused_item_does_not_hold_up_the_others"),
    ],
    5: [
        ("test_offline", "test_on_a_shared_tablet_unsent_work_stays_its_authors"),
        ("test_work", "test_one_persons_drafts_are_not_the_next_ones"),
    ],
    6: [
        ("test_canary", "test_no_name_of_a_days_work_can_be_read_in_a_copied_telephone"),
        ("test_traces", "test_a_copied_profile_holds_no_key_and_nothing_of_a_child"),
        ("test_devices", "test_a_lost_telephone_is_revoked_hands_over_and_is_empty"),
        ("test_handed_over", "test_what_a_lost_telephone_gave_back_is_done_or_put_aside"),
    ],
    8: [("test_thin_line", "test_the_first_visit_is_light_and_the_second_comes_from_the_device")],
    9: [
        ("test_scenarios", "test_what_is_missing_on_three_forms_is_one_list"),
        ("test_work", "test_problems_are_listed_and_lead_to_the_answer"),
    ],
    10: [
        ("test_kept", "test_a_day_without_a_network"),
        ("test_kept", "test_a_child_registered_without_the_server_is_looked_for_once_it_is_back"),
    ],
    11: [
        ("test_journey", "test_a_child_is_registered_found_again_and_safe"),
        ("test_sessions", "test_language_and_look_outlive_reload_and_sign_out"),
        ("test_calendars", "test_a_day_of_birth_in_the_workers_calendar"),
    ],
    12: [("test_scenarios", "test_a_long_case_is_walked_through_on_a_telephone")],
    14: [
        ("test_thin_line", "test_a_stalled_request_is_no_success_and_a_cut_reply_no_second_change"),
        ("test_offline", "test_a_child_registered_without_a_network_is_sent_once"),
    ],
    15: [
        ("test_scenarios", "test_the_keyboard_alone_finds_a_case_and_adds_a_row"),
        ("test_work", "test_keyboard_alone_signs_in_and_opens_a_case"),
    ],
}

#: Her own open cases, as the server has them.
MINE = "async () => (await (await fetch('/api/v2/cases?status=open&owned_by=amina&per=100')).json()).data"


def test_every_scenario_is_shown_by_a_test_that_exists() -> None:
    here = Path(__file__).parent
    assert sorted(SHOWN) == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15]
    missing = [
        f"{number}: {file}.{name}"
        for number, tests in SHOWN.items()
        for file, name in tests
        if f"def {name}(" not in (here / f"{file}.py").read_text()
    ]
    assert missing == []


@contextmanager
def a_stricter_form(form: str, name: str, **rule: str) -> Iterator[None]:
    """An administrator publishes a stricter question, of which devices in the field have not heard; afterwards it is as it was."""
    from cpims.forms.models import Field
    from cpims.settings.models import Instance

    question = Field.objects.get(form__unique_id=form, name=name)
    before = question.attributes

    def publish(attributes: dict[str, Any]) -> None:
        Field.objects.filter(pk=question.pk).update(attributes=attributes)
        Instance.objects.update(configuration=F("configuration") + 1)

    publish({**before, **rule})
    try:
        yield
    finally:
        publish(before)


def test_one_refused_item_does_not_hold_up_the_others(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    """Scenario 4: three changes made in the field; the server refuses the middle one by a rule that came meanwhile."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    first = complete_case(amina)
    hers = page.evaluate(MINE)
    second = next(one for one in hers if one["id"] not in first and one.get("hidden_name") is not True)
    refused = f"/cases/{second['id']}"
    synced(amina)
    amina.go(f"{refused}/protection_concern/edit")
    due = page.locator("#answer-assessment_due_date")
    expect(due).to_be_visible()
    amina.context.set_offline(True)
    for path, section, name, value in (
        (first, "basic_identity", "address_current", "Tent 31"),
        (refused, "protection_concern", "assessment_due_date", "2099-06-01"),
        (first, "basic_identity", "landmark_current", "By the well"),
    ):
        amina.go(f"{path}/{section}/edit")
        amina.answer(name, value)
        save_offline(amina)
    tap(amina, "/outbox")
    with a_stricter_form("protection_concern", "assessment_due_date", date_validation="not_future_date"):
        with page.expect_response(is_delivery) as sent:
            amina.context.set_offline(False)
        told = {one["record"]: one["outcome"] for one in sent.value.json()["data"]}
        assert told == {first.removeprefix("/cases/"): "accepted", second["id"]: "refused"}
        expect(main).to_contain_text(amina.text("renderer.problem.date_in_future"))
        expect(main).to_contain_text(amina.text("state.confirmed"))
        expect(main).not_to_contain_text(amina.text("state.waiting"))
        amina.look("one refused, the others sent")
        for name, value in (("address_current", "Tent 31"), ("landmark_current", "By the well")):
            assert answer_of(first.removeprefix("/cases/"), name) == value
        assert answer_of(second["id"], "assessment_due_date") != "2099-06-01"

        page.get_by_role("link", name=amina.text("outbox.correct"), exact=True).click()
        expect(due).to_be_focused()
        expect(due).to_have_value("2099-06-01")
        due.fill("2026-01-15")
        assert amina.save() == 200
        assert answer_of(second["id"], "assessment_due_date") == "2026-01-15"
    tap(amina, "/outbox")
    expect(main).not_to_contain_text(amina.text("renderer.problem.date_in_future"))
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_what_is_missing_on_three_forms_is_one_list(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """Scenario 9: each entry leads to its answer and goes while it is typed; incomplete, it can be kept all the same."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    amina.go("/cases/new")
    page.locator("main input").first.fill("Nameless")
    amina.button("casefile.new.go_on").click()
    amina.answer("name_first", "")
    amina.button("casefile.register").click()
    listed = page.get_by_role("alert").filter(has=page.locator("button"))
    expect(listed).to_be_visible()
    assert page.evaluate("() => document.activeElement.closest('[role=alert]') !== null"), "the focus is elsewhere"
    entries = listed.get_by_role("button")
    forms = {text.split("›")[0].strip() for text in entries.all_inner_texts()}
    assert len(forms) >= 3, forms
    amina.look("what is missing on three forms")
    before = entries.count()
    reached: list[str] = []
    for nth in range(before):
        entries.nth(nth).click()
        page.wait_for_function("() => document.activeElement.closest('[role=alert]') === null")
        reached.append(page.evaluate("() => { const one = document.activeElement; return one.id || one.name; }"))
        page.evaluate("() => document.activeElement.blur()")
    assert len(set(reached)) == before and all(one.startswith("answer-") for one in reached), reached
    entries.nth(reached.index("answer-name_first")).click()
    expect(page.locator("#answer-name_first")).to_be_focused()
    page.keyboard.type("Layla")
    expect(entries).to_have_count(before - 1)
    with page.expect_response(is_delivery) as sent:
        amina.button("casefile.save_anyway").click()
    assert outcome(sent.value) == 200
    expect(page).to_have_url(re.compile(r"/app/cases/[0-9a-f-]{36}"))
    amina.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_long_case_is_walked_through_on_a_telephone(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """Scenario 12: on and back, how far each section is, an address for each; back is where she was."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    page = amina.page
    amina.sign_in("amina")
    path = one_of_mine(amina)
    amina.go(f"{path}/basic_identity")
    steps = page.locator(f"nav[aria-label='{amina.text('casefile.steps')}'] a")
    here = page.locator("#section-title").inner_text()
    steps.last.scroll_into_view_if_needed()
    down = page.evaluate("() => scrollY")
    assert down > 200, "the section is not long enough to show anything"
    steps.last.click()
    expect(page.locator("#section-title")).not_to_have_text(here)
    expect(page.locator("#section-title")).to_be_focused()
    there = page.url
    assert re.search(rf"{path}/(?!basic_identity)\w+$", there)
    amina.fits("the next section")
    page.go_back()
    expect(page.locator("#section-title")).to_have_text(here)
    page.wait_for_function("(down) => Math.abs(scrollY - down) < 8", arg=down)
    page.go_forward()
    expect(page).to_have_url(there)
    title = page.locator("#section-title").inner_text()
    page.reload()
    expect(page.locator("#section-title")).to_have_text(title)
    steps.first.click()
    expect(page.locator("#section-title")).to_have_text(here)

    page.locator("main").get_by_role("button", name=amina.text("casefile.sections"), exact=True).click()
    parts = page.locator("dialog[open] nav a")
    expect(parts.first).to_be_visible()
    amina.look("the sections of a case")
    marked = [text for text in parts.all_text_contents() if "," in text]
    assert len(marked) >= 5, "the sections do not tell how far they are"
    expect(page.locator("dialog[open] nav a[aria-current=page]")).to_contain_text(here)
    page.locator(f"dialog[open] nav a[href='/app{path}/notes']").click()
    expect(page).to_have_url(re.compile(f"{path}/notes$"))
    expect(page.locator("dialog[open]")).to_have_count(0)
    amina.close()


def tab_to(worker: Worker, wanted: Locator, most: int = 160) -> None:
    """Press Tab until the focus is there."""
    handle = wanted.element_handle()
    for _ in range(most):
        if handle.evaluate("(one) => one === document.activeElement"):
            return
        worker.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached by the keyboard")


def test_the_keyboard_alone_finds_a_case_and_adds_a_row(browser: Browser, demo_site: LiveServer) -> None:
    """Scenario 15: sign in, search, open, write a row, save; each with a name, and said aloud when it is done."""
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    page, keys = amina.page, amina.page.keyboard
    page.goto(f"{demo_site.url}/app/cases")
    expect(page.locator("input[name=username]")).to_be_visible()
    tab_to(amina, page.locator("input[name=username]"))
    keys.type("amina")
    tab_to(amina, page.locator("input[name=password]"))
    keys.type(FIXED_PASSWORD)
    keys.press("Enter")
    row = page.locator("main a[href*='/app/cases/']").filter(has_not_text=re.compile(r"^\+")).first
    expect(row).to_be_visible()
    case = next(one for one in page.evaluate(MINE) if one.get("name") and one.get("hidden_name") is not True)
    box = page.get_by_role("searchbox").first
    tab_to(amina, box)
    keys.type(case["case_id_display"])
    keys.press("Enter")
    link = page.locator(f"main a[href='/app/cases/{case['id']}']").first
    expect(link).to_be_visible()
    tab_to(amina, link)
    keys.press("Enter")
    expect(page.locator("main h1").first).to_contain_text(case["name"])

    notes = page.locator(f"main nav a[href='/app/cases/{case['id']}/notes']")
    tab_to(amina, notes)
    keys.press("Enter")
    expect(page.locator("#section-title")).to_be_focused()
    tab_to(amina, page.locator(f"main a[href='/app/cases/{case['id']}/notes/edit']").first)
    keys.press("Enter")
    add = page.locator("#answer-notes_section-add")
    expect(add).to_be_visible()
    tab_to(amina, add)
    keys.press("Enter")
    sheet = page.locator("dialog[open]")
    expect(sheet).to_be_visible()
    assert page.evaluate("() => document.activeElement.closest('dialog') !== null"), "the focus stayed behind the sheet"
    amina.look("a row, by the keyboard")
    tab_to(amina, sheet.locator("[id$=note_subject]"))
    keys.type("By keys alone")
    tab_to(amina, sheet.locator("[id$=note_text]"))
    keys.type("No mouse was there.")
    tab_to(amina, sheet.get_by_role("button", name=amina.text("renderer.row.done"), exact=True))
    keys.press("Enter")
    expect(sheet).to_have_count(0)
    page.wait_for_function("() => document.activeElement !== document.body")  # the focus is not lost with the sheet
    tab_to(amina, page.get_by_role("button", name=amina.words["casefile.save"], exact=True))
    with page.expect_response(is_delivery) as sent:
        keys.press("Enter")
        anyway = page.get_by_role("button", name=amina.text("casefile.save_anyway"), exact=True)
        while not sent.is_done() and not anyway.is_visible():
            page.wait_for_timeout(50)
        if anyway.is_visible():
            tab_to(amina, anyway)
            keys.press("Enter")
    assert outcome(sent.value) == 200
    expect(page.locator("[role=status], [aria-live]").filter(has_text=re.compile("[Ss]aved")).first).to_be_attached()
    stored = answer_of(case["id"], "notes_section")
    assert "No mouse was there." in [one["note_text"] for one in stored]
    amina.look("after saving by keys")
    amina.close()
