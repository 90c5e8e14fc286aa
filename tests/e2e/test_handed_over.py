"""What a revoked device gave back waits in the outbox of its author and of who answers for her: done now, or put aside."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.screen import Worker
from tests.e2e.test_devices import CONTACT, registered
from tests.e2e.test_kept import CASE
from tests.e2e.test_offline import come, fill_registration, leave, with_app_on_the_device
from tests.running import LiveServer


def waiting_on(worker: Worker, family: str) -> Locator:
    """What waits for a decision on one child."""
    return (
        worker.page.locator("main li")
        .filter(has=worker.page.get_by_role("button", name=worker.text("outbox.handed_over.put_aside"), exact=True))
        .filter(has_text=family)
    )


def decide(worker: Worker, entry: Locator, key: str) -> None:
    """She presses one of the two buttons of an entry, and it is done."""
    with worker.page.expect_response(lambda r: r.url.endswith("/resolve")) as done:
        entry.get_by_role("button", name=worker.text(key), exact=True).click()
    assert done.value.status == 200, done.value.text()
    expect(entry).to_have_count(0)


@pytest.mark.parametrize(("locale", "width"), [("en", 1280), ("ar", 360)])
def test_what_a_lost_telephone_gave_back_is_done_or_put_aside(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, width: int
) -> None:
    """Three children were registered on it: she takes one in and puts one aside; her supervisor decides on the third."""
    from cpims.accounts.actions.devices import revoke_device
    from cpims.forms.queries.viewers import current_viewer
    from cpims.lib.clock import now
    from cpims.records.models import Record
    from cpims.sync.models import Handover

    lost = Worker(browser, demo_site.url, width=360, locale=locale)
    device = registered(lost, "amina")
    with_app_on_the_device(lost)
    lost.go("/cases/new")
    expect(lost.page.locator("main input").first).to_be_visible()
    lost.context.set_offline(True)
    children: list[str] = []
    families: list[str] = []
    for _ in range(3):
        families.append(f"Given{uuid.uuid4().hex[:6]}")
        fill_registration(lost, families[-1])
        lost.button("casefile.register").click()
        expect(lost.page).to_have_url(CASE)
        found = CASE.search(lost.page.url)
        assert found is not None
        children.append(found[1])
    revoke_device(device_id=uuid.UUID(device), actor=current_viewer("esther"), at=now())
    with lost.page.expect_response(
        lambda r: CONTACT.search(r.url) is not None and (r.request.post_data_json or {}).get("wiped") is True
    ):
        lost.context.set_offline(False)
    expect(lost.page.locator("main")).to_contain_text(lost.text("signin.reason.revoked"))
    lost.close()
    assert not Record.objects.filter(pk__in=children).exists()

    desk = Worker(browser, demo_site.url, width=width, locale=locale)
    desk.sign_in("amina")
    desk.go("/outbox")
    for family in families:
        entry = waiting_on(desk, family)
        expect(entry).to_have_count(1)
        expect(entry).to_contain_text(f"Noor {family}")
    desk.look("what devices gave back")
    decide(desk, waiting_on(desk, families[0]), "outbox.handed_over.take_over")
    decide(desk, waiting_on(desk, families[1]), "outbox.handed_over.put_aside")
    expect(waiting_on(desk, families[2])).to_have_count(1)
    assert {str(pk) for pk in Record.objects.filter(pk__in=children).values_list("pk", flat=True)} == {children[0]}
    leave(desk)

    # Bilal works beside her and meets nothing of it; Chantal answers for her.
    come(desk, "bilal")
    with desk.page.expect_response(lambda r: "/handovers" in r.url) as asked:
        desk.go("/outbox")
    assert asked.value.json()["data"] == []
    leave(desk)
    come(desk, "chantal")
    desk.go("/outbox")
    entry = waiting_on(desk, families[2])
    expect(entry).to_have_count(1)
    # She may not register children: she is told so, and is not offered what would be refused.
    expect(entry).to_contain_text(desk.text("outbox.handed_over.text_no_create"))
    expect(entry.get_by_role("button")).to_have_count(1)
    desk.look("what a device gave back to one who may not register")
    decide(desk, entry, "outbox.handed_over.put_aside")
    states = Handover.objects.filter(device_id=device).order_by("written_at").values_list("state", "resolved_by")
    assert list(states) == [("delivered", "amina"), ("put_aside", "amina"), ("put_aside", "chantal")]
    (kept,) = Record.objects.filter(pk__in=children)
    assert (str(kept.pk), kept.owned_by, kept.data["name_last"]) == (children[0], "amina", families[0])
    desk.close()
