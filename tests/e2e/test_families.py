"""Brothers and sisters: a family made of a case, a case for a sister, what all of them share, what nobody else sees; and
what was done to a child, recorded from her case."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, expect

from cpims.lib.clock import now, today
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_kept import synced
from tests.running import LiveServer

PICTURES = os.environ.get("CPIMS_TEST_PICTURES")
SEND = """async ([method, path, body]) => {
  const token = decodeURIComponent((document.cookie.match(/CSRF-TOKEN=([^;]+)/) || [])[1] || '');
  const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': token};
  const r = await fetch(path, {method, headers, ...(body ? {body: JSON.stringify(body)} : {})});
  const text = await r.text();
  return [r.status, text ? JSON.parse(text) : null];
}"""
DENIED = (403, 404)


def ask(worker: Worker, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    """A request of the plain API, as she is signed in."""
    status, answer = worker.page.evaluate(SEND, [method, path, body])
    return int(status), answer


def register_with_people(worker: Worker, surname: str) -> str:
    """A girl's case on which her mother, a sister and a little brother are named."""
    people = [
        {"relation_name": f"Amal {surname}", "relation": "mother", "relation_is_caregiver": True, "relation_age": 34},
        {"relation_name": f"Salma {surname}", "relation": "sister", "relation_sex": "female", "relation_age": 12},
        {"relation_name": f"Omar {surname}", "relation": "brother", "relation_sex": "male", "relation_age": 4},
    ]
    data = {
        "name_first": "Noor",
        "name_last": surname,
        "sex": "female",
        "age": 9,
        "module_id": "primeromodule-cp",
        "family_details_section": [{"unique_id": str(uuid4())} | one for one in people],
    }
    status, answer = ask(worker, "POST", "/api/v2/cases", {"data": data})
    assert status in (200, 201), answer
    return str(answer["data"]["id"])


def follow() -> None:
    """What the worker process does all the time: cases follow what their family changed elsewhere."""
    from cpims.families.actions.following import follow_family

    while follow_family(at=now()):
        pass


def picture(worker: Worker, name: str) -> None:
    """Keep what she sees, where pictures are wanted."""
    if PICTURES:
        size = worker.page.viewport_size
        width = size["width"] if size else 0
        worker.page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{worker.locale}.png"), full_page=True)


def person(worker: Worker, name: str) -> Locator:
    """Somebody's card in the tree."""
    return worker.page.locator("button[data-member]").filter(has_text=name)


def press(worker: Worker, key: str) -> int:
    """Press the button of the open sheet that does it; what came of it."""
    with worker.page.expect_response(is_delivery) as sent:
        worker.page.locator("dialog[open]").get_by_role("button", name=worker.words[key], exact=True).click()
    done = outcome(sent.value)
    if done == 200:
        expect(worker.page.locator("dialog[open]")).to_have_count(0)
    return done


@pytest.fixture
def amina(browser: Browser, demo_site: LiveServer) -> Iterator[Worker]:
    """At her desk, in English."""
    worker = Worker(browser, demo_site.url, width=1280, locale="en")
    worker.sign_in("amina")
    # Her caseload has come to the device: nothing arrives under her hands.
    synced(worker)
    yield worker
    worker.close()


def make_family(amina: Worker, case: str) -> str:
    """Make a family of a case, on its page; the id of the family."""
    amina.go(f"/cases/{case}/family")
    amina.page.get_by_role("button", name=amina.words["families.make"], exact=True).click()
    amina.look("make a family")
    assert press(amina, "families.make.do") == 200
    link = amina.page.locator("main a[href*='/families/']").first
    expect(link).to_be_visible()
    found = re.search(r"/families/([0-9a-f-]{36})", link.get_attribute("href") or "")
    assert found
    return found[1]


