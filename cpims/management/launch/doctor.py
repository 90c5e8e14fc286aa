"""``cpims doctor``: looks at an installation and says what is wrong and what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from cpims.lib.letters import letter_boxes
from cpims.lib.postgres import OLDEST, DatabaseProblem, find_binaries, port_is_free, server_version
from cpims.lib.secrets import NAMES, SecretMissing
from cpims.management.launch import prepare
from cpims.management.launch.both import twin_of
from cpims.management.launch.instance import UNFINISHED, Place
from cpims.management.launch.words import ROOT, Stop, say, text

GIGABYTE = 1 << 30
LEAST_FREE = 1 * GIGABYTE
OLD_BACKUP_DAYS = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``good``, ``care`` (works, but) or ``bad`` (does not work), and the sentence about it."""

    level: str
    key: str
    sentence: str


def _finding(level: str, key: str, **params: object) -> Finding:
    return Finding(level, key, text(f"ops.doctor.{key}", **params))


def examine(place: Place, arguments: list[str]) -> int:
    """Look at everything, say what was found; 1 when something does not work."""
    parser = argparse.ArgumentParser(prog="cpims doctor")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--both", action="store_true")
    given = parser.parse_args(arguments)
    findings: list[Finding] = []
    for look in (_set_up, _folder, _secrets, _address, _database):
        findings.extend(_safely(look, place))
    for look in (_folder, _secrets, _address, _database) if given.both else ():
        findings.extend(_safely(look, twin_of(place)))
    if given.json:
        json.dump([asdict(finding) for finding in findings], sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        marks = {"good": "✓", "care": "!", "bad": "✗"}
        for finding in findings:
            sys.stdout.write(f" {marks[finding.level]} {finding.sentence}\n")
        worst = "bad" if any(f.level == "bad" for f in findings) else "good"
        say(f"ops.doctor.verdict_{worst}", bad=sum(f.level == "bad" for f in findings))
    return 1 if any(finding.level == "bad" for finding in findings) else 0


def _safely(look: Callable[[Place], Iterator[Finding]], place: Place) -> list[Finding]:
    try:
        return list(look(place))
    except (OSError, DatabaseProblem, Stop, psycopg.Error) as error:
        if isinstance(error, DatabaseProblem):
            return [Finding("bad", error.code, text(f"ops.{error.code}", **error.params))]
        if isinstance(error, Stop):
            return [Finding("bad", error.key, str(error))]
        return [_finding("bad", "broken", why=str(error).strip())]


def _set_up(place: Place) -> Iterator[Finding]:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}.{sys.version_info[2]}"
    yield _finding("good", "python", version=version)
    if prepare.packages_ready("run"):
        yield _finding("good", "packages")
    else:
        yield _finding("care", "packages_old")
    if prepare.web_ready():
        yield _finding("good", "web")
    elif (prepare.WEB / "dist" / "index.html").exists():
        yield _finding("care", "web_old")
    else:
        yield _finding("bad", "web_missing")
    if place.embedded:
        yield _finding("good", "postgres", path=find_binaries())
    if datetime.now(UTC).year < 2025:
        yield _finding("bad", "clock", now=datetime.now(UTC).isoformat(timespec="minutes"))


def _folder(place: Place) -> Iterator[Finding]:
    if not place.folder.exists():
        parent = next(path for path in place.folder.parents if path.exists())
        yield _finding("good" if os.access(parent, os.W_OK) else "bad", "folder_new", path=place.folder)
        return
    if not os.access(place.folder, os.W_OK):
        yield _finding("bad", "folder_locked", path=place.folder)
    free = shutil.disk_usage(place.folder).free
    level = "good" if free > LEAST_FREE else "bad"
    yield _finding(level, "disk" if level == "good" else "disk_full", free=f"{free / GIGABYTE:.1f}", path=place.folder)
    if (place.folder / UNFINISHED).exists():
        yield _finding("bad", "restore_unfinished")
    if place.folder.is_relative_to(ROOT) and (ROOT / ".git").exists():
        ignored = (ROOT / ".gitignore").read_text() if (ROOT / ".gitignore").exists() else ""
        if place.folder.is_relative_to(ROOT / "var") and "/var/" not in ignored:
            yield _finding("bad", "not_ignored", path=place.folder)


