"""The configuration as a whole: its hash, its versions, and what differs."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.http.query import Page, page_of, read_query
from cpims.api.http.reply import raw, reply
from cpims.api.shapes.configuration_versions import DocumentSent, Publication
from cpims.configuration.actions import publish_version
from cpims.configuration.formats.canonical import checked_document
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries.versions import (
    Compared,
    compared,
    compared_with,
    content_of,
    find_versions,
    get_version,
    standing_of,
)
from cpims.configuration.rules.differing import Change, Named
from cpims.configuration.rules.telling import called
from cpims.configuration.rules.telling import told as said
from cpims.lib.clock import iso, now
from cpims.lib.sequences import read_number

ours = Router(tags=["configurations"])
#: How many changes a page of a comparison holds.
USUAL_PAGE: Final = 200


@ours.get("/configuration/current")
def show_current(request: HttpRequest) -> HttpResponse:
    """How the configuration stands now, and whether it is as the newest version says."""
    standing = standing_of(viewer_of(request))
    newest = version_json(standing.newest) if standing.newest else None
    return reply({"hash": standing.hash, "changed": standing.changed, "newest": newest, "counts": standing.counts})


@ours.get("/configuration/versions")
def list_versions(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first."""
    page = page_of(read_query(request))
    rows, total = find_versions(viewer_of(request), offset=page.offset, length=page.per)
    return reply([version_json(row) for row in rows], {"total": total, "per": page.per, "page": page.number})


@ours.post("/configuration/versions")
def publish(request: HttpRequest) -> HttpResponse:
    """What is configured now becomes a version."""
    viewer = steward(request)
    asked = check(Publication, read_body(request))
    return reply(version_json(publish_version(reason=asked.reason, actor=viewer, at=now())))


@ours.get("/configuration/versions/{version_number}")
def show_version(request: HttpRequest, version_number: str) -> HttpResponse:
    """One version."""
    return reply(version_json(get_version(viewer_of(request), read_number(version_number))))


@ours.get("/configuration/versions/{version_number}/document")
def show_document(request: HttpRequest, version_number: str) -> HttpResponse:
    """The document of a version, byte for byte; its hash is the sha-256 of these bytes."""
    return raw(content_of(get_version(viewer_of(request), read_number(version_number))))


@ours.get("/configuration/diff")
def show_changes(request: HttpRequest) -> HttpResponse:
    """What differs between two versions; one that is not named is the configuration that holds now."""
    viewer, query = viewer_of(request), read_query(request)
    before, after = side(query.get("before")), side(query.get("after"))
    found = compared(viewer, before=before, after=after)
    return _changes(found, query, viewer)


@ours.post("/configuration/diff")
def compare_document(request: HttpRequest) -> HttpResponse:
    """What would differ here if this instance were configured as the document says."""
    viewer = steward(request)
    asked = check(DocumentSent, read_body(request))
    return _changes(compared_with(viewer, checked_document(asked.document)), read_query(request), viewer)


def steward(request: HttpRequest) -> Viewer:
    """Who may manage configurations, asked before a body is read.

    Raises: Forbidden.
    """
    viewer = viewer_of(request)
    require(viewer, "primero_configuration", "manage")
    return viewer


def side(text: Any) -> int | None:
    """The number of a version in a query; nothing or ``now`` is what holds now. Other words name no version."""
    if text in (None, "", "now"):
        return None
    number = read_number(text) if isinstance(text, str) else None
    return -1 if number is None else number


def _changes(found: Compared, query: dict[str, Any], viewer: Viewer) -> HttpResponse:
    asked = query.get("locale")
    locale = asked if isinstance(asked, str) and asked else viewer.locale
    page: Page = page_of(query, per=USUAL_PAGE)
    shown = found.changes[page.offset : page.offset + page.per]
    metadata = {"total": len(found.changes), "per": page.per, "page": page.number}
    return reply(
        [change_json(change, locale) for change in shown], metadata | {"before": found.before, "after": found.after}
    )


def change_json(change: Change, locale: str) -> dict[str, Any]:
    """One change with its sentence."""

    def thing(named: Named | None) -> dict[str, str] | None:
        return {"id": named.id, "name": called(named, locale)} if named else None

    return {
        "kind": change.kind,
        "action": change.action,
        "thing": thing(change.thing),
        "within": thing(change.within),
        "form": thing(change.form),
        "property": change.property or None,
        "before": change.before,
        "after": change.after,
        "sentence": said(change, locale),
    }


def version_json(version: ConfigurationVersion) -> dict[str, Any]:
    """A version as we show it."""
    return {
        "id": str(version.id),
        "number": version.number,
        "hash": version.document_id,
        "configuration": version.configuration,
        "at": iso(version.at),
        "by": version.by,
        "cause": version.cause,
        "reason": version.reason,
        "name": version.name,
        "version": version.version,
        "put_away_at": iso(version.put_away_at) if version.put_away_at else None,
    }
