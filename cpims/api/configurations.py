"""Primero's list of configurations: versions under a name, bundles that were sent here, and making one of them hold."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.configuration_versions import steward
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.keys import sift, told
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.configuration.actions import apply_version, keep_bundle, publish_snapshot, put_version_away
from cpims.configuration.queries.versions import find_listed, get_listed
from cpims.configuration.rules.versions import PromoteNotPaired
from cpims.forms.queries.bootstrap import program_version
from cpims.lib.clock import iso, now
from cpims.lib.ids import read_id

router = Router(tags=["configurations"])
NAMED: Final = ("name", "description", "version")
#: What may be sent; which program a bundle comes from decides nothing here.
KEYS: Final = (*NAMED, "primero_version", "data")


@router.get("/configurations")
def list_configurations(request: HttpRequest) -> HttpResponse:
    """The versions as Primero lists configurations, the newest first."""
    query = read_query(request)
    page, key = page_of(query), query.get("order_by")
    rows, total = find_listed(
        viewer_of(request),
        offset=page.offset,
        length=page.per,
        order_by=key if isinstance(key, str) else "",
        descending=query.get("order", "desc") != "asc",
    )
    return reply([configuration_json(row) for row in rows], {"total": total, "per": page.per, "page": page.number})


@router.post("/configurations")
def keep_configuration(request: HttpRequest) -> HttpResponse:
    """What is configured now is kept under a name, or what is sent along; that holds only once it is applied."""
    viewer = steward(request)
    data = read_data(request)
    bundle, moment = data.get("data"), now()
    values, ignored = sift(request, data, KEYS, {}, others="configuration.key_unknown")
    named = {key: value for key, value in values.items() if key in NAMED}
    kept = (
        publish_snapshot(values=named, actor=viewer, at=moment)
        if bundle is None
        else keep_bundle(values=named, bundle=bundle, actor=viewer, at=moment)
    )
    return reply(configuration_json(get_listed(viewer, kept.id)), told(ignored))


@router.get("/configurations/{configuration_id}")
def show_configuration(request: HttpRequest, configuration_id: str) -> HttpResponse:
    """One configuration of the list; what it holds is never told here, as in Primero."""
    return reply(configuration_json(get_listed(viewer_of(request), read_id(configuration_id))))


@router.patch("/configurations/{configuration_id}")
def use_configuration(request: HttpRequest, configuration_id: str) -> HttpResponse:
    """A configuration of the list is made to hold, at once and in one piece; nobody is locked out meanwhile."""
    viewer = steward(request)
    version = get_listed(viewer, read_id(configuration_id))
    values, ignored = sift(
        request, read_data(request), ("apply_now", "promote"), {}, others="configuration.key_unknown"
    )
    if values.get("promote") is True:
        raise PromoteNotPaired
    if values.get("apply_now") is True:
        apply_version(version_id=version.id, actor=viewer, at=now())
        version = get_listed(viewer, version.id)
    return reply(configuration_json(version), told(ignored))


@router.delete("/configurations/{configuration_id}")
def drop_configuration(request: HttpRequest, configuration_id: str) -> HttpResponse:
    """A configuration is taken off the list; the history of versions keeps it."""
    viewer = steward(request)
    version = get_listed(viewer, read_id(configuration_id))
    put_version_away(version_id=version.id, actor=viewer, at=now())
    return reply(configuration_json(version))


def configuration_json(version: Any) -> dict[str, Any]:
    """A version of the list as Primero shows a configuration."""
    return {
        "id": str(version.id),
        "name": version.name or version.version,
        "description": version.reason,
        "version": version.version,
        "primero_version": program_version(),
        "created_on": iso(version.at),
        "created_by": version.by,
        "applied_on": iso(version.applied_on) if version.applied_on else None,
        "applied_by": version.applied_by,
        "can_apply": True,
    }
