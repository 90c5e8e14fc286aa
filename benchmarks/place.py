"""Where benchmarks live: one embedded PostgreSQL under ``var/bench``, its databases, and the settings that make them Django's."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"
#: A bigger page cache than a laptop's default: what a server for a country would be given. Named in every result.
TUNED = {
    "shared_buffers": "2GB",
    "effective_cache_size": "10GB",
    "max_wal_size": "6GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
}
#: What the rows of a built database depend on. When one of these changes, an old template is no longer used.
SOURCES = (
    "cpims/migrations/*.py",
    "cpims/records/rules/projections.py",
    "cpims/records/rules/precision.py",
    "cpims/records/actions/writing.py",
    "cpims/matching/rules/**/*.py",
    "cpims/cases/rules/kind.py",
    "cpims/audit/*.py",
    "cpims/management/demo/*.py",
    "packs/cpims/**/*.yaml",
    "packs/demo/*.yaml",
    "packs/caseload/*",
    "benchmarks/building.py",
    "benchmarks/inventing.py",
    "benchmarks/people.py",
)


def prepare_environment() -> None:
    """Let everything that is started from here, and Django, work in the folder of the benchmarks."""
    for name in [name for name in os.environ if name.startswith("CPIMS_")]:
        del os.environ[name]
    os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "CPIMS_DATA": str(FOLDER), "CPIMS_KIND": "demo"}
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/not-started")
    sys.path.insert(0, str(ROOT)) if str(ROOT) not in sys.path else None


def generation() -> str:
    """A digest of everything that the rows of a built database depend on."""
    mark = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            mark.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return mark.hexdigest()[:8]


def template_name(cases: int) -> str:
    """The database that holds so many cases as today's programs would write them."""
    return os.environ.get("BENCH_TEMPLATE", "") or f"bench_{generation()}_{cases}"


def cluster() -> Any:
    """The embedded PostgreSQL of the benchmarks."""
    from cpims.lib.postgres import Cluster
    from cpims.lib.secrets import make_secrets

    FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
    make_secrets(FOLDER / "secrets")
    (FOLDER / "log").mkdir(mode=0o700, exist_ok=True)
    return Cluster(FOLDER / "pg", FOLDER / "log" / "postgres.log")


@contextlib.contextmanager
def running() -> Iterator[Any]:
    """The cluster, up and tuned, for as long as anybody needs it."""
    found = cluster()
    with found.running():
        if not _is_tuned(found):
            _tune(found)
    with found.running():
        yield found


def _is_tuned(found: Any) -> bool:
    with psycopg.connect(found.address(admin=True), autocommit=True) as connection:
        row = connection.execute("SELECT current_setting('shared_buffers')").fetchone()
    return row is not None and row[0] == TUNED["shared_buffers"]


def _tune(found: Any) -> None:
    with psycopg.connect(found.address(admin=True), autocommit=True) as connection:
        for name, value in TUNED.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type,unused-ignore]


def admin(found: Any, statement: str, *values: object) -> list[Any]:
    """Run one statement as the server's administrator."""
    with psycopg.connect(found.address(admin=True), autocommit=True) as connection:
        cursor = connection.execute(statement, values or None)  # type: ignore[arg-type,unused-ignore]
        return cursor.fetchall() if cursor.description else []


def databases(found: Any) -> set[str]:
    """The names of all databases."""
    return {row[0] for row in admin(found, "SELECT datname FROM pg_database")}


def copy_database(found: Any, template: str, name: str) -> None:
    """A copy of a database under another name; one that stands there under that name goes."""
    admin(found, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    deadline = time.monotonic() + 120
    while True:
        try:
            admin(found, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY OWNER cpims')
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


def use(found: Any, name: str) -> str:
    """Point Django at one database; its address."""
    address: str = found.address(database=name)
    os.environ["DATABASE_URL"] = address
    from django.apps import apps

    if not apps.ready:
        import django

        django.setup()
    from django.db import connections

    from config.environment import database_settings

    connections["default"].close()
    connections.settings["default"].update(database_settings(address))
    connections["default"].settings_dict.update(database_settings(address))
    return address


def hold() -> None:
    """Keep the server up until somebody ends this process, so that others can look at the databases."""
    prepare_environment()
    with running() as found:
        print(found.address(), flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    hold()
