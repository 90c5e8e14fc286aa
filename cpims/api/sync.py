"""Devices: what changed, what is in scope, what they deliver; and answers in quarantine."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.errors import errors_of, status_of
from cpims.api.http.keys import key_of
from cpims.api.http.reply import reply
from cpims.api.shapes.sync import ChangesAsked, Delivery, ManifestAsked, Resolve, SyncScope
from cpims.audit.actions import note_sighting
from cpims.cases.rules.editing import OPENS
from cpims.cases.rules.kind import CASE
from cpims.lib.clock import iso, now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.rules.kinds import KINDS, Kind
from cpims.sync.actions.delivering import Delivered, deliver_items
from cpims.sync.actions.quarantine import answer_quarantine
from cpims.sync.queries.feed import Asked, find_changes, find_now, get_manifest, known_kinds
from cpims.sync.queries.handovers import require_any
from cpims.sync.queries.quarantine import find_quarantined, get_own_record
from cpims.sync.rules import LARGEST_BATCH, BatchTooLarge, OtherAccount, Scope, clock_of

router = Router(tags=["sync"])


@router.post("/sync/changes", summary="What changed since a device last asked")
def send_changes(request: HttpRequest) -> HttpResponse:
    """A page of the feed, by today's rights; each record once, as it stands now."""
    viewer = viewer_of(request)
    require_any(viewer, "read")
    asked = check(ChangesAsked, read_body(request))
    kinds = _kinds(asked.kinds)
    found = find_changes(
        Asked(
            cursor=asked.cursor,
            epoch=asked.epoch,
            configuration=asked.configuration,
            scope=_scope(asked.scope),
            kinds=kinds,
            limit=asked.limit,
            wanted=tuple(dict.fromkeys(_ids(asked.wanted, "/wanted"))),
        ),
        viewer=viewer,
        today=today(settings.ENVIRONMENT.time_zone),
    )
    note_sighting(
        viewer, road="sync.changes", action="sync", record_kind=_only(kinds), record_ids=found.ids, fields="all"
    )
    place = {"more": found.more, "resync": found.resync is not None, "reason": found.resync}
    return reply({"records": found.records, "gone": found.gone}, _standing(found.cursor, viewer) | place)


@router.post("/sync/manifest", summary="Everything that a device may keep now")
def send_manifest(request: HttpRequest) -> HttpResponse:
    """Id, revision and fields of each record in scope: what is not in it, the device drops."""
    viewer = viewer_of(request)
    require_any(viewer, "read")
    asked = check(ManifestAsked, read_body(request))
    kinds = _kinds(asked.kinds)
    found = get_manifest(_scope(asked.scope), kinds=kinds, viewer=viewer)
    note_sighting(viewer, road="sync.manifest", action="manifest", record_kind=_only(kinds))
    entries = [{"id": key, "revision": revision, "fields": tag} for key, revision, tag in found.entries]
    return reply(entries, _standing(found.cursor, viewer))


@router.post("/sync/deliver", summary="What a worker did on her device")
def take_delivery(request: HttpRequest) -> HttpResponse:
    """Each item is accepted or refused on its own, in her order, once for its id."""
    viewer = viewer_of(request)
    if not viewer.may_any(CASE.name, *OPENS) and not any(viewer.may(kind, "create") for kind in KINDS):
        require_any(viewer, "write")
    if len(request.body) > LARGEST_BATCH:
        raise BatchTooLarge([Problem("", "sync.batch_too_large")])
    sent = check(Delivery, read_body(request))
    moment = now()
    clock = clock_of(sent.device_time, now=moment)
    if sent.account is not None and sent.account != str(viewer.user_id):
        raise OtherAccount
    results = deliver_items(items=sent.items, clock=clock, actor=viewer, at=moment)
    _write_down_refused(results, viewer)
    told = [_delivered(result, request.path) for result in results]
    if sent.records:
        _add_records(told, results, viewer)
    return reply(
        told,
        {
            "server_time": iso(moment),
            "skew_seconds": clock.seconds,
            "skew_notable": clock.is_notable,
            "epoch": viewer.epoch,
            "configuration": viewer.configuration,
        },
    )


