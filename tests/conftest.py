"""What tests stand on: one embedded PostgreSQL for the whole run, a clean database for each test, a server, a browser.

``db``            the test's work is rolled back; for everything that needs one connection (fast).
``committed_db``  a database of its own, dropped afterwards; for races, the sealer, background work (real commits).
``live_server``   the real web server on a free port, on a ``committed_db``; has ``.url`` and ``.port``.
``browser``       Chromium, started once; ``page`` is a fresh window with no memory of earlier tests.
A test that asks for none of them may not touch the database: the attempt fails.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

for _name in [name for name in os.environ if name.startswith("CPIMS_") and not name.startswith("CPIMS_TEST_")]:
    del os.environ[_name]
_FOLDER = Path(tempfile.mkdtemp(prefix="cpims-test-"))
_FOLDER.chmod(0o711)
_OWNER = os.getpid()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "CPIMS_DATA": str(_FOLDER / "instance"),
    "CPIMS_KIND": "demo",
    "CPIMS_LOCALES": "en,ar",  # the country of the tests speaks two of the four languages
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # the browser driver keeps an event loop in the thread of the tests
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/not-started",
}

import django  # noqa: E402

from cpims.lib.postgres import Cluster, Server  # noqa: E402
from cpims.lib.secrets import make_secrets  # noqa: E402
from tests.running import LiveServer, start_server  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

make_secrets(_FOLDER / "instance" / "secrets")
(_FOLDER / "instance").chmod(0o711)
django.setup()


class Databases:
    """The embedded server of this run, and which of its databases the tests use now."""

    def __init__(self) -> None:
        """Nothing is started before a test needs it."""
        self.cluster = Cluster(
            _FOLDER / "instance" / "pg", _FOLDER / "instance" / "log" / "postgres.log", durable=False
        )
        self.server: Server | None = None
        self.allowed = False
        self.made = 0

    def start(self) -> None:
        """Start the server and bring the model database up to date."""
        if self.server is not None:
            return
        self.server = self.cluster.start()
        self.use("cpims")
        self.allowed = True
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        self.close()
        self.allowed = False

    def use(self, name: str) -> None:
        """Point Django (every thread of it) at one database of the server."""
        from django.db import connections

        from config.environment import database_settings

        connections.settings["default"].update(database_settings(self.cluster.address(database=name)))
        os.environ["DATABASE_URL"] = self.cluster.address(database=name)
        self.close()
        self.forget()

    def close(self) -> None:
        """Close this thread's connection."""
        from django.db import connections

        connections["default"].close()

    def forget(self) -> None:
        """Empty every cache of ours: another database has other forms, roles and people."""
        for name, module in list(sys.modules.items()):
            if name.startswith("cpims.") and name != "cpims.lib.secrets":
                for thing in list(vars(module).values()):
                    clear = getattr(thing, "cache_clear", None)
                    if callable(clear) and not isinstance(thing, type):
                        clear()

    def copy(self, model: str = "cpims") -> str:
        """A new database, equal to the model, in which nobody is at work."""
        self.made += 1
        name = f"test_{self.made}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {model} STRATEGY FILE_COPY OWNER cpims")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self.close()
        self._admin(f"DROP DATABASE {name} WITH (FORCE)")

    def _admin(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.cluster.address(admin=True), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type,unused-ignore]


_DATABASES = Databases()


@atexit.register
def _clean_up() -> None:
    if os.getpid() != _OWNER:
        return
    if _DATABASES.server is not None:
        _DATABASES.server.stop()
    shutil.rmtree(_FOLDER, ignore_errors=True)


def _guard() -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    connect = BaseDatabaseWrapper.connect

    def guarded(self: Any) -> None:
        if not _DATABASES.allowed:
            pytest.fail("This test touches the database without asking for it: use the db or committed_db fixture.")
        connect(self)

    BaseDatabaseWrapper.connect = guarded  # type: ignore[method-assign,unused-ignore]


_guard()


@pytest.fixture(scope="session")
def databases() -> Databases:
    """The embedded server of this run."""
    _DATABASES.start()
    return _DATABASES


@pytest.fixture(scope="session")
def _shared_database(databases: Databases) -> str:
    return databases.copy()


def _rolled_back(databases: Databases, name: str) -> Iterator[None]:
    from django.db import transaction

    databases.use(name)
    databases.allowed = True
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        databases.close()
        databases.allowed = False


@pytest.fixture
def db(databases: Databases, _shared_database: str) -> Iterator[None]:
    """A migrated database; whatever the test does is rolled back."""
    yield from _rolled_back(databases, _shared_database)


@pytest.fixture
def committed_db(databases: Databases) -> Iterator[str]:
    """A migrated database of its own with real commits, dropped after the test; its address."""
    name = databases.copy()
    databases.use(name)
    databases.allowed = True
    try:
        yield databases.cluster.address(database=name)
    finally:
        databases.drop(name)
        databases.allowed = False


@pytest.fixture
def live_server(committed_db: str) -> Iterator[LiveServer]:
    """The real web server on a free port, on this test's own database."""
    server = start_server(committed_db, _FOLDER / "instance" / "log" / "web.log")
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    from tests.running import CHROMIUM_FLAGS, find_windowless

    program = find_windowless()
    if program is None:
        pytest.fail("No Chromium was found, so the browser tests did not run: install it or name it in CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS, headless=True)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser window with no memory of earlier tests."""
    context = browser.new_context()
    try:
        yield context.new_page()
    finally:
        context.close()


#: Folders of tests, those whose files take longest first.
LONGEST_FIRST = ("e2e", "properties", "crash", "api", "db")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the browser carries the marker ``e2e``. What takes long goes first, so that none waits for it at the end."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.e2e)
    items.sort(
        key=lambda item: next(
            (n for n, part in enumerate(LONGEST_FIRST) if part in item.path.parts), len(LONGEST_FIRST)
        )
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Repeat what failed before the tests began, so that the last lines tell the whole."""
    failed = os.environ.get("CPIMS_TEST_FAILED_CHECKS", "")
    if failed:
        terminalreporter.write_line(f"Checks that failed before the tests: {failed}", red=True)
    if sys.flags.optimize:
        terminalreporter.write_line("Assertions are off (python -O): these results mean nothing.", red=True)


@pytest.fixture(scope="session")
def _cast_database(databases: Databases) -> str:
    from tests.cast import set_the_stage

    name = databases.copy()
    databases.use(name)
    databases.allowed = True
    set_the_stage()
    databases.close()
    databases.allowed = False
    return name


@pytest.fixture
def cast(databases: Databases, _cast_database: str) -> Iterator[None]:
    """The standing cast on the stage; whatever the test does is rolled back."""
    yield from _rolled_back(databases, _cast_database)