def _secrets(place: Place) -> Iterator[Finding]:
    folder = place.folder / "secrets"
    if not place.folder.exists():
        return
    missing = [name for name in NAMES if not (folder / f"{name}.key").exists()]
    if missing:
        yield _finding("bad" if place.cluster.exists else "care", "secrets_missing", names=", ".join(missing))
        return
    loose = [path.name for path in (folder, *folder.iterdir()) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if loose:
        yield _finding("bad", "secrets_loose", names=", ".join(loose), path=folder)
    else:
        yield _finding("good", "secrets")
    try:
        boxes = letter_boxes(folder)
    except SecretMissing:
        yield _finding("bad", "letters_broken", path=folder)
    else:
        if boxes:
            yield _finding("good", "letters", count=len(boxes))


def _address(place: Place) -> Iterator[Finding]:
    note = place.note()
    if note:
        yield _finding("good", "running", url=note.get("url", "?"), pid=note.get("pid", "?"))
    elif port_is_free(place.host, place.port):
        yield _finding("good", "port", port=place.port)
    else:
        yield _finding("bad", "port_used", port=place.port, host=place.host)
    public = os.environ.get("CPIMS_PUBLIC_URL", "")
    if not place.only_this_machine and not public.startswith("https://"):
        yield _finding("care", "no_https", host=place.host)
    if os.geteuid() == 0 and os.environ["CPIMS_KIND"] == "production":
        yield _finding("care", "root")


def _database(place: Place) -> Iterator[Finding]:
    if place.embedded and not place.cluster.exists:
        yield _finding("good", "database_new")
        return
    with place.database() as address:
        major = server_version(address)
        yield _finding("good", "database", major=major, oldest=OLDEST)
        with psycopg.connect(address) as session:
            yield from _content(place, session)


def _content(place: Place, session: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    if session.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
        yield _finding("care", "not_migrated")
        return
    rows = session.execute("SELECT name FROM django_migrations WHERE app = 'cpims'").fetchall()
    applied = {str(row[0]) for row in rows}
    known = {path.stem for path in (ROOT / "cpims" / "migrations").glob("[0-9]*.py")}
    if applied - known:
        yield _finding("bad", "newer", names=", ".join(sorted(applied - known)))
    elif known - applied:
        yield _finding("care", "behind", names=", ".join(sorted(known - applied)))
    else:
        yield _finding("good", "migrated", count=len(applied))
    instance = session.execute("SELECT kind, name FROM instance").fetchone() if "0002" in "".join(applied) else None
    if instance is None:
        yield _finding("bad", "nameless")
        return
    yield _finding("good", "instance", kind=text(f"ops.kind.{instance[0]}"), name=instance[1])
    if session.execute("SELECT 1 FROM forms LIMIT 1").fetchone() is None:
        yield _finding("care", "no_forms")
    waiting = session.execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'",
    ).fetchone()
    if waiting and waiting[0]:
        yield _finding("care", "failed_jobs", count=waiting[0])
    if "0019_invitations" in applied:
        yield from _pair(session)
    if instance[0] == "production":
        yield from _backups(place)


def _pair(session: psycopg.Connection[tuple[object, ...]]) -> Iterator[Finding]:
    pair = session.execute("SELECT name FROM pairs WHERE ended_at IS NULL LIMIT 1").fetchone()
    yield _finding("good", "paired", name=pair[0]) if pair else _finding("care", "no_pair")
    failed = session.execute(
        "SELECT count(*) FROM invitations WHERE failed_at IS NOT NULL AND used_at IS NULL AND revoked_at IS NULL"
    ).fetchone()
    if failed and failed[0]:
        yield _finding("care", "failed_invitations", count=failed[0])


def _backups(place: Place) -> Iterator[Finding]:
    note = place.folder / "last-backup"
    if not note.exists():
        yield _finding("care", "never_saved")
        return
    age = datetime.now(UTC).timestamp() - note.stat().st_mtime
    if age > OLD_BACKUP_DAYS * 86400:
        yield _finding("care", "saved_long_ago", days=int(age // 86400))
    else:
        yield _finding("good", "saved", path=Path(note.read_text().strip()).name)