def add_quarantine(mounted: Router, kind: Kind) -> None:
    """Mount the answers of others that wait for the owners of records of a kind."""
    name = kind.name
    address = f"/{kind.plural}/{{{name}_id}}/quarantine"

    @mounted.get(address, summary="Answers of others that wait for the owner of a record")
    def list_quarantine(request: HttpRequest, text: str = key_of(name)) -> HttpResponse:
        """What somebody wrote into the record who no longer holds it; for its owner only."""
        viewer = viewer_of(request)
        record_id = read_id(text)
        found = find_quarantined(record_id, kind=name, viewer=viewer)
        note_sighting(
            viewer,
            road=f"{kind.plural}.quarantine",
            action="quarantine",
            record_kind=name,
            record_ids=[record_id] if record_id else [],
        )
        return reply(found)

    @mounted.post(address + "/{quarantine_id}/resolve", summary="Decide on answers in quarantine")
    def resolve_quarantine(request: HttpRequest, quarantine_id: str, text: str = key_of(name)) -> HttpResponse:
        """The owner takes the answers over into her record, or puts them aside."""
        viewer = viewer_of(request)
        held = get_own_record(read_id(text), name, viewer, "write")
        wanted = check(Resolve, read_body(request))
        changed = answer_quarantine(
            kind=name,
            record_id=held.id,
            quarantine_id=read_id(quarantine_id),
            resolution=wanted.resolution,
            fields=wanted.fields,
            actor=viewer,
            at=now(),
        )
        return reply({"id": quarantine_id, "resolution": wanted.resolution, "revision": changed.revision})


def _standing(cursor: str | None, viewer: Viewer) -> dict[str, Any]:
    return {"cursor": cursor, "epoch": viewer.epoch, "configuration": viewer.configuration}


def _ids(texts: Iterable[str], pointer: str) -> list[UUID]:
    found: list[UUID] = []
    wrong: list[Problem] = []
    for number, text in enumerate(texts):
        record = read_id(text)
        if record is None:
            wrong.append(Problem(f"{pointer}/{number}", "invalid_unique_id"))
        else:
            found.append(record)
    if wrong:
        raise BodyInvalid(wrong)
    return found


def _scope(asked: SyncScope) -> Scope:
    return Scope(own_open=asked.own_open, pinned=frozenset(_ids(asked.pinned, "/scope/pinned")))


def _kinds(asked: list[str]) -> tuple[str, ...]:
    unknown = [Problem("/kinds", "not_an_option", {"name": kind}) for kind in asked if kind not in known_kinds()]
    if unknown:
        raise BodyInvalid(unknown)
    return tuple(dict.fromkeys(asked))


def _only(kinds: Collection[str]) -> str:
    """The kind of record that was looked at, where it was one."""
    return next(iter(kinds)) if len(set(kinds)) == 1 else ""


def _add_records(told: list[dict[str, Any]], results: list[Delivered], viewer: Viewer) -> None:
    """Beside the last accepted item of each record, the record as it stands now."""
    last = {found.record: n for n, found in enumerate(results) if found.outcome == "accepted" and found.record}
    now_there = find_now(list(last), viewer=viewer, today=today(settings.ENVIRONMENT.time_zone))
    for record, current in now_there.items():
        told[last[record]]["current"] = current
    if now_there:
        ids, kind = list(now_there), _only([current["kind"] for current in now_there.values()])
        note_sighting(viewer, road="sync.deliver", action="sync", record_kind=kind, record_ids=ids, fields="all")


def _write_down_refused(results: list[Delivered], viewer: Viewer) -> None:
    """Whoever was refused a record, or an act, stands in the book of sightings, as on every other road."""
    for found in results:
        if found.refusal is not None and status_of(found.refusal)[0] in (403, 404):
            ids = [found.record] if found.record else []
            note_sighting(viewer, road="sync.deliver", action=found.refusal.code, record_ids=ids, outcome="refused")


def _delivered(found: Delivered, resource: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": found.id,
        "outcome": found.outcome,
        "record": str(found.record) if found.record else None,
        "replayed": found.replayed,
    } | found.told
    if found.refusal is not None:
        told["errors"] = errors_of(found.refusal, resource)
    elif found.outcome == "refused":
        unexpected = {"status": 500, "message": "Internal Server Error", "code": "unexpected", "params": {}}
        told["errors"] = [{"resource": resource} | unexpected]
    elif found.because:
        told["because"] = found.because
    return told


add_quarantine(router, CASE)
