"""A mother looks for her three children; two cases may be one of them; one is hers, and goes back to her step by step."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.by_hand import add_row, answer, put_photo, register
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_offline import with_app_on_the_device
from tests.running import LiveServer

PICTURES = os.environ.get("CPIMS_TEST_PICTURES")
CHILDREN = "tracing_request_subform_section"
MOTHER = {"en": "Mother", "ar": "الأم"}


@dataclass(frozen=True)
class Names:
    """Who looks for whom, in the script of the mother and in that of the worker who met the children."""

    mother: str
    children: tuple[str, str, str]
    hers: tuple[str, str, str]
    hers_mother: str
    another: tuple[str, str, str]
    another_mother: str


HADDAD = Names(
    "أمل يوسف الحداد",
    ("نور خالد الحداد", "سامي خالد الحداد", "ليلى خالد الحداد"),
    ("Noor", "Khalid", "Al-Haddad"),
    "Amal Yusuf",
    ("Nour", "Khaled", "Haddad"),
    "Huda Mansour",
)
SAADI = Names(
    "سعاد محمود السعدي",
    ("ريم طارق السعدي", "باسم طارق السعدي", "هبة طارق السعدي"),
    ("Reem", "Tariq", "Al-Saadi"),
    "Suad Mahmoud",
    ("Rim", "Tarek", "Saadi"),
    "Najla Qasim",
)


def picture(worker: Worker, name: str) -> None:
    """Keep what she sees, where pictures are wanted."""
    if PICTURES:
        size = worker.page.viewport_size
        width = size["width"] if size else 0
        worker.page.screenshot(path=str(Path(PICTURES) / f"{name}-{width}-{worker.locale}.png"), full_page=True)


def fill_in(
    worker: Worker, case: str, form: str, *, rows: dict[str, dict[str, str]] | None = None, **answers: str
) -> None:
    """Fill in one form of a case and save it."""
    worker.go(f"/cases/{case}/{form}/edit")
    for name, value in answers.items():
        answer(worker.page.locator("main"), name, value)
    for section, row in (rows or {}).items():
        add_row(worker, section, **row)
    assert worker.save() == 200


def file_request(amina: Worker, names: Names) -> str:
    """A mother tells of her three children, in her language."""
    amina.go("/tracing_requests/new")
    amina.answer("relation_name", names.mother)
    amina.choose("inquirer_consent", "true")
    for child, age, sex in zip(names.children, ("9", "6", "3"), ("female", "male", "female"), strict=True):
        add_row(amina, CHILDREN, name=child, relation=MOTHER[amina.locale], sex=sex, age=age)
    amina.look("filing a request")
    return register(amina, "tracing_requests")


def register_child(bilal: Worker, name: tuple[str, str, str], mother: str) -> str:
    """A girl without her family, whose name is written in Latin letters; she agrees to being looked for."""
    page, main = bilal.page, bilal.page.locator("main")
    bilal.go("/cases/new")
    page.locator("main input").first.fill(" ".join(name))
    bilal.button("casefile.new.go_on").click()
    for question, value in {
        "name_first": name[0],
        "name_middle": name[1],
        "name_last": name[2],
        "sex": "female",
        "age": "9",
    }.items():
        answer(main, question, value)
    answer(main, "protection_status", "separated")
    answer(main, "consent_for_tracing", "true")
    case = register(bilal, "cases")
    fill_in(
        bilal,
        case,
        "family_details",
        rows={"family_details_section": {"relation_name": mother, "relation": MOTHER[bilal.locale]}},
    )
    return case


def decide(worker: Worker, act: str, why: str) -> None:
    """Say what she decides, and why: without a reason nothing is sent."""
    # By the keyboard, as somebody would who sees nothing of it.
    worker.page.locator("main").get_by_role("button", name=worker.words[f"tracing.{act}"], exact=True).press("Enter")
    sheet = worker.page.locator("dialog[open]")
    expect(sheet).to_contain_text(worker.words[f"tracing.{act}.follows.1"])
    do = sheet.get_by_role("button", name=worker.words[f"tracing.{act}.do"], exact=True)
    assert worker.page.evaluate("() => document.querySelector('dialog[open]').contains(document.activeElement)")
    do.press("Enter")
    expect(sheet.locator("textarea")).to_have_attribute("aria-invalid", "true")
    worker.look(f"deciding: {act}")
    sheet.locator("textarea").fill(why)
    with worker.page.expect_response(is_delivery) as sent:
        do.press("Enter")
    assert outcome(sent.value) == 200, sent.value.text()
    expect(sheet).to_have_count(0)


def matched_to(trace: str) -> str | None:
    """The case in which a child was found, as the server has it."""
    from cpims.tracing.models import Trace

    found = Trace.objects.get(pk=trace).matched_case_id
    return None if found is None else str(found)


def decisions(trace: str) -> list[tuple[str, str]]:
    """What was decided about a child who is looked for, in its order."""
    from cpims.tracing.models import TraceMatch

    rows = TraceMatch.objects.filter(trace_id=trace).order_by("recorded_at")
    return [(str(row.case_id), row.decision) for row in rows]


@pytest.mark.parametrize(
    ("names", "near", "far", "scheme"),
    [(HADDAD, (360, "ar"), (1280, "en"), "light"), (SAADI, (1280, "ar"), (360, "ar"), "dark")],
)
def test_a_mother_finds_one_of_three_children(
    browser: Browser,
    demo_site: LiveServer,
    demo_db: None,
    names: Names,
    near: tuple[int, str],
    far: tuple[int, str],
    scheme: str,
) -> None:
    amina = Worker(browser, demo_site.url, width=near[0], locale=near[1])
    amina.sign_in("amina")
    request = file_request(amina, names)
    put_photo(amina, "tracing_requests", request, "teal")
    amina.go(f"/tracing_requests/{request}/matches")
    expect(amina.page.locator("main h3").filter(has_text=names.children[2])).to_be_visible()
    amina.page.wait_for_load_state("networkidle")
    amina.look("the children looked for")
    picture(amina, "request")
    amina.close()

    bilal = Worker(browser, demo_site.url, width=1280, locale="en")
    bilal.sign_in("bilal")
    hers = register_child(bilal, names.hers, names.hers_mother)
    put_photo(bilal, "cases", hers, "olive")
    another = register_child(bilal, names.another, names.another_mother)

    chantal = Worker(browser, demo_site.url, width=far[0], locale=far[1], scheme=scheme)
    chantal.sign_in("chantal")
    trace = compare_and_decide(chantal, names, request, hers, another)
    assert matched_to(trace) == hers
    assert decisions(trace) == [(another, "rejected"), (hers, "confirmed")]
    back_from_the_case(chantal, names, hers)
    chantal.close()

    go_back_step_by_step(bilal, names, hers)
    bilal.close()


def compare_and_decide(chantal: Worker, names: Names, request: str, hers: str, another: str) -> str:
    """From the list of requests to the first child, to both cases; one is another child, one is hers."""
    page, main = chantal.page, chantal.page.locator("main")
    chantal.go("/tracing_requests")
    chantal.page.get_by_role("searchbox").first.fill(names.mother)
    page.locator(f"main a[href$='/tracing_requests/{request}']").first.click()
    expect(part(chantal, "tracing.request.standing").locator("a")).to_have_count(3)
    chantal.look("the summary of a request")
    picture(chantal, "request-summary")
    chantal.go(f"/tracing_requests/{request}/matches")
    child = page.locator("main li").filter(has_text=names.children[0]).first
    expect(child.get_by_role("link")).to_be_visible()
    expect(child.locator("[aria-hidden] ~ span, span").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # what was found for each child changes its button
    chantal.look("the children looked for")
    picture(chantal, "children")
    child.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/tracing_requests/{request}/matches/[0-9a-f-]{{36}}$"))
    trace = page.url.rsplit("/", 1)[1]
    for case in (hers, another):
        expect(page.locator(f"main a[href$='/{trace}/{case}']")).to_be_visible()
    # Whose mother has the same name stands first.
    order = page.locator(f"main a[href*='/{trace}/']").evaluate_all(
        "(all) => all.map((one) => one.href.split('/').pop())"
    )
    assert order.index(hers) < order.index(another)
    expect(main).to_contain_text(chantal.words["tracing.reasons.for"])
    chantal.look("possible matches")
    picture(chantal, "matches")

    page.locator(f"main a[href$='/{trace}/{another}']").click()
    expect(main).to_contain_text(names.another_mother)
    expect(main).to_contain_text(names.mother)
    expect(main).to_contain_text(chantal.words["tracing.verdict.different"])
    chantal.look("comparing two children")
    picture(chantal, "compare-another")
    decide(chantal, "reject_match", "Another mother, another village")
    expect(main).to_contain_text(chantal.words["tracing.decided.rejected"])

    chantal.go(f"/tracing_requests/{request}/matches/{trace}/{hers}")
    expect(main).to_contain_text(names.children[0])
    expect(main).to_contain_text(names.hers[2])
    # Both faces beside each other, also on a phone.
    faces = part(chantal, "tracing.photos").locator("img")
    expect(faces).to_have_count(2)
    boxes = [box for box in (faces.nth(at).bounding_box() for at in range(2)) if box]
    assert len(boxes) == 2 and boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] != boxes[1]["x"]
    picture(chantal, "compare-hers")
    decide(chantal, "confirm_match", "Both told of the blue door and of the grandmother")
    expect(main).to_contain_text(chantal.words["tracing.decided.confirmed"])
    expect(main).to_contain_text("blue door")
    chantal.look("a confirmed match")

    chantal.go(f"/tracing_requests/{request}/matches/{trace}")
    expect(main.locator("section").first).to_contain_text(chantal.words["tracing.decided.confirmed"])
    rejected = main.locator("details")
    rejected.locator("summary").click()
    expect(rejected.locator(f"a[href$='/{trace}/{another}']")).to_be_visible()
    chantal.look("matches that were decided")
    return trace


def back_from_the_case(chantal: Worker, names: Names, hers: str) -> None:
    """The case tells who looks for the child, and the decision can be read from there."""
    chantal.go(f"/cases/{hers}/matches")
    main = chantal.page.locator("main")
    expect(main).to_contain_text(names.mother)
    chantal.look("who looks for this child")
    picture(chantal, "case-matches")
    main.locator("a[href*='/matches/']").first.click()
    expect(main).to_contain_text("blue door")
    # What she decides without a network waits, and can be taken back before it goes.
    with_app_on_the_device(chantal)
    chantal.context.set_offline(True)
    main.get_by_role("button", name=chantal.words["tracing.undo_match"], exact=True).click()
    sheet = chantal.page.locator("dialog[open]")
    sheet.locator("textarea").fill("The grandmother is another one")
    sheet.get_by_role("button", name=chantal.words["tracing.undo_match.do"], exact=True).click()
    expect(main).to_contain_text(chantal.words["state.waiting"])
    chantal.look("a decision that waits")
    picture(chantal, "decision-waits")
    main.get_by_role("button", name=chantal.words["approvals.take_back"], exact=True).click()
    expect(main.get_by_role("button", name=chantal.words["tracing.undo_match"], exact=True)).to_be_visible()
    # Without a network what was seen stays, and what cannot be known is said plainly.
    chantal.page.reload()
    expect(main).to_contain_text(chantal.words["tracing.offline.title"])
    chantal.look("matches without a network")
    chantal.context.set_offline(False)


def go_back_step_by_step(bilal: Worker, names: Names, case: str) -> None:
    """Separation, wishes, search, verification, reunification, a visit: the way back tells each, and what is next."""
    page = bilal.page
    bilal.go(f"/cases/{case}/journey")
    step = part(bilal, "tracing.steps.title").locator("ol > li")
    expect(step).to_have_count(7)
    expect(step.nth(3)).to_contain_text(bilal.words["tracing.step.state.done"])
    expect(step.nth(0)).to_contain_text(bilal.words["tracing.step.state.skipped"])
    bilal.look("the way back, begun")
    picture(bilal, "journey-begun")

    fill_in(
        bilal,
        case,
        "tracing",
        rows={"tracing_actions_section": {"date_tracing": "2026-02-02", "tracing_type": "individual_tracing"}},
        date_of_separation="2026-01-10",
        separation_cause="conflict",
        location_separation=place_of(bilal.locale),
    )
    fill_in(bilal, case, "child_wishes", wishes_child_family_tracing="true")
    verified = {"verification_name_inquirer": names.hers_mother, "verification_inquirer_relationship": MOTHER["en"]}
    verified |= {"verification_date": "2026-03-10", "verification_method": "photo", "verification_status": "verified"}
    fill_in(bilal, case, "verification", rows={"verification_subform_section": verified})
    bilal.go(f"/cases/{case}/journey")
    expect(step.nth(4)).to_contain_text(bilal.words["tracing.step.state.done"])
    expect(step.nth(5)).to_contain_text(bilal.words["tracing.step.state.next"])
    expect(step.nth(5).get_by_role("link")).to_have_attribute("href", re.compile("reunification_details/edit$"))
    reunited = {"date_reunification": "2026-04-01", "reunification_type": "case_by_case"}
    reunited |= {"child_reunited_with_verified_adult": "true", "name_reunified_adult": names.hers_mother}
    reunited |= {"location_reunified_adult": place_of(bilal.locale, 1)}
    fill_in(bilal, case, "reunification_details", rows={"reunification_details_section": reunited})
    visit = {
        "reunification_visit_date": "2026-04-20",
        "followup_care_same": "true",
        "followup_risk_of_breakdown": "low",
    }
    fill_in(bilal, case, "reunification_followup", rows={"reunification_followup_section": visit})

    bilal.go(f"/cases/{case}/journey")
    for at in range(7):
        expect(step.nth(at)).to_contain_text(bilal.words["tracing.step.state.done"])
    told = part(bilal, "tracing.days.title").locator("h3")
    words = [
        bilal.words[f"tracing.journey.{what}"]
        for what in ("separation", "search", "verification", "reunification", "followup")
    ]
    expect(told.filter(has_text=bilal.words["tracing.journey.match"])).to_have_count(1)
    days = [one for one in told.all_inner_texts() if one in words]
    assert days == words
    places = part(bilal, "tracing.places.title").locator("ol > li")
    expect(places).to_have_count(2)
    for at in range(2):
        expect(places.nth(at)).to_contain_text(place_of(bilal.locale, at))
    bilal.look("the way back, whole")
    picture(bilal, "journey")
    assert "Noor" not in page.url and "%D9" not in page.url


def part(worker: Worker, key: str) -> Locator:
    """A card of the page by its name."""
    return worker.page.get_by_role("region", name=worker.words[key], exact=True)


def place_of(locale: str, which: int = 0) -> str:
    """A place of the demo, as it is called on the screen: one, or another far from it."""
    from cpims.locations.models import Location

    deepest = Location.objects.filter(disabled=False).order_by("-admin_level", "code")
    level = deepest.values_list("admin_level", flat=True)[0]
    names = list(deepest.filter(admin_level=level).values_list("placename", flat=True))
    named = names[-1 if which else 0]
    return str(named.get(locale) or named["en"])


def test_others_find_nothing_of_it(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    """Dawit, of another agency, sees neither the request nor its matches; Esther, who reads no cases, neither."""
    from cpims.tracing.models import Trace

    amina = Worker(browser, demo_site.url, width=1280, locale="ar")
    amina.sign_in("amina")
    names = Names(
        "مريم حسن الدوري", ("زيد علي الدوري", "عمر علي الدوري", "سلمى علي الدوري"), ("", "", ""), "", ("", "", ""), ""
    )
    request = file_request(amina, names)
    amina.close()
    trace = str(Trace.objects.filter(request__id=request).order_by("number")[0].id)
    for name in ("dawit", "esther"):
        other = Worker(browser, demo_site.url, width=360, locale="en")
        other.sign_in(name)
        other.page.goto(f"{demo_site.url}/app/tracing_requests/{request}/matches/{trace}")
        expect(other.page.locator("main h1")).to_be_visible()
        expect(other.page.locator("main [role=alert]")).to_be_visible()
        expect(other.page.locator("body")).not_to_contain_text("الدوري")
        status = other.page.evaluate("async (id) => (await fetch(`/api/cpims/v1/traces/${id}/matches`)).status", trace)
        assert status == (404 if name == "dawit" else 403)
        other.look("a request of others")
        other.close()
