"""A backup holds everything, opens only with its passphrase, and comes back whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cpims.lib.postgres import Cluster
from cpims.lib.secrets import NAMES, make_secrets
from cpims.management.launch.archive import open_backup
from cpims.management.launch.backup import save
from cpims.management.launch.instance import UNFINISHED, Place
from cpims.management.launch.restore import restore
from cpims.management.launch.words import Stop

PASSPHRASE = "the heron stands in the reeds"


class Saved:
    """An instance, its backup, and a way to make further instances."""

    def __init__(self, folder: Path, address: str, cluster: Cluster) -> None:
        self.folder, self.address, self.cluster = folder, address, cluster
        self.place = self.another("first", address)
        (self.place.folder / "files" / "ab").mkdir()
        (self.place.folder / "files" / "ab" / "cdef").write_bytes(b"\x00\x01" * 700_000)
        with psycopg.connect(address) as session:
            session.execute("CREATE TABLE notes_kept (id int PRIMARY KEY, words text)")
            session.execute("INSERT INTO notes_kept SELECT i, 'Noor ' || i FROM generate_series(1, 5000) i")
        self.file = folder / "saved.backup"
        self.inside = save(self.place, address, self.file, PASSPHRASE)

    def another(self, name: str, address: str) -> Place:
        place = Place(folder=self.folder / name, host="127.0.0.1", port=1, database_url=address)
        (place.folder / "files").mkdir(parents=True)
        make_secrets(place.folder / "secrets")
        return place

    def empty_database(self, name: str) -> str:
        with psycopg.connect(self.cluster.address(admin=True), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name} OWNER cpims")
        return self.cluster.address(database=name)


@pytest.fixture
def saved(committed_db: str, databases: object, tmp_path: Path) -> Iterator[Saved]:
    yield Saved(tmp_path, committed_db, databases.cluster)  # type: ignore[attr-defined]


def rows(address: str) -> int:
    with psycopg.connect(address) as session:
        found = session.execute("SELECT count(*), min(words) FROM notes_kept").fetchone()
    assert found is not None and found[1] == "Noor 1"
    return int(found[0])


def test_everything_comes_back(saved: Saved) -> None:
    target = saved.another("second", saved.empty_database("restored"))
    backup = open_backup(saved.file, PASSPHRASE)
    backup.check()
    restore(target, target.database_url, backup, backup.inside(), replace=False)
    assert rows(target.database_url) == 5000
    assert (target.folder / "files" / "ab" / "cdef").read_bytes() == b"\x00\x01" * 700_000
    for name in NAMES:
        original = (saved.place.folder / "secrets" / f"{name}.key").read_text()
        assert (target.folder / "secrets" / f"{name}.key").read_text() == original
    assert not (target.folder / UNFINISHED).exists()


def test_nothing_in_the_file_can_be_read(saved: Saved) -> None:
    content = saved.file.read_bytes()
    assert saved.file.stat().st_mode & 0o077 == 0
    for words in (
        b"Noor",
        b"notes_kept",
        b"\x00\x01" * 40,
        (saved.place.folder / "secrets" / "ledger.key").read_bytes(),
    ):
        assert words.strip() not in content
    with pytest.raises(Stop) as refusal:
        open_backup(saved.file, "the heron stands in the reed").check()
    assert refusal.value.key == "ops.backup.cannot_open"


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.9])
def test_a_changed_byte_is_noticed(saved: Saved, where: float) -> None:
    content = bytearray(saved.file.read_bytes())
    content[4096 + int((len(content) - 16384) * where)] ^= 1
    broken = saved.file.with_name("broken.backup")
    broken.write_bytes(content)
    with pytest.raises(Stop):
        open_backup(broken, PASSPHRASE).check()


def test_members_cannot_be_swapped_or_cut(saved: Saved) -> None:
    import io
    import tarfile

    from cpims.management.launch.sealing import CHUNK, TAG, Sealer, unseal

    key = open_backup(saved.file, PASSPHRASE).key
    sealed = io.BytesIO()
    sealer = Sealer(sealed, key, "one")
    sealer.write(b"a" * (2 * CHUNK + 5))
    sealer.close()
    assert b"".join(unseal(io.BytesIO(sealed.getvalue()), key, "one")) == b"a" * (2 * CHUNK + 5)
    with pytest.raises(Stop):
        list(unseal(io.BytesIO(sealed.getvalue()), key, "two"))
    with pytest.raises(Stop):
        list(unseal(io.BytesIO(sealed.getvalue()[: 2 * (CHUNK + TAG)]), key, "one"))
    with tarfile.open(saved.file) as archive:
        assert archive.getnames() == [
            "manifest.json",
            "inside.json.sealed",
            "database.dump.sealed",
            "files.tar.sealed",
        ]


def test_a_used_instance_is_not_overwritten(saved: Saved) -> None:
    with psycopg.connect(saved.address) as session:
        session.execute("DELETE FROM notes_kept WHERE id > 10")
    backup = open_backup(saved.file, PASSPHRASE)
    with pytest.raises(Stop) as refusal:
        restore(saved.place, saved.address, backup, backup.inside(), replace=False)
    assert refusal.value.key == "ops.restore.not_empty"
    assert rows(saved.address) == 10
    restore(saved.place, saved.address, backup, backup.inside(), replace=True)
    assert rows(saved.address) == 5000


def test_a_restore_that_fails_leaves_the_database_as_it_was(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    from cpims.management.launch.archive import DATABASE, Backup

    with psycopg.connect(saved.address) as session:
        session.execute("DELETE FROM notes_kept WHERE id > 10")
    backup = open_backup(saved.file, PASSPHRASE)
    whole = Backup.stream

    def cut(self: Backup, member: str) -> Iterator[bytes]:
        for chunk in whole(self, member):
            yield chunk[: len(chunk) // 2] if member == DATABASE else chunk

    inside = backup.inside()
    monkeypatch.setattr(Backup, "stream", cut)
    with pytest.raises(Stop) as refusal:
        restore(saved.place, saved.address, backup, inside, replace=True)
    assert refusal.value.key == "ops.restore.failed"
    assert rows(saved.address) == 10
    assert (saved.place.folder / UNFINISHED).exists()
    monkeypatch.undo()
    restore(saved.place, saved.address, backup, inside, replace=False)
    assert rows(saved.address) == 5000


def test_what_is_not_a_backup_is_refused(tmp_path: Path) -> None:
    for name, content in (("empty", b""), ("noise", b"noise" * 1000)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Stop) as refusal:
            open_backup(tmp_path / name, PASSPHRASE)
        assert refusal.value.key == "ops.backup.not_ours"
    shutil.rmtree(tmp_path)
