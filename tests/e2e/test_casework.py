"""A case from its first day to its last, through four pairs of hands; each step is in its story, and who should know of it is told once."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Locator, expect

from tests.conftest import Databases
from tests.e2e.proxy import ShapingProxy
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.e2e.test_approvals import PLAN, in_main, open_what_waits, send
from tests.e2e.test_case_story import close, day, story, told
from tests.e2e.test_consent import choose_recipient, open_case_menu
from tests.e2e.test_kept import synced
from tests.e2e.test_offline import fill_registration, with_app_on_the_device
from tests.e2e.test_outbox import save_offline
from tests.e2e.test_team import worker_process
from tests.running import LiveServer

ASKED = "The school year begins on Monday"
BURN = "Please see to the burn on her arm"
DONE = "The nurse dressed the wound"
#: Nothing of this may stand in a notice or a mail: names, answers, reasons, what people wrote to each other.
SECRET = ("Noor", "نور", "kiln", "Physical", "إيذاء", "school", "burn", "wound", "Health", "Amina", "Bilal", "Chantal")
#: How every story here ends, and ``end`` says how it began; the newest first.
LAST = ("closed", "transfer_accepted", "transfer_sent", "referral_done", "service_done", "referral_accepted")
PATIENCE = 60.0


@dataclass
class Office:
    """Where the four meet: their devices, and what they must have been told of one case so far."""

    browser: Browser
    site: LiveServer
    devices: ExitStack
    case: str = ""
    family: str = ""
    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def come(self, name: str, *, width: int, locale: str, url: str | None = None) -> Worker:
        """Somebody takes her device and signs in."""
        worker = Worker(self.browser, url or self.site.url, width=width, locale=locale)
        self.devices.callback(worker.close)
        worker.sign_in(name)
        return worker

    @property
    def path(self) -> str:
        """Where the case is."""
        return f"/cases/{self.case}"

    def happened(self, *notices: tuple[str, str]) -> None:
        """These people, and nobody else, are told of these happenings, once each: in the inbox and by mail."""
        self.told.update(notices)
        wait_until_all_is_told(self.case)
        assert notices_of(self.case) == self.told
        assert self.letters() == self.told

    def letters(self) -> Counter[tuple[str, str]]:
        """To whom the mails about the case went, and what they say; nothing else is in them."""
        from cpims.accounts.models import User
        from cpims.lib.messages import sentence
        from cpims.notices.rules import TOLD

        found: Counter[tuple[str, str]] = Counter()
        for file in (settings.ENVIRONMENT.data / "mail").glob("*.eml"):
            letter = message_from_bytes(file.read_bytes(), policy=policy.default)
            text = f"{letter['Subject']}\n{letter.get_content()}"
            if self.case in text:
                user = User.objects.get(email=letter["To"])
                self.is_silent(text)
                found[
                    user.user_name, next(one for one in TOLD if sentence(user.locale or "en", f"event.{one}") in text)
                ] += 1
        return found

    def is_silent(self, text: str) -> None:
        """Who reads this over her shoulder learns of no child and no concern."""
        spoken = [one for one in (*SECRET, self.family) if one.lower() in text.lower()]
        assert not spoken, (spoken, text)

    def reads(self, worker: Worker, name: str) -> None:
        """She opens her inbox: each happening of the case that was told to her stands there once, without a name."""
        worker.go("/inbox")
        mine = {event: times for (who, event), times in self.told.items() if who == name}
        rows = worker.page.locator("main li").filter(has=worker.page.locator(f"a[href$='{self.path}']"))
        expect(rows).to_have_count(sum(mine.values()))
        for event, times in mine.items():
            words = re.compile(re.escape(worker.text(f"event.{event}")))
            expect(rows.filter(has_text=words)).to_have_count(times)
        for text in rows.all_inner_texts():
            self.is_silent(text)


@pytest.fixture
def office(
    browser: Browser, demo_site: LiveServer, demo_db: None, databases: Databases, _demo_database: str, tmp_path: Path
) -> Iterator[Office]:
    """The site with its worker process, which tells people and sends the mails."""
    with worker_process(databases, _demo_database, tmp_path / "worker.log"), ExitStack() as devices:
        yield Office(browser, demo_site, devices)


def wait_until_all_is_told(case: str) -> None:
    """Until the worker process has sealed what happened, read all of it, and handed every mail about the case over."""
    from cpims.audit.models import ChangeEntry
    from cpims.notices.models import Notice, NoticeMark

    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        last = ChangeEntry.objects.order_by("-id").values_list("seq", flat=True).first()
        mark = NoticeMark.objects.values_list("seq", flat=True).get()
        if last is not None and mark >= last and not Notice.objects.filter(record_id=case, mail="wanted").exists():
            return
        time.sleep(0.1)
    raise AssertionError("the worker process has not told everything")


def notices_of(case: str) -> Counter[tuple[str, str]]:
    """Who was told of what."""
    from cpims.notices.models import Notice

    return Counter(Notice.objects.filter(record_id=case).values_list("user__user_name", "event"))


def events_of(case: str) -> list[str]:
    """What the book says of the case, the oldest first; in it the moments never run backwards."""
    from cpims.audit.models import ChangeEntry

    rows = list(ChangeEntry.objects.filter(record_id=case).order_by("id").values_list("event", "happened_at"))
    assert [at for _, at in rows] == sorted(at for _, at in rows)
    return [event for event, _ in rows]


def register(office: Office, amina: Worker, family: str) -> None:
    """Amina registers Noor, and the family agrees to sharing."""
    page = amina.page
    fill_registration(amina, family)
    amina.button("casefile.register").click()
    expect(page).to_have_url(re.compile(r"/app/cases/[0-9a-f-]{36}"))
    expect(page.locator("main h1").first).to_contain_text(family)
    office.case, office.family = page.url.split("/cases/")[1][:36], family
    told(amina, "story.registered")
    amina.go(f"{office.path}/consent/edit")
    page.locator("#answer-disclosure_other_orgs").check()
    assert amina.save() == 200


def plan(office: Office, amina: Worker) -> None:
    """Amina fills the plan in."""
    amina.go(f"{office.path}/cp_case_plan/edit")
    amina.answer("date_case_plan", day())
    amina.answer("case_plan_goal", "Back to school by spring")
    amina.choose("interventions_child_involved", "true")
    amina.choose("interventions_caregiver_involved", "true")
    amina.answer("case_plan_review_date", day(-90))
    assert amina.save() == 200
    amina.go(office.path)
    told(amina, "story.planned")


def write_down_a_service(amina: Worker) -> None:
    """Noor needs to see a doctor: the row of the service, before it is saved."""
    page = amina.page
    page.locator("#answer-services_section-add").click()
    sheet = page.locator("dialog[open]")
    kind = sheet.locator("[id$='-service_type']")
    kind.fill({"en": "Health care", "ar": "رعاية صحية"}[amina.locale])
    sheet.locator("[id$='-service_type-list'] [role=option]").first.click()
    sheet.get_by_role("button", name=re.compile("^" + amina.text("renderer.row.done"))).click()
    expect(sheet).to_have_count(0)


def refer_to_bilal(amina: Worker) -> None:
    """From the case to who is asked, for the service that is open; up to the button."""
    open_case_menu(amina, "share.open")
    choose_recipient(amina, "bilal")
    amina.page.get_by_label(amina.text("share.service"), exact=True).select_option(index=1)
    amina.page.locator("textarea").fill(BURN)


def press(worker: Worker, button: Locator) -> None:
    """A button that sends something, which the server takes."""
    with worker.page.expect_response(is_delivery) as sent:
        button.click()
    assert outcome(sent.value) == 200


def exactly(worker: Worker, key: str, inside: str = "main") -> Locator:
    """The button of these very words."""
    return worker.page.locator(inside).get_by_role("button", name=worker.text(key), exact=True)


def approve(office: Office, chantal: Worker) -> None:
    """Chantal compares what is asked with what was approved, and approves."""
    office.reads(chantal, "chantal")
    open_what_waits(chantal, office.case)
    main = chantal.page.locator("main")
    expect(main).to_contain_text(ASKED)
    expect(main).to_contain_text("Back to school by spring")
    assert send(chantal, "approvals.approve") == 200
    office.happened(("amina", "approval.given"))
    chantal.go(office.path)
    told(chantal, "story.approval_given")


def help_out(office: Office, bilal: Worker, amina: Worker) -> None:
    """Bilal takes the referral, gives the service, and says so; Amina sees both in the story."""
    office.reads(bilal, "bilal")
    bilal.go("/received")
    expect(bilal.page.get_by_text(BURN)).to_be_visible()
    press(bilal, exactly(bilal, "received.accept"))
    office.happened(("amina", "referral.accepted"))
    bilal.go(office.path)
    told(bilal, "story.referral_accepted")
    bilal.go("/received")
    exactly(bilal, "received.done").click()
    bilal.page.locator("dialog[open] textarea").fill(DONE)
    press(bilal, exactly(bilal, "received.send", "dialog[open]"))
    expect(bilal.page.get_by_text(bilal.text("received.none"), exact=True)).to_be_visible()
    office.happened(("amina", "referral.done"))
    amina.go(office.path)
    told(amina, "story.referral_done", "story.service_done", "story.referral_accepted")
    office.reads(amina, "amina")


def hand_over(office: Office, amina: Worker, dawit: Worker) -> None:
    """Amina transfers Noor to another agency; Dawit accepts, and the case is his alone."""
    amina.go(office.path)
    open_case_menu(amina, "share.open")
    amina.page.get_by_role("radio", name=amina.text("share.transfer"), exact=True).check()
    choose_recipient(amina, "dawit")
    expect(amina.page.get_by_role("heading", name=amina.text("share.sees"))).to_be_visible()
    press(amina, exactly(amina, "share.transfer"))
    expect(amina.page).to_have_url(re.compile(f"/app/cases/{office.case}$"))
    told(amina, "story.transfer_sent")
    office.happened(("dawit", "transfer.sent"))
    office.reads(dawit, "dawit")
    dawit.go("/received")
    press(dawit, exactly(dawit, "received.accept"))
    office.happened(("amina", "transfer.accepted"))
    dawit.go(office.path)
    told(dawit, "story.transfer_accepted", "story.transfer_sent", "story.referral_done", "story.service_done")
    # The case is out of her sight: her notices stay, and lead nowhere.
    amina.go("/inbox")
    newest = amina.page.locator("main li").first
    expect(newest).to_contain_text(amina.text("event.transfer.accepted"))
    expect(newest).to_contain_text(amina.text("inbox.out_of_sight"))
    expect(amina.page.locator(f"main a[href*='{office.case}']")).to_have_count(0)
    office.is_silent(newest.inner_text())


def end(office: Office, dawit: Worker, *before: str) -> None:
    """Dawit closes the case with its reason, of which nobody is told; the whole story stands there, each step once."""
    close(dawit, office.path)
    office.happened()
    dawit.button("story.earlier").click()
    told(dawit, *(f"story.{one}" for one in (*LAST, *before, "planned", "amended", "amended", "registered")))
    expect(story(dawit)).to_have_count(len(LAST) + len(before) + 4)


def test_a_case_goes_through_four_pairs_of_hands(office: Office) -> None:
    amina = office.come("amina", width=360, locale="en")
    chantal = office.come("chantal", width=1280, locale="en")
    bilal = office.come("bilal", width=360, locale="ar")
    dawit = office.come("dawit", width=1280, locale="en")
    register(office, amina, "Handson")
    plan(office, amina)
    office.happened()

    amina.go(f"{office.path}/approvals/{PLAN}")
    amina.page.locator("textarea").fill(ASKED)
    assert send(amina, "approvals.ask") == 200
    office.happened(("chantal", "approval.requested"))
    amina.go(office.path)
    told(amina, "story.approval_requested", "story.planned")
    approve(office, chantal)
    amina.go(office.path)
    told(amina, "story.approval_given", "story.approval_requested", "story.planned")
    office.reads(amina, "amina")

    amina.go(f"{office.path}/services/edit")
    write_down_a_service(amina)
    assert amina.save() == 200
    amina.go(office.path)
    told(amina, "story.service_added", "story.approval_given")
    refer_to_bilal(amina)
    expect(amina.page.get_by_role("heading", name=amina.text("share.sees"))).to_be_visible()
    amina.look("referring for a service")
    press(amina, exactly(amina, "share.refer"))
    expect(amina.page).to_have_url(re.compile(f"/app/cases/{office.case}$"))
    told(amina, "story.referral_sent", "story.service_added", "story.approval_given")
    office.happened(("bilal", "referral.sent"))

    help_out(office, bilal, amina)
    hand_over(office, amina, dawit)
    end(office, dawit, "referral_sent", "service_added", "approval_given", "approval_requested")
    assert [one for one in events_of(office.case) if one != "case.amended"] == [
        "case.registered", "approval.requested", "approval.given", "referral.sent", "referral.accepted", "referral.done",
        "transfer.sent", "transfer.accepted", "case.closed",
    ]  # fmt: skip


def test_the_same_with_amina_out_of_reach_in_between(office: Office) -> None:
    """The line is cut: she asks for approval, writes a service down, refers for it, goes on; back, all arrives once, in order."""
    line = office.devices.enter_context(ShapingProxy(office.site.port))
    amina = office.come("amina", width=360, locale="ar", url=line.url)
    page, main = amina.page, amina.page.locator("main")
    chantal = office.come("chantal", width=1280, locale="ar")
    bilal = office.come("bilal", width=360, locale="en")
    dawit = office.come("dawit", width=360, locale="en")
    with_app_on_the_device(amina)
    register(office, amina, "البعيدة")
    plan(office, amina)
    synced(amina)
    amina.go(office.path)
    told(amina, "story.planned")
    before = events_of(office.case)

    line.go_offline()
    amina.go(f"{office.path}/approvals/{PLAN}")
    page.locator("textarea").fill(ASKED)
    in_main(amina, "approvals.ask").click()
    expect(main).to_contain_text(amina.text("approvals.state.pending"))
    amina.go(f"{office.path}/services/edit")
    write_down_a_service(amina)
    save_offline(amina)
    amina.go(office.path)
    refer_to_bilal(amina)
    expect(page.get_by_text(amina.text("share.alone"))).to_be_visible()
    exactly(amina, "share.refer").click()
    expect(page).to_have_url(re.compile(f"/app/cases/{office.case}$"))
    amina.go(f"{office.path}/cp_case_plan/edit")
    amina.answer("case_plan_monitoring_schedule", "Every week")
    save_offline(amina)
    amina.go(office.path)
    told(amina, "story.amended", "outbox.item.refer", "story.service_added", "outbox.item.request_approval")
    amina.look("the story without a network")
    assert events_of(office.case) == before
    office.happened()

    # Nobody tells the telephone that its network leads to the server again, and she does not touch it.
    line.go_online()
    unsent = story(amina).filter(has_text=amina.text("casefile.state.waiting"))
    expect(unsent).to_have_count(0, timeout=60_000)
    told(amina, "story.amended", "story.referral_sent", "story.service_added", "story.approval_requested")
    assert events_of(office.case)[len(before) :] == [
        "approval.requested", "case.amended", "referral.sent", "case.amended",
    ]  # fmt: skip
    office.happened(("chantal", "approval.requested"), ("bilal", "referral.sent"))

    approve(office, chantal)
    help_out(office, bilal, amina)
    hand_over(office, amina, dawit)
    end(office, dawit, "approval_given", "amended", "referral_sent", "service_added", "approval_requested")