def test_a_family_of_three_children(amina: Worker, browser: Browser, demo_site: LiveServer) -> None:
    noor = register_with_people(amina, "Barakat")
    family = make_family(amina, noor)
    # The tree: the mother above, three children below, and lines between them.
    expect(person(amina, "Amal Barakat")).to_contain_text(amina.words["families.caregiver"])
    expect(amina.page.locator("button[data-member]")).to_have_count(4)
    expect(amina.page.locator("svg path[d^='M']").first).to_be_attached()
    amina.look("family of a case")
    picture(amina, "case-family")

    # By keyboard from the mother to the children, and into what is known of one of them.
    person(amina, "Amal Barakat").focus()
    amina.page.keyboard.press("ArrowDown")
    below = amina.page.evaluate("() => document.activeElement.textContent")
    assert re.search("Noor|Salma|Omar", below), below
    person(amina, "Salma Barakat").focus()
    amina.page.keyboard.press("Enter")
    expect(amina.page.locator("dialog[open] h2")).to_contain_text("Salma Barakat")
    amina.look("a member")
    picture(amina, "member")
    amina.page.locator("dialog[open]").get_by_role("button", name=amina.words["families.case.make"]).click()
    assert press(amina, "families.case.make.do") == 200

    # Her sister has a case now, and each case leads to the other.
    sister = amina.page.get_by_role("list", name=amina.words["families.siblings"]).get_by_role(
        "link", name=re.compile("Salma")
    )
    expect(sister).to_be_visible()
    sister.click()
    amina.page.wait_for_url(re.compile(r"/cases/(?!" + noor + ")[0-9a-f-]{36}"))
    found = re.search(r"/cases/([0-9a-f-]{36})", amina.page.url)
    assert found
    salma = found[1]
    card = amina.page.get_by_role("region", name=amina.words["families.card"])
    expect(card.get_by_role("link", name=re.compile("Noor"))).to_be_visible()
    amina.look("a sister's case")
    picture(amina, "sister-summary")

    # What is written once on one case stands on the other.
    amina.go(f"/cases/{salma}/family")
    # The case itself says nothing of the mother; the family does.
    above = amina.page.get_by_role("region", name=amina.words["families.generation.parents"])
    expect(above.get_by_role("button", name=re.compile("Amal Barakat"))).to_be_visible()
    amina.page.get_by_role("link", name=amina.words["families.shared.edit"]).click()
    amina.answer("family_notes", "The grandmother takes them to school.")
    assert amina.save() == 200
    follow()
    amina.go(f"/cases/{noor}/family")
    expect(amina.page.get_by_text("The grandmother takes them to school.")).to_be_visible()
    amina.go(f"/families/{family}/tree")
    expect(person(amina, "Salma Barakat")).to_be_visible()
    amina.look("family tree")
    picture(amina, "family-tree")

    # A worker of another agency finds neither the family nor the cases.
    dawit = Worker(browser, demo_site.url, width=360, locale="en")
    dawit.sign_in("dawit")
    for path in (f"/families/{family}", f"/families/{family}/tree", f"/cases/{noor}/family", f"/cases/{salma}"):
        dawit.go(path)
        expect(dawit.page.get_by_text("Barakat")).to_have_count(0)
    assert ask(dawit, "GET", f"/api/v2/families/{family}")[0] in DENIED
    assert ask(dawit, "GET", f"/api/cpims/v1/families/{family}/tree")[0] in DENIED
    dawit.close()

    # Unlinked, the two know nothing of each other; the mother stays with the case that brought her.
    amina.go(f"/cases/{salma}/family")
    amina.page.get_by_role("button", name=amina.words["families.unlink"], exact=True).click()
    amina.look("unlink")
    assert press(amina, "families.unlink.do") == 200
    expect(amina.page.get_by_role("list", name=amina.words["families.siblings"])).to_have_count(0)
    amina.go(f"/cases/{noor}/family")
    expect(person(amina, "Amal Barakat")).to_be_visible()
    expect(amina.page.get_by_role("list", name=amina.words["families.siblings"])).to_have_count(0)


