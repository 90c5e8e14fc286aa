"""Chantal looks at her team and hands Amina's caseload to Bilal: one case does not go, she sees why and tries it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from cpims.lib.processes import stop
from tests.conftest import Databases
from tests.e2e.screen import Worker
from tests.running import LiveServer, start_worker

PATIENCE = 90_000


@contextmanager
def worker_process(databases: Databases, name: str, log: Path) -> Iterator[None]:
    """The real worker, as the site runs it."""
    process = start_worker(databases.cluster.address(database=name), log)
    try:
        yield
    finally:
        stop(process, patience=20)


@pytest.fixture
def moved(demo_db: None) -> Iterator[list[str]]:
    """Amina's open cases; whatever was handed over goes back to her in the end, by the same act."""
    from cpims.accounts.models import User
    from cpims.bulk.actions import begin_bulk, run_bulk
    from cpims.bulk.rules import Act
    from cpims.forms.queries.viewers import current_viewer
    from cpims.lib.clock import now
    from cpims.records.models import Record
    from cpims.transitions.models import Transition

    hers = [
        str(one)
        for one in Record.objects.filter(kind="case", owned_by="amina", status="open", record_state=True).values_list(
            "id", flat=True
        )
    ]
    try:
        yield hers
    finally:
        User.objects.filter(user_name="amina").update(disabled=False)
        Transition.objects.filter(notes="a transfer of the test").delete()
        away = list(Record.objects.filter(pk__in=hers).exclude(owned_by="amina").values_list("id", flat=True))
        if away:
            job = begin_bulk(act=Act.ASSIGN, wish={"transitioned_to": "amina"}, ids=away, search=None,
                             actor=current_viewer("chantal"), at=now(), later=False)  # fmt: skip
            while run_bulk(job_id=job.id, clock=now):
                pass
        assert Record.objects.filter(pk__in=hers, owned_by="amina").count() == len(hers)


def let_a_transfer_wait(case: str) -> None:
    """While a transfer waits for an answer, the case is assigned to nobody."""
    from cpims.accounts.models import User
    from cpims.lib.clock import now
    from cpims.transitions.models import Transition

    amina, bilal = User.objects.get(user_name="amina"), User.objects.get(user_name="bilal")
    Transition.objects.create(
        id=uuid4(), type="Transfer", status="in_progress", record_id=case, sender=amina, recipient=bilal, created_at=now(),
        transitioned_by="amina", transitioned_to="bilal", record_owned_by="amina", notes="a transfer of the test",
    )  # fmt: skip


def test_a_caseload_is_handed_over(
    browser: Browser, demo_site: LiveServer, moved: list[str], databases: Databases, _demo_database: str, tmp_path: Path
) -> None:
    from cpims.accounts.models import User
    from cpims.audit.models import ChangeEntry
    from cpims.records.models import Record
    from cpims.transitions.models import Transition

    User.objects.filter(user_name="amina").update(disabled=True)
    let_a_transfer_wait(moved[0])
    chantal = Worker(browser, demo_site.url, width=1280, locale="en")
    page = chantal.page
    chantal.sign_in("chantal")
    page.get_by_role("link", name=chantal.words["nav.team"], exact=True).first.click()
    expect(page.get_by_role("heading", name=chantal.words["team.title"])).to_be_visible()
    notice = page.get_by_text(re.compile("The account is switched off, and "))
    expect(notice).to_contain_text(f"{len(moved)} open cases")
    chantal.look("the team")
    page.get_by_role("button", name=re.compile("^Hand over the cases of ")).first.click()
    expect(page.get_by_role("status").filter(has_text=f"{len(moved)} cases are chosen")).to_be_visible()
    box = page.get_by_role("combobox")
    box.fill("bilal")
    page.get_by_role("option").first.click()
    page.locator("textarea").fill("She has left")
    chantal.look("handing over")
    page.get_by_role("button", name=f"Assign {len(moved)} cases", exact=True).click()
    expect(page).to_have_url(re.compile(r"/app/bulk/[0-9a-f-]{36}$"))
    expect(page.get_by_role("status").filter(has_text=chantal.words["bulk.status.waiting"])).to_be_visible()
    with worker_process(databases, _demo_database, tmp_path / "worker.log"):
        expect(page.get_by_role("status").filter(has_text=chantal.words["bulk.status.done"])).to_be_visible(
            timeout=PATIENCE
        )
        expect(page.get_by_text("1 case was not done.")).to_be_visible()
        page.get_by_role("button", name=re.compile(f"^{chantal.words['bulk.result.refused']}")).click()
        expect(page.get_by_text(chantal.words["transition.transfer_pending"])).to_be_visible()
        chantal.look("a job that was done but for one case")
        Transition.objects.filter(record_id=moved[0], notes="a transfer of the test").update(status="revoked")
        page.get_by_role("button", name="Try 1 case again", exact=True).click()
        expect(page.get_by_text(f"It is done for all {len(moved)} cases.")).to_be_visible(timeout=PATIENCE)
    assert Record.objects.filter(pk__in=moved, owned_by="bilal").count() == len(moved)
    job = re.sub(r".*/bulk/([0-9a-f-]{36}).*", r"\1", page.url)
    for case in moved[:3]:
        assert ChangeEntry.objects.filter(record_id=case, event="case.assigned", subject=f"bulk:{job}").count() == 1
    page.get_by_role("link", name=chantal.words["bulk.jobs"], exact=True).click()
    expect(page.get_by_text(f"Assign {len(moved)} cases to bilal")).to_be_visible()
    chantal.look("what was done to many cases")
    chantal.close()


def test_chosen_cases_are_flagged_on_a_phone(
    browser: Browser, demo_site: LiveServer, demo_db: None, databases: Databases, _demo_database: str, tmp_path: Path
) -> None:
    from cpims.flags.models import Flag

    chantal = Worker(browser, demo_site.url, width=360, locale="ar")
    page = chantal.page
    chantal.sign_in("chantal")
    chantal.go("/team")
    expect(page.get_by_role("list", name=chantal.words["team.title"])).to_be_visible()
    chantal.look("the team on a phone")
    chantal.go("/cases")
    page.get_by_role("button", name=chantal.words["lists.more"]).click()
    page.get_by_role("menuitem", name=chantal.words["lists.choose"]).click()
    for tick in range(2):
        page.get_by_role("checkbox").nth(tick).check()
    page.get_by_role("button", name=chantal.words["bulk.act"], exact=True).click()
    expect(page).to_have_url(re.compile(r"/app/bulk/new$"))
    page.get_by_role("radio", name=chantal.words["bulk.act.flag"]).check()
    page.locator("textarea").fill("Look at the address again")
    chantal.look("flagging some")
    page.get_by_role("main").get_by_role("button", name=re.compile("^وضع علامة على")).click()
    with worker_process(databases, _demo_database, tmp_path / "worker.log"):
        expect(page.get_by_role("status").filter(has_text=chantal.words["bulk.status.done"])).to_be_visible(
            timeout=PATIENCE
        )
    chantal.look("a job on a phone")
    flags = Flag.objects.filter(message="Look at the address again")
    assert (flags.count(), set(flags.values_list("flagged_by", flat=True))) == (2, {"chantal"})
    page.reload()
    expect(page.get_by_role("list", name=chantal.words["bulk.results"])).to_be_visible()
    chantal.go("/bulk/new")
    expect(page.get_by_text(chantal.words["bulk.none.text"])).to_be_visible()
    chantal.close()
