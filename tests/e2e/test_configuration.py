"""The configuration as a whole on the screen: published, compared, rolled back, and chosen for production by two people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

LIST = "lookup-service-type"


@pytest.fixture
def tidy(demo_db: None) -> Iterator[None]:
    """The list gets its name back, and this demo stands alone again."""
    from cpims.lookups.models import Lookup
    from cpims.promotion.models import ChangeSet, Pair, Promotion
    from cpims.settings.models import Instance

    name = Lookup.objects.get(unique_id=LIST).name
    yield
    Lookup.objects.filter(unique_id=LIST).update(name=name)
    Instance.objects.update(kind="demo", closed=False)
    Promotion.objects.all().delete()
    ChangeSet.objects.all().delete()
    Pair.objects.all().delete()


def rename(word: str) -> str:
    """Somebody calls a list otherwise; its name before."""
    from cpims.lookups.models import Lookup

    found = Lookup.objects.get(unique_id=LIST)
    before = str(found.name["en"])
    found.name = {**found.name, "en": word}
    found.save(update_fields=["name"])
    return before


def titled(worker: Worker, title: str) -> None:
    """The screen with this title stands there."""
    expect(worker.page.locator("main h1").first).to_have_text(title)


def test_publish_compare_and_go_back(browser: Browser, demo_site: LiveServer, tidy: None, tmp_path: Path) -> None:
    from cpims.configuration.models import ConfigurationVersion
    from cpims.lookups.models import Lookup

    first = ConfigurationVersion.objects.order_by("-number")[0].number
    before = rename("Kinds of help")
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    said, page = esther.words, esther.page
    esther.sign_in("esther")
    esther.go("/admin")
    page.get_by_role("link", name=re.compile(f"^{said['admin.configuration.title']}")).click()
    titled(esther, said["admin.configuration.title"])
    expect(page.locator("main")).to_contain_text(said["admin.configuration.changed"])
    expect(page.locator("main")).to_contain_text(said["admin.configuration.state.unpaired.demo"])
    expect(page.get_by_role("heading", name=said["admin.configuration.problems"])).to_be_visible()
    esther.look("the configuration")
    esther.picture(tmp_path / "configuration.png")

    # She sees what differs and whom it touches, and must say why.
    page.get_by_role("link", name=said["admin.configuration.publish"]).click()
    titled(esther, said["admin.configuration.publish"])
    expect(page.locator("main")).to_contain_text("Kinds of help")
    expect(page.get_by_role("heading", name=said["admin.configuration.impact"])).to_be_visible()
    publish = page.get_by_role("button", name=said["admin.configuration.publish"], exact=True)
    publish.click()
    reason = page.get_by_label(re.compile(re.escape(said["admin.configuration.publish.reason"])))
    expect(reason).to_have_attribute("aria-invalid", "true")
    esther.look("publishing without a reason")
    esther.picture(tmp_path / "publish.png")
    assert ConfigurationVersion.objects.count() == first
    reason.fill("Workers say it so")
    publish.click()
    titled(esther, said["admin.configuration.title"])
    expect(page.locator("main")).to_contain_text(said["admin.configuration.unchanged"])
    made = ConfigurationVersion.objects.order_by("-number")[0]
    assert (made.number, made.reason, made.by) == (first + 1, "Workers say it so", "esther")

    # Two versions in words, searched.
    esther.go(f"/admin/configuration/compare/{first}/{made.number}")
    expect(page.locator("main")).to_contain_text("Kinds of help")
    find = page.get_by_role("searchbox", name=said["admin.configuration.changes.search"])
    find.fill("no such words")
    expect(page.get_by_role("heading", name=said["admin.configuration.changes.none_found"])).to_be_visible()
    find.fill("KINDS help")
    expect(page.locator("main li")).not_to_have_count(0)
    esther.look("two versions")
    esther.picture(tmp_path / "compare.png")

    # Back to the first: what becomes otherwise stands there before she says why.
    esther.go(f"/admin/configuration/versions/{first}")
    esther.look("one version")
    page.get_by_role("link", name=said["admin.configuration.rollback"]).click()
    expect(page.locator("main")).to_contain_text("Kinds of help")
    expect(page.get_by_role("heading", name=said["admin.configuration.impact"])).to_be_visible()
    page.get_by_label(re.compile(re.escape(said["admin.configuration.rollback.reason"]))).fill("It confused people")
    esther.look("going back")
    esther.picture(tmp_path / "rollback.png")
    page.get_by_role("button", name=said["admin.configuration.rollback.go"].replace("{number}", str(first))).click()
    titled(esther, said["admin.configuration.title"])
    assert Lookup.objects.get(unique_id=LIST).name["en"] == before
    newest = ConfigurationVersion.objects.order_by("-number")[0]
    again = ConfigurationVersion.objects.get(number=first)
    assert (newest.cause, newest.document_id) == ("rollback", again.document_id)
    esther.close()


def state_file() -> tuple[dict[str, str], dict[str, Any]]:
    """Production as a test plays it: its card, and its signed file, in which one list is called otherwise and another lacks."""
    from cpims.configuration.queries import configuration_document
    from tests.promoting import card_of, state_of

    document: dict[str, Any] = deepcopy(json.loads(json.dumps(configuration_document(None))))
    document["lookups"][LIST]["name"]["en"] = "As production says"
    return card_of("production"), state_of(document)


def test_a_set_is_chosen_by_one_and_approved_by_another(
    browser: Browser, demo_site: LiveServer, tidy: None, tmp_path: Path
) -> None:
    from cpims.promotion.models import ChangeSet

    card, state = state_file()
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    said, page = esther.words, esther.page
    esther.sign_in("esther")
    esther.go("/admin/configuration")
    page.get_by_role("button", name=said["admin.configuration.pairing"]).click()
    key = page.get_by_label(re.compile(re.escape(said["admin.configuration.pairing.key"])))
    key.fill("no key")
    page.get_by_role("button", name=said["admin.configuration.pairing.go"]).click()
    expect(page.locator("main")).to_contain_text(said["admin.configuration.pairing.unreadable"])
    key.fill(json.dumps(card))
    page.get_by_role("button", name=said["admin.configuration.pairing.go"]).click()
    expect(page.locator("main")).to_contain_text(said["admin.configuration.state.unknown.demo"])

    # Production is away; its signed file does as well.
    page.get_by_role("link", name=said["admin.changes.new"]).first.click()
    titled(esther, said["admin.changes.new"])
    page.get_by_label(re.compile(f"^{said['admin.changes.name']}")).fill("Clearer words")
    page.get_by_role("button", name=said["admin.changes.new.go"]).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "state.json", "mimeType": "application/json", "buffer": json.dumps(state).encode()}
    )
    expect(page.locator("main")).to_contain_text("state.json")
    page.get_by_role("button", name=said["admin.changes.new.go"]).click()
    titled(esther, "Clearer words")
    expect(page.locator("main")).to_contain_text("As production says")
    esther.look("a draft")
    esther.picture(tmp_path / "draft.png")

    propose = page.get_by_role("button", name=said["admin.changes.propose"])
    with page.expect_response(lambda r: r.request.method == "PATCH"):
        page.get_by_role("button", name=said["admin.changes.nothing"]).click()
    expect(propose).to_be_disabled()
    with page.expect_response(lambda r: r.request.method == "PATCH"):
        page.get_by_role("button", name=said["admin.changes.all"]).click()
    expect(propose).to_be_enabled()
    propose.click()
    expect(page.locator("main")).to_contain_text(said["admin.changes.state.proposed"])
    expect(page.get_by_role("button", name=said["admin.changes.approve"], exact=True)).to_have_count(0)
    made = ChangeSet.objects.order_by("-number")[0]
    assert made.state == "proposed"

    farid = Worker(browser, demo_site.url, width=360, locale="en")
    farid.sign_in("farid")
    farid.go("/admin/changes")
    farid.look("sets of changes")
    farid.picture(tmp_path / "sets.png")
    farid.page.get_by_role("link", name="Clearer words").click()
    farid.page.get_by_role("button", name=said["admin.changes.approve"], exact=True).click()
    expect(farid.page.locator("main")).to_contain_text(said["admin.changes.told.approved"])
    farid.look("an approved set")
    farid.picture(tmp_path / "approved.png")
    with farid.page.expect_download() as downloaded:
        farid.page.get_by_role("button", name=said["admin.changes.file"]).click()
    signed = json.loads(Path(downloaded.value.path()).read_text())
    assert signed["signed"]["title"] == "Clearer words" and signed["signature"]
    # Production cannot be reached: she is told, and nothing is lost.
    farid.page.get_by_role("button", name=said["admin.changes.promote"], exact=True).click()
    expect(farid.page.get_by_role("alert").first).to_be_visible()
    made.refresh_from_db()
    assert (made.state, made.approved_by) == ("approved", "farid")
    esther.close()
    farid.close()


def test_production_looks_at_a_signed_file_before_it_applies_it(
    browser: Browser, demo_site: LiveServer, tidy: None, tmp_path: Path
) -> None:
    from cpims.configuration.queries import configuration_document
    from cpims.lib.clock import now
    from cpims.lookups.models import Lookup
    from cpims.promotion.actions.pairing import pair_instance
    from cpims.promotion.models import Promotion
    from cpims.settings.models import Instance
    from tests.promoting import card_of, set_of, standing_hash

    Instance.objects.update(kind="production")
    pair_instance(values=card_of("demo"), actor=None, at=now())
    stood, before = standing_hash(), Lookup.objects.get(unique_id=LIST).name["en"]
    document: dict[str, Any] = deepcopy(json.loads(json.dumps(configuration_document(None))))
    document["lookups"][LIST]["name"]["en"] = "Help of all kinds"
    esther = Worker(browser, demo_site.url, width=360, locale="en")
    said, page = esther.words, esther.page
    esther.sign_in("esther")
    esther.go("/admin/configuration")
    expect(page.locator("main")).to_contain_text(said["admin.configuration.closed"])
    esther.go("/admin/changes")
    titled(esther, said["admin.changes.received.title"])
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "a.json", "mimeType": "application/json", "buffer": b'{"signed": {}}'})
    expect(page.get_by_role("alert")).to_contain_text(said["admin.changes.receive.not_a_set"])

    # A file that somebody changed on its way shows what it would do, and is refused.
    forged = set_of(document)
    forged["signed"]["title"] = "Something else"
    apply = page.get_by_role("button", name=said["admin.changes.receive.apply"])
    for content, is_good in ((forged, False), (set_of(document), True)):
        chooser.set_input_files(
            {"name": "set.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
        )
        expect(page.locator("main")).to_contain_text(content["signed"]["title"])
        expect(page.locator("main")).to_contain_text("Help of all kinds")
        esther.look("a file before it is applied")
        assert standing_hash() == stood
        apply.click()
        if not is_good:
            expect(page.get_by_role("alert").first).to_be_visible()
            assert standing_hash() == stood and not Promotion.objects.exists()
    expect(page.locator("main")).to_contain_text(said["admin.changes.receive.done"])
    assert Lookup.objects.get(unique_id=LIST).name["en"] == "Help of all kinds"
    esther.look("a file that was applied")
    esther.picture(tmp_path / "received.png")

    page.get_by_role("button", name=said["admin.changes.received.roll_back"], exact=True).click()
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text("Help of all kinds")
    sheet.get_by_label(re.compile(re.escape(said["admin.configuration.rollback.reason"]))).fill("Too long")
    esther.look("before it is rolled back")
    sheet.get_by_role("button", name=said["admin.changes.received.roll_back"], exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(said["admin.changes.received.rolled_back"])
    assert (standing_hash(), Lookup.objects.get(unique_id=LIST).name["en"]) == (stood, before)
    esther.close()


def test_on_a_phone_from_right_to_left_and_for_whom_it_is_not(
    browser: Browser, demo_site: LiveServer, tidy: None, tmp_path: Path
) -> None:
    from cpims.configuration.models import ConfigurationVersion

    rename("Kinds of help")
    newest = ConfigurationVersion.objects.order_by("-number")[0].number
    esther = Worker(browser, demo_site.url, width=360, locale="ar", scheme="dark")
    esther.sign_in("esther")
    for name, path, key in (
        ("configuration", "/admin/configuration", "admin.configuration.versions"),
        ("publish", "/admin/configuration/publish", "admin.configuration.publish.reason"),
        ("version", f"/admin/configuration/versions/{newest}", "admin.configuration.document"),
        ("compare", f"/admin/configuration/compare/{newest}/now", "admin.configuration.area.lookups"),
        ("changes", "/admin/changes", "admin.changes.lead"),
        ("new", "/admin/changes/new", "admin.changes.name"),
    ):
        esther.go(path)
        expect(esther.page.locator("main")).to_contain_text(esther.text(key))
        expect(esther.page.locator("main [role=status] [aria-hidden=true]")).to_have_count(0)
        esther.look(name)
        esther.picture(tmp_path / f"{name}.png")
    esther.close()

    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    for path in ("/admin/configuration", "/admin/changes", "/admin/audit"):
        amina.go(path)
        expect(amina.page.get_by_role("heading", name=amina.words["admin.none.title"])).to_be_visible()
    amina.close()
