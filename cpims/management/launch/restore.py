"""``cpims restore``: an instance made whole again from a backup file, all of it or nothing."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tarfile
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, cast

import psycopg

from cpims.lib.letters import NAME
from cpims.lib.postgres import server_version
from cpims.lib.secrets import NAMES
from cpims.lib.storage import FolderStore, open_store
from cpims.management.launch.archive import (
    DATABASE,
    FILES,
    Backup,
    ChunkReader,
    client_program,
    connection,
    feed,
    open_backup,
)
from cpims.management.launch.backup import count_rows, store_address
from cpims.management.launch.instance import UNFINISHED, Place
from cpims.management.launch.sealing import ask_passphrase
from cpims.management.launch.steps import step
from cpims.management.launch.words import ROOT, Stop, say


def command(place: Place, arguments: list[str]) -> int:
    """Restore into an empty instance, or with --replace in the place of what is there.

    Raises: Stop, DatabaseProblem.
    """
    parser = argparse.ArgumentParser(prog="cpims restore")
    parser.add_argument("file")
    parser.add_argument("--passphrase-file", default="")
    parser.add_argument("--replace", action="store_true")
    given = parser.parse_args(arguments)
    path = Path(given.file).resolve()
    if not path.exists():
        raise Stop("ops.backup.not_ours", path=path)
    place.make_folder(restoring=True)
    lock = place.lock
    if not lock.take():
        raise Stop("ops.restore.running", path=place.folder)
    try:
        backup = open_backup(path, ask_passphrase(given.passphrase_file, twice=False))
        _require_known(backup)
        with step("ops.restore.check"):
            backup.check()
        inside = backup.inside()
        with place.database(restoring=True) as address, step("ops.restore.step"):
            restore(place, address, backup, inside, replace=given.replace)
        counts: dict[str, int] = inside["counts"]
        say("ops.restore.done", made=backup.manifest["made_at"], rows=sum(counts.values()), files=inside["files"])
    finally:
        lock.release()
    return 0


def _require_known(backup: Backup) -> None:
    known = {path.stem for path in (ROOT / "cpims" / "migrations").glob("[0-9]*.py")}
    unknown = sorted(set(backup.manifest.get("migrations", [])) - known)
    if unknown:
        raise Stop("ops.open.newer", migrations=", ".join(unknown))


def restore(place: Place, address: str, backup: Backup, inside: dict[str, Any], *, replace: bool) -> None:
    """Lay files and secrets ready, replace the database in one transaction, then put files and secrets in place.

    Raises: Stop, DatabaseProblem.
    """
    unfinished = place.folder / UNFINISHED
    major = server_version(address)
    with psycopg.connect(address) as session:
        used = any(count_rows(session).values())
    stored = place.folder / "files"
    used = used or (stored.is_dir() and any(stored.iterdir()))
    if used and not (replace or unfinished.exists()):
        raise Stop("ops.restore.not_empty", path=place.folder)
    new_files, new_secrets = place.folder / "files.restoring", place.folder / "secrets.restoring"
    for folder in (new_files, new_secrets):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    _unpack(backup, new_files)
    names = [*NAMES, *sorted(name for name in inside["secrets"] if NAME.match(name))]
    for name in names:
        target = new_secrets / f"{name}.key"
        target.touch(mode=0o600)
        target.write_text(inside["secrets"][name] + "\n")
    unfinished.touch()
    _load(address, major, backup, inside["counts"])
    for name in names:
        (new_secrets / f"{name}.key").replace(place.folder / "secrets" / f"{name}.key")
    new_secrets.rmdir()
    old_files = place.folder / "files.replaced"
    shutil.rmtree(old_files, ignore_errors=True)
    stored.rename(old_files)
    new_files.rename(stored)
    _hand_over_files(stored, store_address())
    unfinished.unlink()
    shutil.rmtree(old_files, ignore_errors=True)
    place.sign_ins.unlink(missing_ok=True)


def _hand_over_files(folder: Path, address: str) -> None:
    """Where files lie in another store, what was unpacked goes there; it can be done again."""
    if not address:
        return
    unpacked, store = FolderStore(folder), open_store(folder, address)
    for name in unpacked.names():
        store.put(name, unpacked.read(name))
        unpacked.remove(name)


def _unpack(backup: Backup, folder: Path) -> None:
    reader = ChunkReader(backup.stream(FILES))
    with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|") as archive:
        for entry in archive:
            _put(archive, entry, folder)
    for _ in reader.rest():
        pass


def _put(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Write one stored file or folder, nowhere but inside; ``filter="data"`` came only with Python 3.11.4."""
    target = (folder / entry.name).resolve()
    if not target.is_relative_to(folder.resolve()) or not (entry.isfile() or entry.isdir()):
        raise tarfile.ExtractError(f"{entry.name} does not belong here")
    if entry.isdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored = archive.extractfile(entry)
    assert stored is not None
    with target.open("xb") as file:
        shutil.copyfileobj(stored, file)
    target.chmod(0o600)


def _load(address: str, major: int, backup: Backup, counts: dict[str, int]) -> None:
    """Feed the dump to the database as SQL, in one transaction; settings that the server is too old for are left out."""
    name, env = connection(address)
    with tempfile.TemporaryFile() as errors:
        reading = subprocess.Popen(
            [str(client_program("pg_restore", major)), "--no-owner", "--no-privileges", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        writing = subprocess.Popen(
            [str(client_program("psql", major)), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=env,
        )
        assert reading.stdin and reading.stdout and writing.stdin
        feeder = _Feeder(backup, reading.stdin)
        feeder.start()
        try:
            writing.stdin.write(b"BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n")
            _copy_sql(reading.stdout, writing.stdin)
            feeder.join()
            whole = feeder.whole and reading.wait() == 0
            if whole:
                writing.stdin.write(b"\nCOMMIT;\n")
            writing.stdin.close()
        except BrokenPipeError:
            whole = False
        finally:
            reading.kill()
            failed = writing.wait() != 0
        if failed or not whole:
            errors.seek(0)
            raise Stop("ops.restore.failed", why=errors.read().decode(errors="replace").strip()[-2000:])
    with psycopg.connect(address) as session:
        session.execute("ANALYZE")
        found = count_rows(session)
    wrong = sorted(table for table in counts if counts[table] != found.get(table))
    if wrong:
        raise Stop("ops.restore.counts", tables=", ".join(wrong))


class _Feeder(threading.Thread):
    """Feeds the opened dump to a program; ``whole`` tells whether all of it was handed over."""

    def __init__(self, backup: Backup, target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._backup, self._target = backup, target
        self.whole = False

    def run(self) -> None:
        try:
            feed(self._backup.stream(DATABASE), self._target)
            self.whole = True
        finally:
            self._target.close()


def _copy_sql(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy SQL; before the first row of data, drop the settings that older servers do not know."""
    for line in source:
        if line.startswith(b"COPY "):
            target.write(line)
            break
        if not line.startswith(b"SET transaction_timeout"):
            target.write(line)
    while block := source.read(1 << 18):
        target.write(block)
