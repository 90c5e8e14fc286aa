"""Flags: on one record, and on every record in sight."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_data
from cpims.api.http.keys import key_of, many
from cpims.api.http.prefer import once, prefers
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.audit.actions import note_sighting
from cpims.cases.rules.kind import CASE
from cpims.flags.actions import Flagged, amend_flag, raise_flag, resolve_flag
from cpims.flags.queries import find_all_flags, find_flags, flag_json
from cpims.flags.rules import read_wish
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.queries.reading import get_record, record_ids, served
from cpims.records.rules.kinds import KINDS, Kind

router = Router(tags=["flags"])


@router.get("/flags", summary="Flags on the records in sight")
def list_all_flags(request: HttpRequest) -> HttpResponse:
    """Kind by kind, the latest day first; ``active_only`` and ``flagged_by_me`` narrow."""
    viewer = viewer_of(request)
    query = read_query(request)
    page = page_of(query)
    asked = set(many(query.get("record_type")))
    kinds = [kind.name for kind in KINDS.values() if not asked or kind.plural in asked]
    paged = "per" in query or "page" in query
    flags, total = find_all_flags(
        viewer=viewer,
        kinds=kinds,
        open_only=query.get("active_only") == "true",
        mine=query.get("flagged_by_me") == "true",
        offset=page.offset if paged else 0,
        per=page.per if paged else None,
    )
    seen = record_ids({flag.record_id: flag.record for flag in flags}.values())
    note_sighting(
        viewer, road="flags.list", action="list", record_kind=kinds[0] if len(kinds) == 1 else "", record_ids=seen
    )
    metadata = {"total": total, "per": page.per if paged else None, "page": page.number if paged else None}
    day = _today()
    return reply([flag_json(flag, flag.record, viewer, today=day) for flag in flags], metadata)


def add_flags(mounted: Router, kind: Kind) -> None:
    """Mount the flags on records of a kind."""
    name, plural = kind.name, kind.plural
    address = f"/{plural}/{{{name}_id}}/flags"

    @mounted.get(address, summary="Flags on a record")
    def list_flags(request: HttpRequest, record_id: str = key_of(name)) -> HttpResponse:
        """Every flag of a record, resolved ones too."""
        viewer = viewer_of(request)
        record, flags = find_flags(kind=name, record_id=read_id(record_id), viewer=viewer)
        note_sighting(viewer, road=f"{plural}.flags", action="show", record_kind=name, record_ids=[record.id])
        day = _today()
        return reply([flag_json(flag, record, viewer, today=day) for flag in flags])

    @mounted.post(address, summary="Flag a record")
    def add_flag(request: HttpRequest, record_id: str = key_of(name)) -> HttpResponse:
        """Ask that a record be looked at."""
        viewer = viewer_of(request)
        require(viewer, name, "flag")
        known = get_record(kind=name, record_id=read_id(record_id), viewer=viewer).id

        def act() -> HttpResponse:
            wish, unknown = read_wish(read_data(request), new=True)
            ignored = _ignored(request, unknown)
            return _done(viewer, raise_flag(kind=name, record_id=known, wish=wish, actor=viewer, at=now()), ignored)

        return once(request, viewer, act)

    @mounted.api_operation(["PATCH", "PUT"], address + "/{flag_id}", summary="Change or resolve a flag")
    def change_flag(request: HttpRequest, flag_id: str, record_id: str = key_of(name)) -> HttpResponse:
        """With ``unflag_message`` it is resolved; otherwise what it says is changed."""
        viewer = viewer_of(request)
        require(viewer, name, "flag", "resolve_any_flag")
        known = get_record(kind=name, record_id=read_id(record_id), viewer=viewer).id
        return once(request, viewer, lambda: _change(request, viewer, name, known, flag_id))


def _change(request: HttpRequest, viewer: Viewer, kind: str, record_id: UUID, flag_id: str) -> HttpResponse:
    wish, unknown = read_wish(read_data(request), new=False)
    ignored = _ignored(request, unknown)
    number = int(flag_id) if flag_id.isascii() and flag_id.isdigit() and len(flag_id) < 19 else None
    if wish.unflag_message is not None:
        done = resolve_flag(
            kind=kind, record_id=record_id, flag_id=number, message=wish.unflag_message, actor=viewer, at=now()
        )
    else:
        done = amend_flag(kind=kind, record_id=record_id, flag_id=number, wish=wish, actor=viewer, at=now())
    return _done(viewer, done, ignored)


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)


def _ignored(request: HttpRequest, unknown: list[Problem]) -> list[dict[str, Any]]:
    if unknown and prefers(request, "handling=strict"):
        raise BodyInvalid(unknown)
    return [{"pointer": p.pointer, "code": p.code} for p in unknown]


def _done(viewer: Viewer, outcome: Flagged, ignored: list[dict[str, Any]]) -> HttpResponse:
    assert outcome.flag is not None
    day = _today()
    told = flag_json(outcome.flag, outcome.record, viewer, today=day)
    told["record"] = served(outcome.record, viewer, today=day, names=("flag_count", "flagged"))
    return reply(told, {"ignored": ignored} if ignored else None)


add_flags(router, CASE)