@pytest.mark.parametrize(("width", "locale"), [(360, "ar"), (360, "en"), (1280, "ar")])
def test_the_tree_is_read_in_every_direction(browser: Browser, demo_site: LiveServer, width: int, locale: str) -> None:
    worker = Worker(browser, demo_site.url, width=width, locale=locale, scheme="dark" if width == 1280 else "light")
    worker.sign_in("amina")
    case = register_with_people(worker, "حداد" if locale == "ar" else "Haddad")
    family = make_family(worker, case)
    picture(worker, "case-family")
    worker.look("family of a case")
    worker.go(f"/families/{family}/tree")
    expect(worker.page.locator("button[data-member]")).to_have_count(4)
    worker.look("family tree")
    picture(worker, "family-tree")
    # Nobody hangs over the side, and no child stands under another as if it were its own.
    cards = worker.page.locator("button[data-member]").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    assert all(card["left"] >= 0 and card["right"] <= width for card in cards), cards
    noor, salma = cards[1], cards[2]
    assert noor["top"] == salma["top"], "two children share a row on the smallest screen"
    assert (noor["left"] > salma["left"]) is (locale == "ar"), "the first stands where lines begin"
    lines = worker.page.locator("svg path[d^='M']").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())"
    )
    assert lines and all(line["left"] >= 0 and line["right"] <= width for line in lines), lines
    worker.close()


def test_a_case_is_linked_to_a_family_and_to_another_case(amina: Worker) -> None:
    noor = register_with_people(amina, "Saleh")
    family = make_family(amina, noor)
    other = register_with_people(amina, "Mansour")
    amina.go(f"/cases/{other}/family")
    amina.page.get_by_role("button", name=amina.words["families.find"], exact=True).click()
    box = amina.page.locator("dialog[open] input[type=search]")
    box.fill("Saleh")
    choice = amina.page.locator("dialog[open]").get_by_role("button", name=re.compile("Saleh"))
    amina.look("find a family")
    expect(choice).to_have_count(1)
    choice.click()
    assert press(amina, "families.case.link.do") == 200
    expect(amina.page.locator(f"main a[href*='/families/{family}']").first).to_be_visible()
    expect(amina.page.get_by_role("list", name=amina.words["families.siblings"]).get_by_role("link")).to_have_count(1)


def test_cases_are_connected_and_the_connection_is_removed(amina: Worker) -> None:
    one, other = register_with_people(amina, "Khalil"), register_with_people(amina, "Darwish")
    amina.go(f"/cases/{one}/related")
    amina.page.get_by_role("button", name=amina.words["relations.add"], exact=True).click()
    amina.page.locator("dialog[open] input[type=search]").fill("Darwish")
    amina.page.locator("dialog[open]").get_by_role("button", name=re.compile("Darwish")).click()
    amina.page.locator("dialog[open] select").select_option("parent_of")
    amina.look("connect with a case")
    picture(amina, "relate")
    assert press(amina, "relations.add.do") == 200
    line = amina.page.get_by_role("list", name=amina.words["relations.cases"]).get_by_role("listitem")
    expect(line).to_contain_text("Darwish")
    expect(line).to_contain_text(amina.words["relations.type.parent_of"])
    # From the other side it is read the other way round.
    amina.go(f"/cases/{other}/related")
    expect(line).to_contain_text("Khalil")
    expect(line).to_contain_text(amina.words["relations.type.child_of"])
    amina.look("connected cases")
    picture(amina, "related")
    line.get_by_role("button", name=amina.words["relations.end"], exact=True).click()
    assert press(amina, "relations.end.do") == 200
    expect(line).to_have_count(0)


