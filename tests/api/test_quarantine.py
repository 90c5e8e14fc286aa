"""What somebody wrote into a case that is no longer hers: the owner, and nobody else, decides on it."""

from __future__ import annotations

from uuid import uuid4

from cpims.audit.actions import seal_books
from cpims.audit.queries import find_happenings
from cpims.records.models import Quarantine, Record
from tests.api.client import Reply, as_
from tests.api.test_sync import V1, ask, deliver, hand_over, item, outcomes, stage
from tests.cast import register

__all__ = ["stage"]


def quarantined() -> tuple[Record, Reply]:
    case = register()
    hand_over(case.id, "dawit")
    reply = deliver(as_("amina"), item("k", "amend_case", case.id, {"name_nickname": "Nunu", "siblings": 2}))
    return case, reply


def test_the_owner_takes_over_what_was_written_into_her_case(cast):
    case, reply = quarantined()
    assert outcomes(reply) == ["refused"]
    assert reply.data[0]["errors"][0]["code"] == "record.no_longer_yours"
    deliver(as_("amina"), item("k", "amend_case", case.id, {"name_nickname": "Nunu", "siblings": 2}))
    kept = Quarantine.objects.get()
    path, dawit = f"{V1}/cases/{case.id}/quarantine", as_("dawit")
    (entry,) = dawit.get(path).data
    assert (entry["author"], entry["answers"], entry["withheld"]) == (
        "amina",
        {"name_nickname": "Nunu", "siblings": 2},
        0,
    )
    for name in ("amina", "bilal", "chantal", "farid"):
        assert as_(name).get(path).status == 404
        assert as_(name).post(f"{path}/{kept.id}/resolve", {"resolution": "put_aside"}).status == 404
    assert dawit.post(f"{path}/{kept.id}/resolve", {"resolution": "eat"}).status == 422
    assert dawit.post(f"{path}/{kept.id}/resolve", {"resolution": "take_over", "fields": ["age"]}).status == 422
    assert dawit.post(f"{path}/{uuid4()}/resolve", {"resolution": "take_over"}).status == 404
    taken = dawit.post(f"{path}/{kept.id}/resolve", {"resolution": "take_over", "fields": ["name_nickname"]})
    assert taken.status == 200, taken.json
    stored = Record.objects.get(pk=case.id)
    assert stored.data["name_nickname"] == "Nunu"
    assert "siblings" not in stored.data
    assert stored.last_updated_by == "dawit"
    told = next(h for h in find_happenings(case.id) if h.event == "quarantine.taken_over")
    assert (told.actor_name, told.about["author"], told.about["fields"]) == ("dawit", "amina", ["name_nickname"])
    assert dawit.get(path).data == []
    assert dawit.post(f"{path}/{kept.id}/resolve", {"resolution": "put_aside"}).status == 409


def test_what_is_put_aside_stays_sealed(cast):
    case, _ = quarantined()
    kept, before = Quarantine.objects.get(), Record.objects.get(pk=case.id).data
    path = f"{V1}/cases/{case.id}/quarantine/{kept.id}/resolve"
    assert as_("dawit").post(path, {"resolution": "put_aside"}).status == 200
    kept.refresh_from_db()
    assert (kept.resolution, kept.resolved_by) == ("put_aside", "dawit")
    assert kept.sealed
    assert Record.objects.get(pk=case.id).data == before
    assert next(iter(find_happenings(case.id))).event == "quarantine.put_aside"


def test_the_feed_tells_the_owner_what_waits_for_her(stage):
    case, _ = quarantined()
    seal_books()
    (told,) = ask(as_("dawit")).data["records"]
    assert (told["id"], told["quarantined"]) == (str(case.id), 1)
