"""A whole demo site for the browser: the standard pack, a small demo caseload, the real server, the built web app."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import Databases
from tests.running import ROOT, LiveServer, start_server

CASES = 240
#: Two browsers, two servers and two databases share two cores: what comes late is waited for; how fast it is is measured elsewhere.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def _demo_model(databases: Databases) -> str:
    """The demo caseload, made once; nobody works in it."""
    from django.core.management import call_command

    name = databases.copy()
    databases.use(name)
    databases.allowed = True
    call_command("load_pack", str(ROOT / "packs" / "cpims"), verbosity=0)
    call_command("demo", cases=CASES, seed=7, passwords="fixed", verbosity=0)
    databases.close()
    databases.allowed = False
    return name


@pytest.fixture(scope="module")
def _demo_database(databases: Databases, _demo_model: str) -> Iterator[str]:
    """The caseload of one file of tests: what another file did in its own is not met here."""
    name = databases.copy(_demo_model)
    yield name
    databases.drop(name)


@pytest.fixture(scope="session")
def built_web() -> Path:
    """The built web app; it is built now when it is not there. CPIMS_TEST_WEB_DIST names another build of it."""
    if elsewhere := os.environ.get("CPIMS_TEST_WEB_DIST"):
        return Path(elsewhere)
    dist = ROOT / "web" / "dist" / "index.html"
    if not dist.is_file():
        subprocess.run(["npm", "run", "build"], cwd=ROOT / "web", check=True)
    return dist.parent


@pytest.fixture(scope="module")
def demo_site(
    databases: Databases, _demo_database: str, built_web: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The site that the browser tests visit."""
    address = databases.cluster.address(database=_demo_database)
    log = tmp_path_factory.mktemp("site") / "web.log"
    server = start_server(address, log, CPIMS_WEB_DIST=str(built_web))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def demo_db(databases: Databases, _demo_database: str) -> Iterator[None]:
    """Direct sight of the demo site's database, for what the screen cannot tell."""
    databases.use(_demo_database)
    databases.allowed = True
    try:
        yield
    finally:
        databases.close()
        databases.allowed = False


@pytest.fixture(autouse=True)
def _forgotten_tries(request: pytest.FixtureRequest) -> None:
    """Many tests sign in from one address; the count of tries starts anew with each."""
    if "demo_site" in request.fixturenames:
        request.getfixturevalue("demo_db")
        from cpims.accounts.models import SignInTry

        SignInTry.objects.all().delete()
