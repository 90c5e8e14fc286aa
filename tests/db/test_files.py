"""Files with real commits: many at the same moment, bytes that go when the act has ended, another store, the feed, a backup."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from cpims.attachments.actions import Attached, attach_file, begin_upload, detach_file, erase_bytes, take_piece
from cpims.attachments.models import Attachment, Erasure, Upload
from cpims.attachments.queries import file_store, open_attachment
from cpims.attachments.rules import Announced, AttachmentInvalid, Wish
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.lib.secrets import make_secrets
from cpims.lib.spans import SPAN
from cpims.lib.storage import BucketStore, FolderStore
from cpims.management.launch.archive import open_backup
from cpims.management.launch.backup import save
from cpims.management.launch.instance import Place
from cpims.management.launch.restore import restore
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.test_sync import ask
from tests.cast import AT, register, set_the_stage, viewer
from tests.db.test_forms_races import at_once
from tests.files import attached, png, put_file_form, sent
from tests.unit.test_stored_bytes import bucket

__all__ = ["bucket"]
PASSPHRASE = "the heron stands in the reeds"
PHOTO = Wish(field_name="photos", attachment_type="image", file_name="a.png")


@pytest.fixture
def case(committed_db: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, data=tmp_path / "own"))
    make_secrets(tmp_path / "own" / "secrets")
    set_the_stage()
    put_file_form()
    for name in ("amina", "bilal"):
        viewer(name)
    yield register()


def put(case: Record, upload: Any, by: str = "amina") -> Attached:
    return attach_file(kind="case", record_id=case.id, upload_id=upload, wish=PHOTO, actor=viewer(by), at=AT)


def endings() -> list[str]:
    return sorted(name.rpartition(".")[2] for name in file_store().names())


def test_the_same_act_six_times_at_once_is_one_file(case: Record) -> None:
    upload = sent(case.id)
    done = at_once(*(lambda: put(case, upload) for _ in range(6)))
    assert len({one.attachment.pk for one in done}) == 1, done
    assert Attachment.objects.count() == 1 and Upload.objects.count() == 0
    assert ChangeEntry.objects.filter(record_id=case.id, event="file.attached").count() == 1
    assert len(Record.objects.get(pk=case.id).state["_files"]["photos"]) == 1


def test_files_of_two_people_at_once_are_both_there(case: Record) -> None:
    uploads = [(sent(case.id, by=by), by) for by in ("amina", "bilal") for _ in range(2)]
    done = at_once(*(lambda u=upload, b=by: put(case, u, b) for upload, by in uploads))
    assert all(isinstance(one, Attached) for one in done), done
    assert len(Record.objects.get(pk=case.id).state["_files"]["photos"]) == 4


def test_what_a_device_handed_over_is_attached_by_another(case: Record) -> None:
    done = put(case, sent(case.id, by="amina"), by="bilal")
    assert done.attachment is not None and done.attachment.attached_by_name == "bilal"


def test_what_is_decided_on_space_and_number_holds_for_all_at_once(case: Record) -> None:
    uploads = [sent(case.id) for _ in range(4)]
    size = Upload.objects.get(pk=uploads[0]).content_size
    other = register(name_first="Sara")
    elsewhere = [sent(other.id) for _ in range(4)]
    instance = Instance.objects.get()
    instance.data |= {"system_options": {"maximum_attachments_space": 3 * size, "maximum_attachments_per_record": 2}}
    instance.configuration += 1
    instance.save()
    viewer("amina")
    acts = [(case, upload) for upload in uploads] + [(other, upload) for upload in elsewhere]
    done = at_once(*(lambda c=c, u=u: put(c, u) for c, u in acts))
    assert sum(isinstance(one, Attached) for one in done) == Attachment.objects.count() == 3, done
    assert sum(isinstance(one, AttachmentInvalid) for one in done) == 5
    assert max(Attachment.objects.filter(record=one).count() for one in (case, other)) <= 2


def test_a_piece_that_comes_twice_at_once_is_taken_once(case: Record) -> None:
    content = bytes(range(256)) * 512
    told = Announced(uuid4(), "image", len(content), hashlib.sha256(content).hexdigest(), case.id, "photos")
    begun = at_once(
        *(lambda: begin_upload(kind="case", announced=told, actor=viewer("amina"), at=AT) for _ in range(3))
    )
    assert [one.pk for one in begun] == [told.id] * 3, begun
    half = content[:SPAN]
    done = at_once(
        *(lambda: take_piece(upload_id=told.id, offset=0, piece=half, actor=viewer("amina"), at=AT) for _ in range(4))
    )
    assert [one.received for one in done] == [SPAN] * 4, done
    assert Upload.objects.get().pieces == [SPAN]


def test_bytes_go_when_the_act_has_ended(case: Record) -> None:
    number = attached(case.id).pk
    assert endings() == ["file", "thumb"]
    detach_file(kind="case", record_id=case.id, attachment=number, actor=viewer("amina"), at=AT)
    assert endings() == [] and not Erasure.objects.exists()


def test_bytes_that_could_not_go_at_once_go_later(case: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    number = attached(case.id).pk
    with monkeypatch.context() as broken:
        broken.setattr(FolderStore, "remove", _away)
        detach_file(kind="case", record_id=case.id, attachment=number, actor=viewer("amina"), at=AT)
        assert erase_bytes() == 0
    assert Erasure.objects.count() == 1 and endings() == ["file", "thumb"]
    assert erase_bytes() == 1
    assert endings() == []


def _away(*_: object) -> None:
    raise OSError("the store is away")


def test_the_feed_brings_a_new_file_and_takes_it_away(case: Record) -> None:
    amina = as_("amina")
    seal_books()
    first = ask(amina)
    number = attached(case.id).pk
    seal_books()
    second = ask(amina, first)
    assert [entry["id"] for entry in second.data["records"][0]["values"]["photos"]] == [number]
    detach_file(kind="case", record_id=case.id, attachment=number, actor=viewer("amina"), at=AT + timedelta(days=1))
    seal_books()
    third = ask(amina, second)
    assert (third.data["records"][0]["values"]["photos"], third.data["gone"]) == ([], [])


def test_another_store_holds_the_bytes_and_a_backup_holds_them_too(
    case: Record, committed_db: str, databases: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("CPIMS_FILES_URL", bucket)
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, files_url=bucket))
    text = "".join(f"line {n}\n" for n in range(20_000)).encode()
    number = attached(case.id, text, field="other_documents", kind="document", name="a.txt").pk
    store = BucketStore(bucket)
    assert len(list(store.names())) == 1 and not (tmp_path / "own" / "files").exists()
    opened = open_attachment(kind="case", record_id=case.id, number=number, viewer=viewer("amina"))
    assert opened.part(70_000, 70_010) == text[70_000:70_010]
    (tmp_path / "own" / "files").mkdir()
    place = Place(folder=tmp_path / "own", host="127.0.0.1", port=1, database_url=committed_db)
    inside = save(place, committed_db, tmp_path / "saved.backup", PASSPHRASE)
    assert inside["files"] == 1
    for name in list(store.names()):
        store.remove(name)
    name = databases.copy()
    target = Place(tmp_path / "own", "127.0.0.1", 1, databases.cluster.address(database=name))
    backup = open_backup(tmp_path / "saved.backup", PASSPHRASE)
    restore(target, target.database_url, backup, backup.inside(), replace=True)
    assert list(FolderStore(tmp_path / "own" / "files").names()) == []
    assert opened.part(0, len(text)) == text
    databases.drop(name)


def test_a_backup_of_a_folder_holds_the_files(case: Record, committed_db: str, tmp_path: Path) -> None:
    attached(case.id, png())
    place = Place(folder=tmp_path / "own", host="127.0.0.1", port=1, database_url=committed_db)
    assert save(place, committed_db, tmp_path / "saved.backup", PASSPHRASE)["files"] == 2
