"""``cpims backup``: one sealed file with the database, the stored files and the secrets; it is read back at once."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

import psycopg
from psycopg import sql

from cpims.lib.letters import pair_names
from cpims.lib.postgres import server_version
from cpims.lib.secrets import NAMES
from cpims.lib.storage import BytesMissing, open_store
from cpims.management.launch.archive import (
    DATABASE,
    FILES,
    FORMAT,
    INSIDE,
    MANIFEST,
    client_program,
    connection,
    open_backup,
    program,
)
from cpims.management.launch.instance import Place
from cpims.management.launch.sealing import Sealer, ask_passphrase, key_from
from cpims.management.launch.steps import step
from cpims.management.launch.words import Stop, say


def command(place: Place, arguments: list[str]) -> int:
    """Save the instance, running or not.

    Raises: Stop, DatabaseProblem.
    """
    parser = argparse.ArgumentParser(prog="cpims backup")
    parser.add_argument("file", nargs="?", default="")
    parser.add_argument("--passphrase-file", default="")
    given = parser.parse_args(arguments)
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = Path(given.file or f"cpims-{place.folder.name}-{stamp}.backup").resolve()
    if path.exists():
        raise Stop("ops.backup.exists", path=path)
    if not os.access(path.parent, os.W_OK):
        raise Stop("ops.run.folder", path=path.parent, why=os.strerror(13))
    if place.embedded and not place.cluster.exists:
        raise Stop("ops.backup.nothing", path=place.folder)
    passphrase = ask_passphrase(given.passphrase_file, twice=True)
    with place.database() as address, step("ops.backup.step"):
        inside = save(place, address, path, passphrase)
    (place.folder / "last-backup").write_text(f"{path}\n")
    say("ops.backup.done", path=path, size=f"{path.stat().st_size / 1e6:.1f}", **_in_numbers(inside))
    say("ops.backup.keep")
    return 0


def _in_numbers(inside: dict[str, Any]) -> dict[str, object]:
    counts: dict[str, int] = inside["counts"]
    return {"tables": len(counts), "rows": sum(counts.values()), "files": inside["files"]}


def save(place: Place, address: str, path: Path, passphrase: str) -> dict[str, Any]:
    """Write the backup beside its final name, read all of it back, then give it the name.

    Raises: Stop, DatabaseProblem.
    """
    salt = os.urandom(16)
    key = key_from(passphrase, salt)
    part = path.with_name(path.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix=".cpims-backup-", dir=path.parent) as name:
            work = Path(name)
            migrations, counts = _dump(address, work, key)
            files = _sealed(work / FILES, key, lambda target: _pack(place.folder / "files", target, store_address()))
            folder = place.folder / "secrets"
            names = [*NAMES, *pair_names(folder)]
            secrets = {name: (folder / f"{name}.key").read_text().strip() for name in names}
            inside = {"secrets": secrets, "counts": counts, "files": files}
            _sealed(work / INSIDE, key, lambda target: target.write(json.dumps(inside).encode()))
            digests = {}
            for member in (DATABASE, FILES, INSIDE):
                with (work / member).open("rb") as source:
                    digests[member] = hashlib.file_digest(source, "sha256").hexdigest()
            manifest = {
                "format": FORMAT,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "salt": salt.hex(),
                "migrations": migrations,
                "sha256": digests,
            }
            (work / MANIFEST).write_text(json.dumps(manifest, indent=1))
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as target, tarfile.open(fileobj=target, mode="w") as archive:
                for member in (MANIFEST, INSIDE, DATABASE, FILES):
                    archive.add(work / member, arcname=member, filter=_nobodys)
        open_backup(part, passphrase).check()
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return inside


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _sealed(path: Path, key: bytes, fill: Callable[[Sealer], int]) -> int:
    with path.open("wb") as target:
        sealer = Sealer(target, key, path.name)
        result = fill(sealer)
        sealer.close()
    return result


def _dump(address: str, work: Path, key: bytes) -> tuple[list[str], dict[str, int]]:
    """Dump the database and count its rows, both as of one moment."""
    major = server_version(address)
    name, env = connection(address)
    with psycopg.connect(address) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        counts = count_rows(session)
        if not counts:
            raise Stop("ops.backup.empty")
        migrations = migrations_of(session)
        row = session.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = row[0] if row else ""
        argv: list[str | Path] = [client_program("pg_dump", major), "--format=custom", "--no-owner", "--no-privileges"]
        argv += ["--compress=gzip:6", f"--snapshot={snapshot}", f"--dbname={name}"]
        errors = work / "errors"
        with program(argv, env, errors) as child:
            assert child.stdout is not None
            source: IO[bytes] = child.stdout
            _sealed(work / DATABASE, key, lambda target: _pour(source, target))
            if child.wait() != 0:
                raise Stop("ops.backup.dump_failed", why=errors.read_text(errors="replace").strip()[-2000:])
    return migrations, counts


def count_rows(session: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table holds."""
    tables = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    counts: dict[str, int] = {}
    for (table,) in tables:
        row = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table))).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


def migrations_of(session: psycopg.Connection[Any]) -> list[str]:
    """The steps that the tables have been brought through."""
    rows = session.execute("SELECT name FROM django_migrations WHERE app = 'cpims' ORDER BY name").fetchall()
    return [str(row[0]) for row in rows]


def _pour(source: IO[bytes], target: Sealer) -> int:
    total = 0
    while block := source.read(1 << 18):
        total += target.write(block)
    return total


def store_address() -> str:
    """Where the files lie when it is not the instance's own folder."""
    return os.environ.get("CPIMS_FILES_URL", "")


def _pack(folder: Path, target: Sealer, address: str) -> int:
    """Everything in the folder; from another store everything that lies there, under the same names."""
    packed = 0
    with tarfile.open(fileobj=cast(IO[bytes], target), mode="w|") as archive:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            if path.is_file() and not path.is_symlink():
                archive.add(path, arcname=str(path.relative_to(folder)), recursive=False, filter=_nobodys)
                packed += 1
        store = open_store(folder, address) if address else None
        for name in store.names() if store else ():
            try:
                content = store.read(name) if store else b""
            except BytesMissing:
                continue
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(_nobodys(entry), io.BytesIO(content))
            packed += 1
    return packed
