"""The history of a record, and who has seen it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.keys import key_of
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.audit.actions import note_sighting
from cpims.cases.queries import Chapter, Story, find_story
from cpims.cases.rules.kind import CASE
from cpims.lib.clock import iso
from cpims.lib.ids import read_id
from cpims.lib.json import read_moment
from cpims.lib.sequences import read_number
from cpims.records.queries.history import HistoryPage, find_access_log, find_history
from cpims.records.queries.reading import get_record
from cpims.records.queries.setup import fields_by_form
from cpims.records.rules.kinds import Kind
from cpims.transitions.queries.transitions import transitions_known_to

router = Router(tags=["record history"])
ours = Router(tags=["record history"])
#: How much of a story one page tells, unless it is asked otherwise, and at most.
PER_STORY, MOST_STORY = 30, 100


def _listed(value: Any) -> list[str] | None:
    if value is None:
        return None
    return [str(part) for part in value] if isinstance(value, list) else str(value).split(",")


def _part(query: dict[str, Any], name: str) -> dict[str, Any]:
    part = query.get(name)
    return part if isinstance(part, dict) else {}


def add_history(mounted: Router, kind: Kind) -> None:
    """Mount what happened to records of a kind, and who has seen them."""
    known, plural = kind.name, kind.plural
    address = f"/{plural}/{{{known}_id}}"

    @mounted.get(address + "/record_history", summary="What happened to a record")
    def read_history(request: HttpRequest, text: str = key_of(known)) -> HttpResponse:
        """The changes of a record, newest first, by today's field rights."""
        viewer = viewer_of(request)
        require(viewer, known, "read")
        query = read_query(request)
        page = page_of(query)
        filters = _part(query, "filters")
        names = set(_listed(filters.get("field_names")) or [])
        forms = _listed(filters.get("form_unique_ids"))
        if forms is not None:
            asked = fields_by_form(viewer.configuration, known)
            names = names.union(*(asked.get(form, frozenset()) for form in forms))
        wanted = names if forms is not None or filters.get("field_names") is not None else None
        record_id = read_id(text)
        found = find_history(
            kind=known, record_id=record_id, viewer=viewer, names=wanted, offset=page.offset, per=page.per
        )
        note_sighting(
            viewer,
            road=f"{plural}.history",
            action="history",
            record_kind=known,
            record_ids=[record_id] if record_id else [],
        )
        return _paged(found, page.per, page.number)

    @mounted.get(address + "/access_log", summary="Who has seen a record")
    def read_access_log(request: HttpRequest, text: str = key_of(known)) -> HttpResponse:
        """Who has opened or changed a record, newest first."""
        viewer = viewer_of(request)
        require(viewer, known, "read")
        query = read_query(request)
        page = page_of(query)
        filters = _part(query, "filters")
        span = _part(filters, "timestamp")
        users = _listed(filters.get("access_users"))
        record_id = read_id(text)
        found = find_access_log(
            kind=known,
            record_id=record_id,
            viewer=viewer,
            actions=_listed(filters.get("actions")),
            users=[int(u) for u in users if u.isascii() and u.isdigit()] if users is not None else None,
            start=read_moment(span.get("from")),
            stop=read_moment(span.get("to")),
            offset=page.offset,
            per=page.per,
        )
        note_sighting(
            viewer,
            road=f"{plural}.access_log",
            action="access_log",
            record_kind=known,
            record_ids=[record_id] if record_id else [],
        )
        return _paged(found, page.per, page.number)


@ours.get("/cases/{case_id}/timeline", summary="The story of a case")
def read_timeline(request: HttpRequest, case_id: str) -> HttpResponse:
    """What happened to a case in the words of the work, newest first; ``before`` is where the page before it ended."""
    viewer = viewer_of(request)
    require(viewer, CASE.name, "read")
    require(viewer, CASE.name, "change_log")
    query = read_query(request)
    before = query.get("before")
    case = get_record(kind=CASE.name, record_id=read_id(case_id), viewer=viewer)
    story = find_story(
        case,
        viewer=viewer,
        shared=transitions_known_to(viewer, case),
        before=read_number(before) if isinstance(before, str) else None,
        per=page_of(query, per=PER_STORY, cap=MOST_STORY).per,
    )
    note_sighting(viewer, road="cases.timeline", action="history", record_kind=CASE.name, record_ids=[case.id])
    return reply([_told(chapter, story) for chapter in story.chapters], {"next": story.next})


def _told(chapter: Chapter, story: Story) -> dict[str, Any]:
    happening, told = chapter.happening, chapter.told
    shown: dict[str, Any] = {
        "what": told.what,
        "at": iso(happening.happened_at),
        "user_name": happening.actor_name,
        "full_name": chapter.full_name or None,
        "on": told.on,
        "question": told.question,
        "value": told.value,
        "before": told.before,
        "why": told.why,
        "person": story.people.get(told.person or "") or told.person,
        "names": list(told.names) or None,
        "count": told.count or None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _paged(found: HistoryPage, per: int, number: int) -> HttpResponse:
    return reply(found.entries, {"total": found.total, "per": per, "page": number})


add_history(router, CASE)
