"""The outbox: two devices at one answer, work carried in a file, answers that wait for a new owner; nothing typed is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect

from tests.cast import AT
from tests.e2e.screen import DELIVER, Worker, is_delivery, outcome
from tests.e2e.test_offline import answer_of, come, complete_case, leave, tap, with_app_on_the_device
from tests.running import LiveServer

FILE_PASSWORD = "seven lanterns in a row"


def hand_over(case_id: str, to: str) -> None:
    """Another worker holds the case now."""
    from cpims.accounts.models import User
    from cpims.audit.actions import record as write_down
    from cpims.forms.queries.viewers import current_viewer
    from cpims.records.actions.writing import own
    from cpims.records.events import OwnerMoved
    from cpims.records.models import Record

    case, owner = Record.objects.get(pk=UUID(case_id)), User.objects.get(user_name=to)
    own(case, owner, sorted(owner.groups.values_list("unique_id", flat=True)))
    case.revision += 1
    case.save()
    farid = current_viewer("farid")
    write_down(OwnerMoved(record=case.id, revision=case.revision), actor=farid, at=AT)


def save_offline(worker: Worker) -> None:
    """Save without a network: it is kept on the device."""
    page = worker.page
    page.get_by_role("button", name=worker.words["casefile.save"], exact=True).click()
    anyway = page.get_by_role("button", name=worker.text("casefile.save_anyway"), exact=True)
    kept = page.get_by_text(worker.text("casefile.saved_here"))
    expect(anyway.or_(kept).first).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(kept.first).to_be_visible()


def back_online(worker: Worker) -> int:
    """The network returns; what became of the last thing that went out by itself."""
    with worker.page.expect_response(is_delivery) as sent:
        worker.context.set_offline(False)
    return outcome(sent.value)


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_two_devices_changed_the_same_answer_without_a_network(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    """The second to come back is shown both, with who and when, and chooses; different answers merge; hers stays in the history."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    farid.sign_in("farid")
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    for worker in (amina, farid):
        worker.go(f"{path}/basic_identity/edit")
        expect(worker.page.locator("#answer-name_nickname")).to_be_visible()
        worker.context.set_offline(True)
    amina.answer("name_nickname", f"Nunu {locale}")
    amina.answer("address_current", f"Tent 7 {locale}")
    farid.answer("name_nickname", f"Zuzu {locale}")
    for worker in (amina, farid):
        save_offline(worker)
    assert back_online(farid) == 200
    tap(amina, "/outbox")
    assert back_online(amina) == 409
    main = amina.page.locator("main")
    expect(main).to_contain_text(amina.text("state.refused"))
    assert answer_of(case_id, "name_nickname") == f"Zuzu {locale}"
    amina.look("outbox with a conflict")

    amina.page.get_by_role("link", name=amina.text("outbox.choose"), exact=True).click()
    for text in (f"Nunu {locale}", f"Zuzu {locale}", "farid"):
        expect(main).to_contain_text(text)
    amina.look("conflict of a later sync")
    main.locator("fieldset label").filter(has_text="Zuzu").click()
    with amina.page.expect_response(is_delivery) as sent:
        amina.button("casefile.conflict.save").click()
    assert outcome(sent.value) == 200
    assert answer_of(case_id, "name_nickname") == f"Zuzu {locale}"
    assert answer_of(case_id, "address_current") == f"Tent 7 {locale}"
    amina.go(f"{path}/history")
    entry = main.locator("ol > li").filter(has_text=amina.text("casefile.history.let_go")).first
    for text in (f"Nunu {locale}", f"Zuzu {locale}", "amina"):
        expect(entry).to_contain_text(text)
    amina.go("/outbox")
    expect(main).not_to_contain_text(amina.text("state.refused"))
    for worker in (amina, farid):
        worker.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_conflict_is_known_before_anything_is_sent(browser: Browser, demo_site: LiveServer, locale: str) -> None:
    """The line lets the feed through and no delivery: both answers are shown; what she types over hers overwrites nobody."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    page, main = amina.page, amina.page.locator("main")
    amina.sign_in("amina")
    farid.sign_in("farid")
    with_app_on_the_device(amina)
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    nickname = page.locator("#answer-name_nickname")
    amina.context.route(f"**{DELIVER}", lambda route: route.abort())
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", f"Lulu {locale}")
    amina.answer("address_current", f"Tent 5 {locale}")
    save_offline(amina)
    farid.go(f"{path}/basic_identity/edit")
    farid.answer("name_nickname", f"Riri {locale}")
    assert farid.save() == 200
    amina.go(path)
    for text in (amina.text("kept.conflict.text"), f"Lulu {locale}", f"Riri {locale}"):
        expect(main).to_contain_text(text)
    amina.look("a conflict that is known before anything was sent")

    # Her own words stand in the form, beside what is said of the other's. She types over them once more.
    amina.go(f"{path}/basic_identity/edit")
    expect(nickname).to_have_value(f"Lulu {locale}")
    expect(main).to_contain_text(f"Riri {locale}")
    amina.answer("name_nickname", f"Lala {locale}")
    save_offline(amina)
    amina.context.unroute(f"**{DELIVER}")
    tap(amina, "/outbox")
    with page.expect_response(is_delivery) as sent:
        amina.button("outbox.sync").click()
    assert "accepted" not in [one["outcome"] for one in sent.value.json()["data"]]
    expect(main).to_contain_text(amina.text("state.refused"))
    assert answer_of(case_id, "name_nickname") == f"Riri {locale}"
    page.get_by_role("link", name=amina.text("outbox.choose"), exact=True).first.click()
    # Her last words are asked about, not those over which she typed; one choice settles both.
    for text in (f"Lala {locale}", f"Riri {locale}"):
        expect(main.locator("fieldset label").filter(has_text=text)).to_be_visible()
    expect(main.locator("fieldset label").filter(has_text=f"Lulu {locale}")).to_have_count(0)
    amina.look("the choice after a conflict that was known")
    main.locator("fieldset label").filter(has_text="Lala").click()
    with page.expect_response(is_delivery) as sent:
        amina.button("casefile.conflict.save").click()
    assert outcome(sent.value) == 200
    assert answer_of(case_id, "name_nickname") == f"Lala {locale}"
    assert answer_of(case_id, "address_current") == f"Tent 5 {locale}"
    amina.go("/outbox")
    for state in ("state.waiting", "state.refused"):
        expect(main).not_to_contain_text(amina.text(state))
    for worker in (amina, farid):
        worker.close()


def menu(worker: Worker, key: str) -> None:
    """Something that the outbox does with files."""
    worker.page.locator("main").get_by_role("button", name=worker.text("outbox.file")).click()
    worker.page.get_by_role("menuitem", name=worker.text(key)).click()


def take_in(worker: Worker, file: Path, password: str) -> Any:
    """Bring a file in; the sheet in which it is done."""
    worker.go("/outbox")
    menu(worker, "outbox.import")
    sheet = worker.page.locator("dialog[open]")
    sheet.locator("input[type=file]").set_input_files(file)
    sheet.locator("input[type=password]").fill(password)
    worker.look("bring in a file")
    sheet.get_by_role("button", name=worker.text("outbox.import"), exact=True).click()
    return sheet


def test_unsent_work_is_carried_to_another_device_in_a_file(
    browser: Browser, demo_site: LiveServer, tmp_path: Path
) -> None:
    """Encrypted; only its author can bring it in; twice is harmless."""
    phone = Worker(browser, demo_site.url, width=360, locale="en")
    page = phone.page
    phone.sign_in("amina")
    path = complete_case(phone)
    case_id = path.removeprefix("/cases/")
    phone.go(f"{path}/basic_identity/edit")
    phone.answer("name_nickname", "Carried")
    phone.context.set_offline(True)
    save_offline(phone)
    tap(phone, "/outbox")
    menu(phone, "outbox.export")
    sheet = page.locator("dialog[open]")
    expect(sheet).to_be_visible()
    phone.look("save to a file")
    save = sheet.get_by_role("button", name=phone.text("outbox.export"), exact=True)
    boxes = sheet.locator("input[type=password]")
    boxes.nth(0).fill(FILE_PASSWORD)
    boxes.nth(1).fill("something else entirely")
    save.click()
    expect(sheet).to_contain_text(phone.text("outbox.export.differ"))
    boxes.nth(1).fill(FILE_PASSWORD)
    with page.expect_download() as downloading:
        save.click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    expect(sheet).to_have_count(0)
    sealed = file.read_bytes()
    assert file.name.startswith("unsent-work-") and b"Carried" not in sealed and case_id.encode() not in sealed
    phone.close()
    assert answer_of(case_id, "name_nickname") != "Carried"

    other = Worker(browser, demo_site.url, width=768, locale="ar")
    other.sign_in("bilal")
    sheet = take_in(other, file, FILE_PASSWORD)
    expect(sheet.get_by_role("alert")).to_contain_text(other.text("outbox.import.of_another"))
    other.go("/outbox")
    leave(other)
    come(other, "amina")
    sheet = take_in(other, file, "not the password of it")
    expect(sheet.get_by_role("alert")).to_contain_text(other.text("outbox.import.wrong_password"))
    sheet.locator("input[type=password]").fill(FILE_PASSWORD)
    with other.page.expect_response(is_delivery) as sent:
        sheet.get_by_role("button", name=other.text("outbox.import"), exact=True).click()
    assert outcome(sent.value) == 200
    expect(sheet).to_have_count(0)
    assert answer_of(case_id, "name_nickname") == "Carried"
    with other.page.expect_response(is_delivery) as again:
        sheet = take_in(other, file, FILE_PASSWORD)
    assert again.value.json()["data"][0]["replayed"] is True
    other.close()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_words_for_a_case_that_is_in_other_hands_wait_for_its_owner(
    browser: Browser, demo_site: LiveServer, locale: str
) -> None:
    """Amina’s answers are kept; the owner sees them side by side with what is there, takes over what is right."""
    amina = Worker(browser, demo_site.url, width=360, locale=locale)
    amina.sign_in("amina")
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", f"Kept {locale}")
    amina.answer("address_current", f"Tent 9 {locale}")
    amina.context.set_offline(True)
    save_offline(amina)
    hand_over(case_id, "dawit")
    assert back_online(amina) == 403
    tap(amina, "/outbox")
    main = amina.page.locator("main")
    expect(main).to_contain_text(amina.text("outbox.kept_for_owner"))
    amina.look("outbox with words for a new owner")
    amina.button("outbox.understood").click()
    expect(main).not_to_contain_text(amina.text("outbox.kept_for_owner"))
    amina.close()

    dawit = Worker(browser, demo_site.url, width=360 if locale == "ar" else 1280, locale=locale)
    dawit.sign_in("dawit")
    dawit.go(path)
    main = dawit.page.locator("main")
    dawit.page.get_by_role("link", name=dawit.text("casefile.waiting.open")).click()
    expect(main.locator("h2").filter(has_text=dawit.text("casefile.waiting.heading"))).to_be_focused()
    for text in (f"Kept {locale}", f"Tent 9 {locale}"):
        expect(main).to_contain_text(text)
    dawit.look("answers that wait")
    address = {"en": "Current address", "ar": ""}[locale]
    boxes = main.locator("input[type=checkbox]")
    expect(boxes).to_have_count(2)
    tent = main.locator("li").filter(has_text=f"Tent 9 {locale}").locator("input[type=checkbox]")
    tent.uncheck()
    dawit.page.get_by_role("button", name=re.compile("1|واحدة")).last.click()
    expect(main).to_contain_text(dawit.text("casefile.waiting.none"))
    assert answer_of(case_id, "name_nickname") == f"Kept {locale}"
    assert answer_of(case_id, "address_current") != f"Tent 9 {locale}", address
    dawit.go(f"{path}/basic_identity")
    expect(main).to_contain_text(f"Kept {locale}")
    expect(dawit.page.get_by_role("link", name=dawit.text("casefile.waiting.open"))).to_have_count(0)
    dawit.close()


def test_a_row_that_was_open_survives_a_crash_and_goes_out_with_its_case(
    browser: Browser, demo_site: LiveServer
) -> None:
    """A note typed in an open sheet, the tab killed: it is there again, is saved without a network, and arrives."""
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    amina.go(f"{path}/notes/edit")
    before = len(answer_of(case_id, "notes_section") or [])
    amina.page.locator("#answer-notes_section-add").click()
    sheet = amina.page.locator("dialog[open]")
    sheet.locator("[id$=note_subject]").fill("Visit at home")
    sheet.locator("[id$=note_text]").fill("She goes to school again.")
    expect(amina.page.locator("main")).to_contain_text(amina.text("casefile.draft_kept.short"))
    old = amina.page
    amina.page = amina.context.new_page()
    old.close(run_before_unload=False)
    amina.page.goto(f"{demo_site.url}/app{path}/notes/edit")
    if amina.page.locator("input[name=password]").is_visible():
        come(amina, "amina")
        amina.page.goto(f"{demo_site.url}/app{path}/notes/edit")
    main = amina.page.locator("main")
    expect(main).to_contain_text("Visit at home")
    amina.context.set_offline(True)
    save_offline(amina)
    tap(amina, "/outbox")
    expect(main).to_contain_text(amina.text("state.waiting"))
    assert back_online(amina) == 200
    stored = answer_of(case_id, "notes_section")
    assert len(stored) == before + 1
    assert "She goes to school again." in [row["note_text"] for row in stored]
    amina.close()
