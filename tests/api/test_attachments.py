"""Files of cases over HTTP: put on, read by whoever may, changed, taken off."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cpims.accounts.models import Role
from cpims.attachments.actions import erase_bytes
from cpims.attachments.models import Attachment, Erasure, Upload
from cpims.attachments.queries import file_store
from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
from cpims.audit.queries import find_happenings
from cpims.forms.models import FormGrant
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.sending import body, names, path_of, put_files
from tests.api.test_sync import V1, deliver, item
from tests.cast import AT, MODULE, register
from tests.files import announced, attached, png, sent
from tests.unit.test_file_cleaning import jpeg, mp3, mp4, pdf


@pytest.fixture(autouse=True)
def form(cast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_files(tmp_path, monkeypatch)


def test_primeros_client_puts_a_photo_on_a_case_and_sees_it_there():
    case, amina = register(), as_("amina")
    reply = amina.post(path_of(case), body(jpeg(), date="2026-01-05", description="At school", is_current=True))
    assert reply.status == 200, reply.json
    number = reply.data["id"]
    told = {key: value for key, value in reply.data.items() if key not in ("record", "unique_id", "size")}
    assert told == {
        "id": number, "field_name": "photos", "file_name": "Noor.jpg", "date": "2026-01-05", "description": "At school",
        "is_current": True, "attachment_url": path_of(case, number), "content_type": "image/jpeg",
        "thumbnail_url": f"{V1}/cases/{case.id}/attachments/{number}/thumbnail",
    }  # fmt: skip
    assert reply.data["record"]["photos"][0]["id"] == number
    shown = amina.get(f"/api/v2/cases/{case.id}").data["photos"]
    assert [(entry["id"], entry["comments"]) for entry in shown] == [(number, None)]
    assert amina.get("/api/v2/cases?fields=photos").data[0]["photos"] == shown
    got = amina.get(path_of(case, number))
    picture = Image.open(io.BytesIO(got.raw))
    assert (got.status, picture.format, not picture.getexif()) == (200, "JPEG", True)
    small = amina.get(told["thumbnail_url"])
    assert (small.headers["Content-Type"], max(Image.open(io.BytesIO(small.raw)).size)) == ("image/jpeg", 256)


def test_bytes_come_so_that_nothing_in_them_runs_and_nobody_keeps_them():
    case, amina = register(), as_("amina")
    number = attached(case.id, name="نور <b>.png").pk
    got = amina.get(path_of(case, number))
    assert got.headers["Content-Disposition"].startswith('attachment; filename="')
    assert "%D9%86%D9%88%D8%B1" in got.headers["Content-Disposition"] and "<" not in got.headers["Content-Disposition"]
    wanted = {
        "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store", "Content-Type": "image/png",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }  # fmt: skip
    assert {name: got.headers[name] for name in wanted} == wanted


def test_a_file_is_sealed_where_it_lies_and_unreadable_without_the_key_of_its_record(tmp_path):
    case, amina = register(), as_("amina")
    number = attached(
        case.id, b"Noor lives in Lantern Street.", field="other_documents", kind="document", name="a.txt"
    ).pk
    stored = [path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(stored) >= 1 and not any(b"Lantern" in entry for entry in stored)
    assert not any("noor" in name.lower() for name in names())
    assert amina.get(path_of(case, number)).raw == b"Noor lives in Lantern Street."
    assert Upload.objects.count() == 0
    SubjectKey.objects.filter(subject=case.id).delete()
    gone = amina.get(path_of(case, number))
    assert (gone.status, gone.codes) == (404, ["attachment.not_found"])


def test_spans_of_a_file_are_the_same_bytes():
    case, amina = register(), as_("amina")
    content = "".join(f"line {n}\n" for n in range(30_000)).encode()
    number = attached(case.id, content, field="other_documents", kind="document", name="a.txt").pk
    for start, stop in ((0, 10), (65_530, 65_545), (len(content) - 3, len(content))):
        got = amina.get(path_of(case, number), Range=f"bytes={start}-{stop - 1}", Accept_Encoding="gzip")
        assert (got.status, got.raw) == (206, content[start:stop])
        assert got.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(content)}"
    beyond = amina.get(path_of(case, number), Range=f"bytes={len(content)}-")
    assert (beyond.status, beyond.codes) == (416, ["attachment.beyond_the_end"])
    assert amina.get(path_of(case, number), Accept_Encoding="gzip").raw == content


def test_what_was_said_wrongly_is_named_and_nothing_is_kept():
    case, amina = register(), as_("amina")
    for changed, status, code in (
        ({"attachment_type": "film"}, 422, "not_an_option"),
        ({"attachment_type": "audio"}, 422, "attachment.other_type"),
        ({"field_name": "name_first"}, 403, "attachment.field"),
        ({"field_name": None}, 403, "attachment.field"),
        ({"attachment": None}, 422, "attachment.missing"),
        ({"attachment": "%%%"}, 422, "attachment.missing"),
        ({"date": "yesterday"}, 422, "invalid_date"),
        ({"description": 3}, 422, "wrong_type"),
        ({"comments": "x" * 10_001}, 422, "attachment.too_long"),
    ):
        sent = body(png())
        sent["data"] |= changed
        reply = amina.post(path_of(case), sent)
        assert (reply.status, reply.codes) == (status, [code]), changed
    assert (Attachment.objects.count(), Upload.objects.count(), names()) == (0, 0, [])
    ignored = amina.post(path_of(case), body(png(), nonsense=1))
    assert ignored.json["metadata"]["ignored"] == [{"pointer": "/nonsense", "code": "unknown_key"}]
    strict = amina.post(path_of(case), body(png(), nonsense=1), Prefer="handling=strict")
    assert strict.status == 422 and Attachment.objects.count() == 1


def test_a_request_that_is_sent_twice_puts_one_file():
    case, amina = register(), as_("amina")
    sent = body(png())
    first = amina.post(path_of(case), sent, Idempotency_Key="photo-1")
    again = amina.post(path_of(case), sent, Idempotency_Key="photo-1")
    assert first.data == again.data and again.headers["Idempotency-Replayed"] == "true"
    assert (Attachment.objects.count(), Upload.objects.count()) == (1, 0)
    assert amina.post(path_of(case), body(png(colour="blue")), Idempotency_Key="photo-1").status == 409


def test_what_is_said_with_a_file_can_change_and_the_file_cannot():
    case, amina = register(), as_("amina")
    number = attached(case.id).pk
    changed = amina.patch(path_of(case, number), {"data": {"description": "Older", "date": "2020-02-02"}})
    assert (changed.status, changed.data["description"], changed.data["date"]) == (200, "Older", "2020-02-02")
    fixed = amina.patch(path_of(case, number), {"data": {"field_name": "x", "attachment": "y"}})
    assert (fixed.status, fixed.codes) == (422, ["attachment.fixed"] * 2)
    revision = Record.objects.get(pk=case.id).revision
    assert amina.patch(path_of(case, number), {"data": {"description": "Older"}}).status == 200
    assert Record.objects.get(pk=case.id).revision == revision
    events = [(h.event, h.changes["photos"]) for h in find_happenings(case.id) if h.event.startswith("file.")]
    assert [event for event, _ in events] == ["file.amended", "file.attached"]
    assert (events[0][1]["from"]["description"], events[0][1]["to"]["description"]) == (None, "Older")


def test_a_file_that_is_taken_off_is_erased():
    case, amina = register(), as_("amina")
    kept, gone = attached(case.id), attached(case.id, png(colour="blue"), date=AT.date() + timedelta(days=1))
    assert amina.get(f"/api/v2/cases/{case.id}?fields=photos").data["photos"][0]["id"] == gone.pk
    removed = amina.delete(path_of(case, gone.pk))
    assert (removed.status, removed.raw) == (204, b"")
    assert amina.get(path_of(case, gone.pk)).status == 404
    assert amina.delete(path_of(case, gone.pk)).codes == ["attachment.not_found"]
    assert [e["id"] for e in amina.get(f"/api/v2/cases/{case.id}").data["photos"]] == [kept.pk]
    assert Erasure.objects.exists()
    erase_bytes()
    assert sorted(name.rpartition(".")[2] for name in names()) == ["file", "thumb"]
    assert not Erasure.objects.exists()
    amina.delete(path_of(case, kept.pk))
    erase_bytes()
    assert names() == []
    record = Record.objects.get(pk=case.id)
    assert record.state["has_photo"] is False and record.facets["has_photo"] is False


def test_cases_are_found_by_whether_they_have_a_photo():
    with_photo, without, amina = register(), register(name_first="Sara"), as_("amina")
    attached(with_photo.id)
    gone = attached(without.id)
    amina.delete(path_of(without, gone.pk))
    assert [row["id"] for row in amina.get("/api/v2/cases?has_photo=true").data] == [str(with_photo.id)]
    assert [row["id"] for row in amina.get("/api/v2/cases?has_photo=false").data] == [str(without.id)]


def test_a_signature_is_one_and_names_who_gave_it():
    case, amina = register(), as_("amina")
    assert amina.get(f"/api/v2/cases/{case.id}").data["consent_signature"] is None
    for who in ("Mother", "Father"):
        sent = body(
            png(), field="consent_signature", kind="signature", name="s", signature_provided_by=who, date="1999-01-01"
        )
        assert amina.post(path_of(case), sent).status == 200
    shown = amina.get(f"/api/v2/cases/{case.id}").data["consent_signature"]
    assert (shown["signature_provided_by"], shown["signature_created_by_user"]) == ("Father", "amina")
    assert shown["signature_provided_on"] > "2026" and shown["file_name"] == "s.png"


def test_sounds_and_papers_have_their_own_questions():
    case, amina = register(), as_("amina")
    for content, field, kind, given in (
        (mp3(), "recorded_audio", "audio", "audio/mpeg"),
        (mp4(), "recorded_audio", "audio", "audio/mp4"),
        (pdf(), "other_documents", "document", "application/pdf"),
        (jpeg(), "other_documents", "document", "image/jpeg"),
    ):
        reply = amina.post(path_of(case), body(content, field=field, kind=kind, name="x"))
        assert (reply.status, reply.data["content_type"]) == (200, given)
    shown = amina.get(f"/api/v2/cases/{case.id}").data
    assert (len(shown["recorded_audio"]), len(shown["other_documents"]), shown["photos"]) == (2, 2, [])


def test_every_reading_stands_in_the_book():
    case = register()
    number = attached(case.id).pk
    as_("bilal").get(path_of(case, number))
    as_("bilal").get(f"{V1}/cases/{case.id}/attachments/{number}/thumbnail")
    as_("dawit").get(path_of(case, number))
    seen = SightingEntry.objects.filter(road="cases.attachment").order_by("id")
    assert [(row.actor_name, row.action, row.record_ids, row.fields) for row in seen] == [
        ("bilal", "file", [case.id], "photos")
    ] * 2
    refused = SightingEntry.objects.filter(outcome="refused", actor_name="dawit").get()
    assert refused.record_ids == [case.id]


def test_who_may_not_read_the_question_gets_no_byte_of_it():
    case = register()
    number = attached(case.id).pk
    role = Role.objects.get(unique_id="role-group-worker")
    FormGrant.objects.filter(role=role, form__unique_id="photos_and_audio").delete()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    bilal = as_("bilal")
    for path in (path_of(case, number), f"{V1}/cases/{case.id}/attachments/{number}/thumbnail"):
        assert (bilal.get(path).status, bilal.get(path).codes) == (404, ["attachment.not_found"])
    assert "photos" not in bilal.get(f"/api/v2/cases/{case.id}").data
    assert bilal.delete(path_of(case, number)).status == 404
    assert bilal.post(path_of(case), body(png())).codes == ["attachment.field"]
    assert bilal.post(f"{V1}/uploads", {"data": announced(png(), case.id)}).codes == ["attachment.field"]
    role.permissions = {"case": [*role.permissions["case"], "view_photo"]}
    role.save()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    bilal = as_("bilal")
    assert bilal.get(f"/api/v2/cases/{case.id}").data["photo"] == path_of(case, number)
    assert bilal.get(path_of(case, number)).status == 200


def test_who_may_only_read_the_form_puts_nothing_on_it():
    case = register()
    number = attached(case.id).pk
    FormGrant.objects.filter(form__unique_id="photos_and_audio", role__unique_id="role-worker").update(access="r")
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    amina, entries = as_("amina"), ChangeEntry.objects.count()
    assert amina.get(path_of(case, number)).status == 200
    for reply in (
        amina.post(path_of(case), body(png())),
        amina.patch(path_of(case, number), {"data": {"description": "x"}}),
        amina.delete(path_of(case, number)),
    ):
        assert (reply.status, reply.codes) == (403, ["attachment.field"])
    assert (ChangeEntry.objects.count(), Attachment.objects.count()) == (entries, 1)


def test_from_whom_the_name_is_hidden_the_face_and_the_voice_are_hidden():
    case = register(hidden_name=True)
    photo = attached(case.id).pk
    sound = attached(case.id, mp3(), field="recorded_audio", kind="audio", name="a.mp3").pk
    paper = attached(case.id, pdf(), field="other_documents", kind="document", name="Noor Haddad.pdf").pk
    bilal, amina = as_("bilal"), as_("amina")
    for number, status in ((photo, 404), (sound, 404), (paper, 200)):
        assert bilal.get(path_of(case, number)).status == status
        assert amina.get(path_of(case, number)).status == 200
    shown = bilal.get(f"/api/v2/cases/{case.id}")
    assert (shown.data["photos"], shown.data["recorded_audio"]) == ([], [])
    assert shown.data["other_documents"][0]["file_name"] == "*******.pdf"
    got = bilal.get(path_of(case, paper))
    history = bilal.get(f"/api/v2/cases/{case.id}/record_history")
    everything = [shown.raw, history.raw, str(got.headers).encode()]
    assert history.status == 200 and not any(b"Noor Haddad" in part or b"Noor.png" in part for part in everything)
    assert b"Noor Haddad" in amina.get(f"/api/v2/cases/{case.id}/record_history").raw
    assert bilal.delete(path_of(case, photo)).status == 404


def test_files_of_another_record_are_not_there():
    mine, other = register(), register(name_first="Sara")
    number, upload = attached(other.id).pk, sent(other.id)
    amina = as_("amina")
    for reply in (
        amina.get(path_of(mine, number)),
        amina.patch(path_of(mine, number), {"data": {"description": "x"}}),
        amina.delete(path_of(mine, number)),
    ):
        assert (reply.status, reply.codes) == (404, ["attachment.not_found"])
    act = item("k", "attach_file", mine.id, {"upload": str(upload), "field_name": "photos", "file_name": "a"})
    assert deliver(amina, act).data[0]["errors"][0]["code"] == "upload.unknown"
    for bad in ("x", "-1", "0", "9" * 30, "1.5", "٣"):
        assert amina.get(f"{path_of(mine)}/{bad}").status == 404


def test_bytes_that_the_store_has_lost_are_not_there():
    case, amina = register(), as_("amina")
    number = attached(case.id).pk
    for name in names():
        file_store().remove(name)
    assert amina.get(path_of(case, number)).status == 404
    assert amina.get(f"{V1}/cases/{case.id}/attachments/{number}/thumbnail").status == 404


def test_a_list_costs_the_same_with_files_and_without():
    amina, counts = as_("amina"), []
    for number in range(3):
        case = register(name_first=f"Noor{number}")
        amina.get("/api/v2/cases")
        with CaptureQueriesContext(connection) as captured:
            rows = amina.get("/api/v2/cases").data
        counts.append(len(captured))
        attached(case.id)
        attached(case.id, png(colour="blue"))
    assert len(set(counts)) == 1 and sorted(len(row["photos"]) for row in rows) == [0, 2, 2]


def test_a_required_photo_is_missing_until_it_is_there():
    from cpims.forms.models import Field

    Field.objects.filter(name="photos").update(attributes={"required": True})
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    case, amina = register(), as_("amina")

    def missing() -> bool:
        told = amina.get(f"/api/v2/cases/{case.id}").json["metadata"]["incomplete"]
        return any(entry["pointer"] == "/photos" for entry in told)

    assert missing()
    number = attached(case.id).pk
    assert not missing()
    amina.delete(path_of(case, number))
    assert missing()


def test_a_patch_does_not_reach_the_files_of_a_record():
    case, amina = register(), as_("amina")
    attached(case.id)
    before = amina.get(f"/api/v2/cases/{case.id}").data["photos"]
    for name in ("photos", "_files", "photo", "has_photo"):
        amina.patch(f"/api/v2/cases/{case.id}", {"data": {name: []}})
    assert amina.get(f"/api/v2/cases/{case.id}").data["photos"] == before
    assert amina.patch(f"/api/v2/cases/{case.id}", {"data": {"age": 10}}).status == 200
    assert amina.get(f"/api/v2/cases/{case.id}").data["photos"] == before
    assert MODULE and UUID(before[0]["unique_id"])
