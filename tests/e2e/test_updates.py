"""A new version of the app comes by itself and waits for the worker: an open form is never taken from her."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Databases
from tests.e2e.screen import Worker
from tests.e2e.test_offline import with_app_on_the_device
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer, start_server

NEWER = "\n// the next version\n"


@pytest.fixture
def renewable(
    databases: Databases, _demo_database: str, built_web: Path, tmp_path: Path
) -> Iterator[tuple[LiveServer, Path]]:
    """A site whose web app can be renewed while it runs."""
    dist = Path(shutil.copytree(built_web, tmp_path / "dist"))
    address = databases.cluster.address(database=_demo_database)
    server = start_server(address, tmp_path / "web.log", CPIMS_WEB_DIST=str(dist))
    try:
        yield server, dist
    finally:
        server.stop()


def test_an_update_waits_until_the_form_is_saved_and_takes_her_along(
    browser: Browser, demo_db: None, renewable: tuple[LiveServer, Path]
) -> None:
    from cpims.accounts.models import SignInTry

    SignInTry.objects.all().delete()
    server, dist = renewable
    amina = Worker(browser, server.url, width=1280, locale="en")
    page = amina.page
    amina.sign_in("amina")
    with_app_on_the_device(amina)
    path = one_of_mine(amina, skip=1)
    amina.go(f"{path}/basic_identity/edit")
    amina.answer("name_nickname", "Unhurried")
    with (dist / "keeper.js").open("a") as worker:
        worker.write(NEWER)
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration('/app/')).update() }")
    page.wait_for_function("async () => !!(await navigator.serviceWorker.getRegistration('/app/')).waiting")
    offer = page.get_by_role("button", name=amina.text("shell.update.take"))
    page.locator("#answer-name_nickname").press_sequentially(" still")
    expect(offer).to_have_count(0)
    expect(page.locator("#answer-name_nickname")).to_have_value("Unhurried still")

    assert amina.save() == 200
    expect(offer).to_be_visible()
    with page.expect_navigation():
        offer.click()
    expect(page.locator("main h1").first).to_be_visible()
    assert page.locator("input[name=password]").count() == 0, "the reload into the new version does not ask again"
    waiting = page.evaluate("async () => !!(await navigator.serviceWorker.getRegistration('/app/')).waiting")
    assert waiting is False
    amina.close()
