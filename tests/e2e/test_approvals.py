"""Amina asks for approval of her plan, also without a network; Chantal compares and answers; flags and alerts of a case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_offline import tap, with_app_on_the_device
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

PLAN = "case_plan"


def with_a_plan(case: str) -> None:
    """A plan without gaps, nothing asked yet, no flags."""
    from cpims.records.models import Record

    record = Record.objects.get(pk=case)
    record.data |= {
        "date_case_plan": "2026-01-10",
        "case_plan_goal": "Back to school by spring",
        "interventions_child_involved": "true",
        "interventions_caregiver_involved": "true",
        "case_plan_review_date": "2027-01-10",
    }
    record.incomplete = []
    record.save(update_fields=["data", "incomplete"])


def approval_of(case: str) -> str | None:
    """Where the approval of the plan stands on the server."""
    from cpims.records.models import Record

    stored = Record.objects.get(pk=case).state.get(f"approval_status_{PLAN}")
    return None if stored is None else str(stored)


def in_main(worker: Worker, key: str) -> Locator:
    """The button of these very words on the page."""
    return worker.page.locator("main").get_by_role("button", name=worker.text(key), exact=True)


def send(worker: Worker, key: str) -> int:
    """Press a button that sends something; what became of it."""
    with worker.page.expect_response(is_delivery) as sent:
        in_main(worker, key).click()
    return outcome(sent.value)


def open_what_waits(chantal: Worker, case: str) -> None:
    """From the list of what waits for her to the case."""
    chantal.go("/approvals")
    link = chantal.page.locator(f"main a[href*='/cases/{case}/approvals/{PLAN}']")
    expect(link).to_be_visible()
    chantal.look("what waits for approval")
    link.click()
    expect(chantal.page.get_by_role("heading", name=chantal.text("approvals.answer.title"))).to_be_visible()


@pytest.mark.parametrize(("near", "far"), [((360, "en"), (1280, "ar")), ((1280, "ar"), (360, "en"))])
def test_a_plan_is_asked_for_compared_and_answered(
    browser: Browser, demo_site: LiveServer, demo_db: None, near: tuple[int, str], far: tuple[int, str]
) -> None:
    amina = Worker(browser, demo_site.url, width=near[0], locale=near[1])
    amina.sign_in("amina")
    case = one_of_mine(amina, skip=0 if near[0] == 360 else 1).removeprefix("/cases/")
    with_a_plan(case)
    amina.go(f"/cases/{case}/cp_case_plan")
    amina.look("a section that can be approved")
    amina.page.get_by_role("link", name=amina.text("approvals.ask"), exact=True).click()
    expect(amina.page).to_have_url(re.compile(f"/cases/{case}/approvals/{PLAN}$"))
    amina.page.locator("textarea").fill("The school year begins on Monday")
    amina.look("asking for approval")
    assert send(amina, "approvals.ask") == 200
    expect(in_main(amina, "approvals.take_back")).to_be_visible()
    expect(in_main(amina, "approvals.approve")).to_have_count(0)
    amina.look("an approval that waits")

    chantal = Worker(browser, demo_site.url, width=far[0], locale=far[1])
    chantal.sign_in("chantal")
    open_what_waits(chantal, case)
    main = chantal.page.locator("main")
    expect(main).to_contain_text("The school year begins on Monday")
    expect(main).to_contain_text("Back to school by spring")
    chantal.look("an approval to answer, never approved before")
    assert send(chantal, "approvals.approve") == 200
    expect(in_main(chantal, "approvals.approve")).to_have_count(0)

    # She goes on with the plan, and asks again in the field.
    with_app_on_the_device(amina)
    amina.go(f"/cases/{case}/cp_case_plan/edit")
    amina.answer("case_plan_goal", "Back to school after the holidays")
    assert amina.save() == 200
    amina.go(f"/cases/{case}")
    states = amina.page.locator("details").filter(has_text=amina.text("approvals.case.title")).first
    states.locator("summary").click()
    expect(states.locator("ul")).to_contain_text(amina.text("approvals.state.approved"))
    expect(states.locator("ul")).to_contain_text("chantal")
    amina.look("a case with its approvals")
    amina.context.set_offline(True)
    states.locator(f"a[href$='/approvals/{PLAN}']").click()
    in_main(amina, "approvals.ask").click()
    expect(amina.page.locator("main")).to_contain_text(amina.text("approvals.state.pending"))
    expect(amina.page.locator("main")).to_contain_text(amina.text("state.waiting"))
    amina.look("an approval asked for without a network")
    assert approval_of(case) == "approved"
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    expect(amina.page.locator("main")).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    assert approval_of(case) == "pending"

    open_what_waits(chantal, case)
    change = main.locator("dl > div").filter(has_text="Back to school after the holidays")
    expect(change).to_contain_text("Back to school by spring")
    chantal.look("what changed since the last approval")
    in_main(chantal, "approvals.reject").click()
    expect(main.locator("textarea")).to_have_attribute("aria-invalid", "true")
    main.locator("textarea").fill("Who brings her there?")
    assert send(chantal, "approvals.reject") == 200
    expect(main).to_contain_text(chantal.text("approvals.log"))
    chantal.go("/approvals")
    expect(chantal.page.locator(f"main a[href*='{case}']")).to_have_count(0)
    expect(chantal.page.get_by_role("heading", name=chantal.text("approvals.waiting.none"))).to_be_visible()
    chantal.look("nothing waits")
    chantal.close()

    amina.go(f"/cases/{case}/approvals/{PLAN}")
    expect(amina.page.locator("main")).to_contain_text("Who brings her there?")
    amina.look("an approval that was sent back")
    assert send(amina, "approvals.ask") == 200
    assert send(amina, "approvals.take_back") == 200
    expect(amina.page.locator("main")).to_contain_text(amina.text("approvals.state.rejected"))
    assert approval_of(case) == "rejected"
    amina.close()


def test_a_plan_with_gaps_is_not_asked_for(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.records.models import Record

    amina = Worker(browser, demo_site.url, width=360, locale="ar")
    amina.sign_in("amina")
    case = one_of_mine(amina, skip=2).removeprefix("/cases/")
    with_a_plan(case)
    gap = {"pointer": "/case_plan_goal", "code": "required", "form": "cp_case_plan"}
    Record.objects.filter(pk=case).update(incomplete=[gap])
    amina.go(f"/cases/{case}")
    amina.button("casefile.actions").click()
    amina.page.get_by_role("menuitem", name=amina.text("approvals.open")).click()
    amina.page.locator(f"main a[href$='/approvals/{PLAN}']").click()
    expect(in_main(amina, "approvals.ask")).to_be_disabled()
    expect(amina.page.locator("main a[href$='/cp_case_plan/edit']")).to_be_visible()
    amina.look("an approval with gaps")
    amina.close()


@pytest.mark.parametrize(("width", "locale"), [(360, "ar"), (1280, "en")])
def test_a_flag_is_put_without_a_network_changed_and_seen_to(
    browser: Browser, demo_site: LiveServer, demo_db: None, width: int, locale: str
) -> None:
    from cpims.flags.models import Flag

    amina = Worker(browser, demo_site.url, width=width, locale=locale)
    amina.sign_in("amina")
    case = one_of_mine(amina, skip=3 if width == 360 else 4).removeprefix("/cases/")
    Flag.objects.filter(record_id=case).delete()
    amina.go(f"/cases/{case}")
    with_app_on_the_device(amina)
    amina.button("casefile.actions").click()
    amina.page.get_by_role("menuitem", name=amina.text("flags.open")).click()
    expect(amina.page.get_by_role("heading", name=amina.text("flags.case.none"), exact=True)).to_be_visible()
    amina.look("a case without flags")
    amina.context.set_offline(True)
    in_main(amina, "flags.raise").click()
    sheet = amina.page.locator("dialog[open]")
    sheet.get_by_role("button", name=amina.text("flags.raise.do"), exact=True).click()
    expect(sheet.locator("textarea")).to_have_attribute("aria-invalid", "true")
    sheet.locator("textarea").fill("The aunt has moved")
    sheet.locator("input[type=date]").fill("2026-01-05")
    amina.look("putting a flag")
    sheet.get_by_role("button", name=amina.text("flags.raise.do"), exact=True).click()
    main = amina.page.locator("main")
    expect(main).to_contain_text("The aunt has moved")
    expect(main).to_contain_text(amina.text("state.waiting"))
    amina.look("a flag that waits")
    assert not Flag.objects.filter(record_id=case).exists()
    amina.context.set_offline(False)
    tap(amina, "/outbox")
    expect(main).to_contain_text(amina.text("state.confirmed"), timeout=30_000)
    assert Flag.objects.get(record_id=case).message == "The aunt has moved"

    chantal = Worker(browser, demo_site.url, width=width, locale=locale)
    chantal.sign_in("chantal")
    chantal.go("/flags")
    row = chantal.page.locator(f"main a[href$='/cases/{case}/flags']").filter(has_text="The aunt has moved")
    expect(row).to_be_visible()
    chantal.look("flags on all cases")
    row.click()
    in_main(chantal, "flags.amend").first.click()
    sheet = chantal.page.locator("dialog[open]")
    sheet.locator("textarea").fill("The aunt has moved to the camp")
    with chantal.page.expect_response(is_delivery) as changed:
        sheet.get_by_role("button", name=chantal.text("flags.amend.do"), exact=True).click()
    assert outcome(changed.value) == 200
    expect(chantal.page.locator("main")).to_contain_text("moved to the camp")
    chantal.look("flags of a case")
    chantal.close()

    amina.go(f"/cases/{case}/flags")
    in_main(amina, "flags.resolve").first.click()
    sheet = amina.page.locator("dialog[open]")
    sheet.locator("textarea").fill("Visited her")
    with amina.page.expect_response(is_delivery) as done:
        sheet.get_by_role("button", name=amina.text("flags.resolve.do"), exact=True).click()
    assert outcome(done.value) == 200
    expect(main).to_contain_text(amina.text("flags.resolved"))
    expect(main).to_contain_text("Visited her")
    expect(in_main(amina, "flags.resolve")).to_have_count(0)
    amina.look("a flag that was seen to")
    amina.close()


@pytest.mark.parametrize(("width", "locale"), [(360, "en"), (1280, "ar")])
def test_alerts_are_said_filtered_and_put_aside(
    browser: Browser, demo_site: LiveServer, demo_db: None, width: int, locale: str
) -> None:
    chantal = Worker(browser, demo_site.url, width=width, locale=locale)
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    case = one_of_mine(amina, skip=3 if width == 360 else 4).removeprefix("/cases/")
    with_a_plan(case)
    amina.go(f"/cases/{case}/approvals/{PLAN}")
    assert send(amina, "approvals.ask") == 200
    amina.close()

    chantal.sign_in("chantal")
    chantal.go("/cases")
    chantal.button("cases.filters").click()
    sheet = chantal.page.locator("dialog[open]")
    expect(sheet.get_by_role("group", name=chantal.text("alerts.filter"), exact=True)).to_be_visible()
    chantal.look("the filters of the list")
    what = chantal.words["approvals.of"].split("{")[0].strip()
    asked = sheet.get_by_role("group", name=re.compile(re.escape(what))).nth(1)
    asked.get_by_role("checkbox", name=re.compile(re.escape(chantal.text("approvals.state.pending")))).check()
    sheet.get_by_role("button", name=chantal.text("cases.filters.done"), exact=True).click()
    expect(chantal.page).to_have_url(re.compile(r"approval_status_case_plan=pending"))
    found = chantal.page.locator(f"main a[href$='/cases/{case}']")
    expect(found).to_be_visible()
    chantal.look("a list by approvals")
    found.click()
    alert = (
        chantal.page.locator("main li")
        .filter(has=chantal.page.locator(f"a[href$='/approvals/{PLAN}']"))
        .filter(has=chantal.page.get_by_role("button"))
    )
    expect(alert).to_be_visible()
    chantal.look("a case with an alert")
    with chantal.page.expect_response(lambda r: "/alerts/" in r.url and r.request.method == "DELETE") as gone:
        alert.get_by_role("button").click()
    assert gone.value.status == 204
    expect(alert).to_have_count(0)
    expect(chantal.page.locator("main")).not_to_contain_text(chantal.text("alerts.put_aside"))
    chantal.close()
