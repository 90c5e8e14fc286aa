"""Somebody is invited, opens her link, chooses her password and is in; who invited her sees it. A dead link asks for nothing."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.screen import Worker
from tests.running import LiveServer

OWN = "nine quiet boats at dawn"


def newcomer(locale: str) -> int:
    """An account without a password, as an import makes it."""
    from cpims.accounts.actions.people import create_user
    from cpims.accounts.models import User
    from cpims.lib.clock import now

    amina = User.objects.select_related("role", "agency").get(user_name="amina")
    name = f"hana{uuid.uuid4().hex[:6]}"
    values = {
        "user_name": name, "full_name": "Hana Karim", "email": f"{name}@example.org", "locale": locale,
        "role_unique_id": amina.role.unique_id, "agency_unique_id": amina.agency.unique_id,
    }  # fmt: skip
    return create_user(values=values, actor=None, at=now()).id


def link_of(user_id: int) -> str:
    """The path of the page that her mail would lead to."""
    from cpims.accounts.actions.invitations import PAGE, seal_invitation
    from cpims.accounts.models import Invitation
    from cpims.lib.clock import now

    laid = Invitation.objects.get(user_id=user_id, revoked_at__isnull=True)
    return PAGE + seal_invitation(laid, at=now()).partition("#")[2]


@pytest.mark.parametrize(("locale", "scheme", "width"), [("en", "light", 1280), ("ar", "dark", 360)])
def test_she_is_invited_and_comes_in(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path, locale: str, scheme: str, width: int
) -> None:
    number = newcomer(locale)
    esther = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    esther.sign_in("esther")
    esther.go("/admin/users")
    expect(esther.page.get_by_role("link", name=esther.text("admin.invitations.waiting.show"))).to_be_visible()
    esther.page.get_by_role("link", name=esther.text("admin.invitations.waiting.show")).click()
    expect(esther.page.locator("main h1")).to_have_text(esther.text("admin.invitations.waiting.title"))
    row = esther.page.get_by_role("listitem").filter(has=esther.page.locator(f"a[href$='/admin/users/{number}']"))
    row.get_by_role("checkbox").check()
    esther.look("not come in yet")
    esther.picture(tmp_path / f"waiting-{locale}.png")
    esther.button("admin.invitations.invite_chosen").click()
    expect(row).to_contain_text(esther.text("admin.invitations.state.waiting"))

    path = link_of(number)
    hana = Worker(browser, demo_site.url, width=360, locale=locale, scheme=scheme)
    page = hana.page
    page.goto(demo_site.url + path)
    expect(page.locator("h1")).to_contain_text("Hana Karim")
    expect(page.locator("body")).to_contain_text(hana.text("invitation.demo"))
    assert "#" not in page.url and re.match("demo|تجريبي", page.title(), re.IGNORECASE), page.title()
    hana.look("invitation")
    hana.picture(tmp_path / f"invitation-{locale}.png")
    for field in (0, 1):
        page.locator("input[type=password]").nth(field).fill(OWN)
    hana.button("reset.go").click()
    expect(page.get_by_role("navigation").first).to_be_visible()

    again = Worker(browser, demo_site.url, width=360, locale=locale, scheme=scheme)
    again.page.goto(demo_site.url + path)
    expect(again.page.get_by_role("alert")).to_contain_text(again.text("invitation.not_found"))
    expect(again.page.locator("input[type=password]")).to_have_count(0)
    again.look("dead link")

    esther.go(f"/admin/users/{number}")
    expect(esther.page.locator("main")).to_contain_text(esther.text("admin.invitations.state.used"))
    expect(esther.button("admin.invitations.again")).to_have_count(0)
    esther.look("a person and her invitation")
    esther.page.get_by_text(esther.text("admin.invitations.first_sign_in")).scroll_into_view_if_needed()
    esther.picture(tmp_path / f"person-{locale}.png")
    for worker in (esther, hana, again):
        worker.close()
