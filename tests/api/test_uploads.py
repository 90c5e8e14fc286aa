"""Bytes on their way: in pieces, damaged, too large, of a kind that is not taken; and what a device delivers of them."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from cpims.attachments.actions import erase_bytes, sweep_uploads
from cpims.attachments.models import Attachment, Upload
from cpims.audit.queries import find_happenings
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.api.sending import PIECE, body, names, path_of, put, put_files, send
from tests.api.test_sync import V1, deliver, item, new, outcomes
from tests.cast import AT, register
from tests.files import announced, attached, begun, png, sent
from tests.unit.test_file_cleaning import jpeg, pdf


@pytest.fixture(autouse=True)
def form(cast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_files(tmp_path, monkeypatch)


def test_a_file_in_pieces_goes_on_where_the_line_broke():
    case, amina = register(), as_("amina")
    content = os.urandom(2 * PIECE) + b"\n"
    content = base64.b64encode(content)  # a text, for the type is looked at in the end
    told = announced(content, case.id, field="other_documents", kind="document")
    first = amina.post(f"{V1}/uploads", {"data": told})
    assert first.data == {
        "id": told["id"], "state": "open", "size": len(content), "received": 0, "largest_piece": PIECE,
    }  # fmt: skip
    assert put(amina, told["id"], 0, content[:PIECE]).data["received"] == PIECE
    assert put(amina, told["id"], 0, content[:PIECE]).data["received"] == PIECE  # the reply was lost
    ahead = put(amina, told["id"], 2 * PIECE, content[2 * PIECE : 3 * PIECE])
    assert (ahead.status, ahead.codes, ahead.json["errors"][0]["params"]) == (
        409,
        ["upload.offset"],
        {"received": PIECE},
    )
    early = amina.post(f"{V1}/uploads/{told['id']}/finish")
    assert (early.status, early.codes) == (409, ["upload.offset"])
    # Hours later, after a restart on either side.
    again = amina.post(f"{V1}/uploads", {"data": told}).data
    for offset in range(again["received"], len(content), PIECE):
        put(amina, told["id"], offset, content[offset : offset + PIECE])
    for _ in range(2):
        done = amina.post(f"{V1}/uploads/{told['id']}/finish")
        assert (done.data["state"], done.data["content_type"]) == ("ready", "text/plain")
    erase_bytes()
    assert [name.rpartition(".")[2] for name in names()] == ["file"]
    wish = {"upload": told["id"], "field_name": "other_documents", "file_name": "a.csv"}
    assert outcomes(deliver(amina, item("k", "attach_file", case.id, wish))) == ["accepted"]
    number = Attachment.objects.get().pk
    got = amina.get(path_of(case, number))
    assert (got.raw, got.headers["Content-Type"]) == (content, "text/csv")
    assert amina.get(f"{V1}/uploads/{told['id']}").data["state"] == "attached"
    assert amina.post(f"{V1}/uploads", {"data": told}).data["state"] == "attached"


def test_pieces_that_do_not_fit_are_refused():
    case, amina = register(), as_("amina")
    content = bytes(3 * PIECE)
    told = announced(content, case.id)
    amina.post(f"{V1}/uploads", {"data": told})
    assert put(amina, told["id"], 0, content[: PIECE + 1]).codes == ["upload.piece"]
    assert put(amina, told["id"], 0, b"x" * 100).codes == ["upload.small_piece"]
    assert put(amina, told["id"], 0, content[:PIECE], "application/json").status == 415
    assert put(amina, told["id"], 3 * PIECE - 1, b"xx").codes == ["upload.piece"]
    assert Upload.objects.get().received == 0 and names() == []


def test_damaged_bytes_are_sent_again():
    case, amina, content = register(), as_("amina"), png()
    told = announced(content, case.id)
    amina.post(f"{V1}/uploads", {"data": told})
    put(amina, told["id"], 0, content[:-1] + b"x")
    broken = amina.post(f"{V1}/uploads/{told['id']}/finish")
    assert (broken.status, broken.codes) == (422, ["upload.digest"])
    assert amina.get(f"{V1}/uploads/{told['id']}").data["received"] == 0
    put(amina, told["id"], 0, content)
    assert amina.post(f"{V1}/uploads/{told['id']}/finish").data["state"] == "ready"
    erase_bytes()
    assert len(names()) == 2  # the picture and its thumbnail; nothing of the first try


def test_what_is_not_taken_is_refused_for_good_and_its_bytes_go():
    case, amina = register(), as_("amina")
    for content, kind, field, code in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image", "photos", "attachment.active"),
        (b"MZ\x90\x00" + bytes(100), "document", "other_documents", "attachment.type"),
        (pdf(OpenAction="<< /S /JavaScript /JS (a) >>"), "document", "other_documents", "attachment.active"),
    ):
        upload = send(amina, content, case.id, kind=kind, field=field)
        for _ in range(2):
            refused = amina.post(f"{V1}/uploads/{upload}/finish")
            assert (refused.status, refused.codes) == (422, [code])
        act = item(upload, "attach_file", case.id, {"upload": upload, "field_name": field, "file_name": "a.jpg"})
        told = deliver(amina, act).data[0]
        assert (told["outcome"], told["errors"][0]["code"]) == ("refused", code)
        whole = amina.post(path_of(case), body(content, field=field, kind=kind))
        assert (whole.status, whole.codes) == (422, [code])
    erase_bytes()
    assert (names(), Attachment.objects.count()) == ([], 0)


def test_sizes_are_limited_by_kind_and_by_what_the_instance_decides():
    case, amina = register(), as_("amina")
    told = announced(b"", case.id, size=21 * PIECE)
    assert amina.post(f"{V1}/uploads", {"data": told}).codes == ["attachment.too_large"]
    instance = Instance.objects.get()
    instance.data |= {"system_options": {"attachment_megabytes": {"image": 1}, "maximum_attachments_per_record": 2}}
    instance.configuration += 1
    instance.save()
    shown = amina.get("/api/v2/system_settings").data["system_options"]["attachment_megabytes"]
    assert shown == {"image": 1, "audio": 20, "document": 20, "signature": 2}
    assert amina.post(path_of(case), body(bytes(PIECE + 1))).codes == ["attachment.too_large"]
    for _ in range(2):
        assert amina.post(path_of(case), body(png())).status == 200
    full = amina.post(path_of(case), body(png()))
    assert (full.status, full.codes, full.json["errors"][0]["message"]) == (
        422, ["attachment.maximum"], ["errors.attachments.maximum"],
    )  # fmt: skip
    instance.data["system_options"] = {"maximum_attachments_space": 10}
    instance.configuration += 1
    instance.save()
    assert amina.post(path_of(case), body(png())).codes == ["attachment.space"]
    assert Attachment.objects.count() == 2


def test_what_somebody_sends_is_hers_alone():
    case = register()
    upload, bilal = begun("amina", case.id), as_("bilal")
    assert bilal.get(f"{V1}/uploads/{upload.id}").status == 404
    assert put(bilal, str(upload.id), 0, b"x" * 10).status == 404
    assert bilal.post(f"{V1}/uploads/{upload.id}/finish").status == 404
    assert bilal.delete(f"{V1}/uploads/{upload.id}").status == 404
    told = announced(png(), case.id, id=str(upload.id))
    assert bilal.post(f"{V1}/uploads", {"data": told}).status == 404
    assert as_("amina").post(f"{V1}/uploads", {"data": told}).codes == ["upload.differs"]
    assert as_("amina").delete(f"{V1}/uploads/{upload.id}").status == 204
    assert not Upload.objects.exists()


def test_a_child_registered_offline_and_her_photo_come_in_one_delivery():
    amina, case = as_("amina"), uuid4()
    upload = send(amina, jpeg(), case)
    assert amina.post(f"{V1}/uploads/{upload}/finish").data["state"] == "ready"
    wish = {"upload": upload, "field_name": "photos", "file_name": "Noor.jpg", "description": "First day"}
    items = [
        new("k1", case),
        item("k2", "attach_file", case, wish),
        item("k3", "amend_file", case, {"attachment": upload, "comments": "Good"}),
    ]
    reply = deliver(amina, *items, records=True)
    assert outcomes(reply) == ["accepted"] * 3, reply.json
    photo = reply.data[2]["current"]["values"]["photos"][0]
    assert (photo["unique_id"], photo["description"], photo["comments"]) == (upload, "First day", "Good")
    assert [row["replayed"] for row in deliver(amina, *items).data] == [True] * 3
    assert outcomes(deliver(amina, item("other id", "attach_file", case, wish))) == ["accepted"]
    assert Attachment.objects.count() == 1
    off = {"attachment": upload}
    assert outcomes(deliver(amina, item("k4", "detach_file", case, off), item("k5", "detach_file", case, off))) == [
        "accepted", "accepted",
    ]  # fmt: skip
    events = [h.event for h in find_happenings(case)]
    assert events == ["file.detached", "file.amended", "file.attached", "case.registered"]


def test_an_act_before_its_bytes_can_be_delivered_again():
    amina, case = as_("amina"), register()
    content = png()
    told = announced(content, case.id)
    act = item("k", "attach_file", case.id, {"upload": told["id"], "field_name": "photos", "file_name": "a.png"})
    assert deliver(amina, act).data[0]["errors"][0]["code"] == "upload.unknown"
    amina.post(f"{V1}/uploads", {"data": told})
    refused = deliver(amina, act).data[0]["errors"][0]
    assert (refused["code"], refused["status"], refused["params"]) == ("upload.not_ready", 409, {"received": 0})
    put(amina, told["id"], 0, content)
    amina.post(f"{V1}/uploads/{told['id']}/finish")
    assert outcomes(deliver(amina, act)) == ["accepted"]


def test_out_of_sight_nothing_is_attached():
    case, dawit = register(), as_("dawit")
    upload = send(dawit, png(), case.id)  # he may say what he likes: whose case it is comes out with the act
    dawit.post(f"{V1}/uploads/{upload}/finish")
    wish = {"upload": upload, "field_name": "photos", "file_name": "a"}
    told = deliver(dawit, item("k", "attach_file", case.id, wish), item("k2", "attach_file", uuid4(), wish)).data
    assert [row["errors"][0]["code"] for row in told] == ["record.not_found"] * 2
    assert (Attachment.objects.count(), Record.objects.get(pk=case.id).revision) == (0, 1)


def test_what_nobody_attached_is_swept_and_what_is_attached_stays():
    case, amina = register(), as_("amina")
    kept = attached(case.id)
    old, fresh = sent(case.id), sent(case.id)
    Upload.objects.filter(pk=old).update(touched_at=AT - timedelta(days=31))
    half = send(amina, png(), case.id)
    Upload.objects.filter(pk=half).update(touched_at=AT - timedelta(days=31))
    assert sweep_uploads(at=AT) == 2
    erase_bytes()
    assert set(Upload.objects.values_list("pk", flat=True)) == {fresh}
    assert len(names()) == 4
    assert amina.get(path_of(case, kept.pk)).status == 200