def test_an_incident_is_recorded_from_the_case_in_arabic(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="ar")
    amina.sign_in("amina")
    noor = register_with_people(amina, "نصر")
    amina.go(f"/cases/{noor}/incidents")
    expect(amina.page.get_by_text(amina.words["incidents.none"])).to_be_visible()
    amina.look("incidents of a case")
    amina.page.get_by_role("button", name=amina.words["incidents.new"], exact=True).click()
    expect(amina.page.locator("#answer-incident_date")).to_be_visible()
    assert "incident_case_id" not in amina.page.url and noor not in amina.page.url
    amina.look("a new incident")
    picture(amina, "incident-new")
    amina.answer("incident_date", today("UTC").isoformat())
    amina.page.locator("#answer-cp_incident_violence_type").locator("visible=true").first.wait_for()
    field = amina.page.locator("select#answer-cp_incident_violence_type")
    if field.count():
        field.select_option("physical_assault")
    else:
        amina.choose("cp_incident_violence_type", "physical_assault")
    with amina.page.expect_response(is_delivery) as sent:
        amina.page.get_by_role("button", name=amina.words["casefile.register"], exact=True).click()
        anyway = amina.page.get_by_role("button", name=amina.text("casefile.save_anyway"), exact=True)
        while not sent.is_done():
            if anyway.is_visible():
                anyway.click()
                break
            amina.page.wait_for_timeout(50)
    assert outcome(sent.value) == 200
    amina.page.wait_for_url(re.compile(r"/incidents/[0-9a-f-]{36}$"))
    expect(amina.page.locator(f"a[href*='/cases/{noor}']").first).to_be_visible()
    amina.go(f"/cases/{noor}/incidents")
    there = amina.page.get_by_role("list", name=amina.words["incidents.title"]).get_by_role("link")
    expect(there).to_have_count(1)
    amina.look("incidents of a case")
    picture(amina, "incidents")
    amina.close()
    # Her supervisor sees it on the case, in her own language.
    chantal = Worker(browser, demo_site.url, width=1280, locale="en")
    chantal.sign_in("chantal")
    chantal.go(f"/cases/{noor}/incidents")
    listed = chantal.page.get_by_role("list", name=chantal.words["incidents.title"]).get_by_role("link")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Physical assault")
    expect(chantal.page.get_by_role("button", name=chantal.words["incidents.new"], exact=True)).to_have_count(0)
    listed.click()
    chantal.page.wait_for_url(re.compile("/incidents/"))
    expect(chantal.page.locator("main")).to_contain_text("Physical assault")
    chantal.close()
    # Whoever does not see the case sees none of its incidents.
    dawit = Worker(browser, demo_site.url, width=360, locale="en")
    dawit.sign_in("dawit")
    assert ask(dawit, "GET", f"/api/v2/cases/{noor}/incidents")[0] in DENIED
    dawit.close()


def test_a_family_is_made_in_the_field(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    noor = register_with_people(amina, "Fares")
    amina.go(f"/cases/{noor}/family")
    make = amina.page.get_by_role("button", name=amina.words["families.make"], exact=True)
    expect(make).to_be_visible()
    amina.context.set_offline(True)
    make.click()
    amina.page.locator("dialog[open]").get_by_role("button", name=amina.words["families.make.do"], exact=True).click()
    expect(amina.page.locator("main").get_by_text(amina.words["outbox.item.create_family_of_case"])).to_be_visible()
    expect(make).to_have_count(0)
    amina.look("a family that waits")
    picture(amina, "family-waiting")
    # Until it has gone out there is nothing to unlink and no family to open.
    expect(amina.page.get_by_role("button", name=amina.words["families.unlink"], exact=True)).to_have_count(0)
    expect(amina.page.locator("main a[href*='/families/']")).to_have_count(0)
    with amina.page.expect_response(is_delivery) as sent:
        amina.context.set_offline(False)
    assert outcome(sent.value) == 200
    expect(amina.page.locator("main a[href*='/families/']").first).to_contain_text("Fares")
    expect(amina.page.get_by_text(amina.words["outbox.item.create_family_of_case"])).to_have_count(0)
    amina.close()
