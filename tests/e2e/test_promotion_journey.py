"""From a wish on Tuesday to production on Thursday, and back: in the administrator's shoes, over two real instances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import Databases
from tests.e2e.screen import Worker
from tests.e2e.test_form_editor import add, done, is_saved, open_form, part, save, say_in, sheet
from tests.e2e.test_kept import sync_now, synced
from tests.e2e.test_offline import complete_case, tap, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.e2e.two_sites import Site, two_sites

QUESTION = "[name=answer-way_to_school][value=by_bus]"


@pytest.fixture(scope="module")
def sites(
    databases: Databases, _demo_model: str, built_web: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Site]]:
    with two_sites(databases, _demo_model, built_web, tmp_path_factory.mktemp("two")) as both:
        yield both


def ask_the_way_to_school(esther: Worker) -> None:
    """A question with a condition and options, in three languages."""
    page = esther.page
    add(esther, "radio_button")
    say_in(page, "display_name", en="Way to school", fr="Chemin de l’école", ar="الطريق إلى المدرسة")
    options = ({"en": "On foot", "fr": "À pied", "ar": "مشيًا"}, {"en": "By bus", "fr": "En bus", "ar": "بالحافلة"})
    for place, texts in enumerate(options):
        sheet(page).locator("[id$='-option_strings_text-add']").click()
        say_in(page, f"option_strings_text-{place}-display_text", **texts)
    condition = sheet(page).locator("fieldset[id$='-display_conditions_record']")
    condition.get_by_role("button", name=esther.words["admin.build.add"], exact=True).click()
    condition.locator("input[id$='-question']").fill("Age")
    page.get_by_role("option", name=re.compile(r"^Age\b")).first.click()
    condition.locator("[id$='-say']").first.select_option("less")
    condition.locator("[id$='-answer']").first.fill("30")
    expect(part(page, "name")).to_have_value("way_to_school")
    done(esther)


def publish(esther: Worker, reason: str) -> None:
    """What is configured becomes a version."""
    page = esther.page
    esther.go("/admin/configuration/publish")
    page.get_by_label(re.compile(re.escape(esther.text("admin.configuration.publish.reason")))).fill(reason)
    esther.look("publishing")
    page.get_by_role("button", name=esther.words["admin.configuration.publish"], exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/configuration$"))


def press(worker: Worker, key: str) -> None:
    """One of the buttons of a set of changes, and wait until it has been heard."""
    button = worker.page.get_by_role("button", name=worker.words[key], exact=True)
    button.click()
    expect(button).to_have_count(0, timeout=60_000)


def question_of(worker: Worker, path: str) -> Locator:
    """The new question in the form of a case."""
    worker.go(f"{path}/basic_identity/edit")
    expect(worker.page.locator("#answer-name_nickname")).to_be_visible()
    return worker.page.locator(QUESTION)


def test_a_wish_goes_to_production_and_back(browser: Browser, sites: tuple[Site, Site], tmp_path: Path) -> None:
    demo, production = sites
    assert demo.hash() == production.hash()
    began = production.hash()
    before = production.data("GET", "/configuration/current")["newest"]["number"]

    # In the field Amina works on under the old version.
    amina = Worker(browser, demo.url, width=360, locale="en")
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    path = complete_case(amina)
    case_id = path.removeprefix("/cases/")
    assert question_of(amina, path).count() == 0
    synced(amina)
    amina.context.set_offline(True)
    amina.go(f"{path}/basic_identity/edit")
    amina.page.locator("#answer-name_nickname").fill("Under the old version")
    save_offline(amina)

    esther = Worker(browser, demo.url, width=1280, locale="en")
    esther.sign_in("esther")
    with demo.rows():
        open_form(esther, "basic_identity")
    ask_the_way_to_school(esther)
    assert save(esther).status == 200
    is_saved(esther)
    publish(esther, "The team asks it anyway")
    assert demo.hash() != production.hash()
    assert demo.data("GET", "/configuration/current")["changed"] is False

    # A worker uses it at once; what she did under the old version goes out first.
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    sync_now(amina)
    expect(amina.page.locator("main")).to_contain_text(amina.text("state.confirmed"))
    synced(amina)
    expect(question_of(amina, path)).to_be_visible()
    amina.page.locator(QUESTION).check()
    assert amina.save() == 200
    from cpims.records.models import Record

    with demo.rows():
        case = Record.objects.get(pk=case_id)
        assert (case.data["name_nickname"], case.data["way_to_school"]) == ("Under the old version", "by_bus")
    amina.close()

    # From demo to production: a set of changes, a second pair of eyes, one transaction.
    esther.go("/admin/changes/new")
    esther.page.get_by_label(re.compile(re.escape(esther.text("admin.changes.name")))).fill("Way to school")
    esther.page.get_by_role("button", name=esther.words["admin.changes.new.go"], exact=True).click()
    expect(esther.page).to_have_url(re.compile(r"/admin/changes/[0-9a-f-]{36}$"), timeout=60_000)
    address = esther.page.url.split("/app", 1)[1]
    expect(esther.page.locator("main")).to_contain_text("Way to school")
    esther.look("a set of changes")
    esther.picture(tmp_path / "set.png")
    press(esther, "admin.changes.propose")
    expect(esther.page.get_by_role("button", name=esther.words["admin.changes.approve"], exact=True)).to_have_count(0)

    farid = Worker(browser, demo.url, width=1280, locale="en")
    farid.sign_in("farid")
    farid.go(address)
    press(farid, "admin.changes.approve")
    press(farid, "admin.changes.promote")
    expect(farid.page.locator("main")).to_contain_text(farid.text("admin.changes.promoted"))
    farid.look("a set that was promoted")
    farid.picture(tmp_path / "promoted.png")
    assert demo.hash() == production.hash() != began
    assert demo.data("GET", "/pair")["state"] == "in_sync"
    set_id = address.rsplit("/", 1)[1]
    promoted = production.data("GET", "/configuration/current")["newest"]["number"]
    assert demo.ask("POST", f"/change_sets/{set_id}/promote")[0] in (200, 409)
    assert production.data("GET", "/configuration/current")["newest"]["number"] == promoted

    # In production somebody answers it, and goes to the field with it; then it turns out to be a mistake.
    bilal = Worker(browser, production.url, width=360, locale="en")
    bilal.sign_in("amina")
    with_app_on_the_device(bilal)
    there = complete_case(bilal)
    there_id = there.removeprefix("/cases/")
    expect(question_of(bilal, there)).to_be_visible()
    bilal.page.locator(QUESTION).check()
    assert bilal.save() == 200
    synced(bilal)
    bilal.context.set_offline(True)
    bilal.go(f"{there}/basic_identity/edit")
    bilal.page.locator("[name=answer-way_to_school][value=on_foot]").check()
    bilal.page.locator("#answer-name_nickname").fill("Under the new version")
    save_offline(bilal)

    keeper = Worker(browser, production.url, width=1280, locale="en")
    keeper.sign_in("farid")
    keeper.go("/admin/changes")
    keeper.look("what production received")
    keeper.picture(tmp_path / "received.png")
    keeper.page.get_by_role("button", name=keeper.words["admin.changes.received.roll_back"], exact=True).first.click()
    asked = sheet(keeper.page)
    asked.get_by_label(re.compile(re.escape(keeper.text("admin.configuration.rollback.reason")))).fill("Too personal")
    asked.get_by_role("button", name=keeper.words["admin.changes.received.roll_back"], exact=True).click()
    expect(asked).to_have_count(0, timeout=60_000)
    expect(keeper.page.locator("main")).to_contain_text(keeper.words["admin.changes.received.rolled_back"])
    newest = production.data("GET", "/configuration/current")["newest"]["number"]
    assert production.hash() == began
    assert production.document(newest) == production.document(before)

    # Her answer survives; her work of yesterday still syncs, and nothing of it is lost.
    bilal.context.set_offline(False)
    tap(bilal, "/outbox")
    sync_now(bilal)
    expect(bilal.page.locator("main")).to_contain_text(bilal.text("state.confirmed"))
    for state in ("state.waiting", "state.sending"):
        expect(bilal.page.locator("main")).not_to_contain_text(bilal.text(state))
    with production.rows():
        case = Record.objects.get(pk=there_id)
        assert case.data["name_nickname"] == "Under the new version"
        assert case.data["way_to_school"] in ("by_bus", "on_foot")
    synced(bilal)
    expect(question_of(bilal, there)).to_have_count(0)
    bilal.close()

    # Nobody changes production by hand; whoever goes around the program is found.
    assert production.gate("g1b") != "unmet"
    production.sql("UPDATE lookups SET name = name || '{\"en\": \"By hand\"}' WHERE unique_id = 'lookup-gender'")
    drift = production.data("GET", "/pair")["drift"]
    assert drift is not None
    keeper.go("/admin/configuration")
    expect(keeper.page.locator("main")).to_contain_text("“By hand”")
    expect(keeper.page.locator("main")).to_contain_text(keeper.words["admin.configuration.state.diverged"])
    keeper.look("drift")
    keeper.picture(tmp_path / "drift.png")
    assert production.gate("g1b") == "unmet"
    for worker in (esther, farid, keeper):
        worker.close()
