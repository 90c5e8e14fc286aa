"""Places one by one and many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record_many
from cpims.audit.events import Event, differences
from cpims.lib.copying import copy_in
from cpims.lib.errors import Problem
from cpims.lib.json import dumps
from cpims.lib.sequences import HIGHEST, read_number, step_over
from cpims.lib.transactions import atomic
from cpims.locations.events import LocationChanged, LocationCreated
from cpims.locations.models import Location
from cpims.locations.rules import (
    LocationExists,
    LocationInvalid,
    LocationNotFound,
    full_name,
    location_problems,
    placed,
    type_at,
)
from cpims.settings.actions import hold_configuration, raise_configuration
from cpims.settings.models import Instance

Given = Mapping[str, Any]
PART = 10_000


@atomic
def create_location(*, values: Given, actor: Viewer, at: datetime) -> Location:
    """An administrator adds a place below another one (or a country).

    Raises: Forbidden, LocationInvalid, LocationExists.
    Records: LocationCreated.
    """
    require(actor, "metadata", "manage")
    instance = hold_configuration(actor)
    problems = location_problems(values)
    number = values.get("id")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= HIGHEST):
        problems.append(Problem("/id", "location.id"))
    if problems:
        raise LocationInvalid(problems)
    if number and Location.objects.filter(pk=number).exists():
        raise LocationExists(id=number)
    if Location.objects.filter(code=values["code"]).exists():
        raise LocationInvalid(
            [Problem("/code", "location.code_taken", {"primero": "errors.models.location.unique_location_code"})]
        )
    try:
        found, _ = write_locations([values], instance=instance, actor=actor, at=at, number=number)
    except LocationInvalid as refusal:
        raise LocationInvalid(
            [Problem(p.pointer.removeprefix("/0"), p.code, p.params) for p in refusal.problems]
        ) from None
    raise_configuration()
    return found[values["code"]]


@atomic
def change_location(*, location_id: str, values: Given, actor: Viewer, at: datetime) -> Location:
    """An administrator renames a place, or says what kind it is, or switches it on or off; places below follow.

    Raises: Forbidden, LocationNotFound, LocationInvalid.
    Records: LocationChanged.
    """
    require(actor, "metadata", "manage")
    instance = hold_configuration(actor)
    location = _held(location_id)
    problems = location_problems(values, new=False)
    if problems:
        raise LocationInvalid(problems)
    found, events = write_locations([_change(location, values)], instance=instance, actor=actor, at=at)
    if events:
        raise_configuration()
    return found[location.code]


@atomic
def change_locations(*, changes: Sequence[Given], actor: Viewer, at: datetime) -> list[Location]:
    """An administrator changes many places at once: all of them, or none when anything is wrong.

    Raises: Forbidden, LocationInvalid.
    Records: LocationChanged (one for each place that changed).
    """
    require(actor, "metadata", "manage")
    instance = hold_configuration(actor)
    wanted = [change.get("id") for change in changes]
    numbers = [n for n in wanted if isinstance(n, int) and not isinstance(n, bool) and 0 < n <= HIGHEST]
    stored = {row.pk: row for row in Location.objects.filter(pk__in=numbers)}
    problems: list[Problem] = []
    for place, change in enumerate(changes):
        if change.get("id") not in stored or isinstance(change.get("id"), bool):
            problems.append(Problem(f"/{place}/id", "location.not_found"))
        elif wanted.index(change["id"]) != place:
            problems.append(Problem(f"/{place}/id", "location.twice", {"code": stored[change["id"]].code}))
        problems += location_problems(change, f"/{place}", new=False)
    if problems:
        raise LocationInvalid(problems)
    given = [_change(stored[change["id"]], change) for change in changes]
    found, events = write_locations(given, instance=instance, actor=actor, at=at)
    if events:
        raise_configuration()
    return [found[values["code"]] for values in given]


@atomic
def disable_location(*, location_id: str, actor: Viewer, at: datetime) -> Location:
    """An administrator takes a place out of use. It stays, for children's answers name it (Primero deletes it).

    Raises: Forbidden, LocationNotFound.
    Records: LocationChanged.
    """
    require(actor, "metadata", "manage")
    return change_location(location_id=location_id, values={"disabled": True}, actor=actor, at=at)


@atomic
def put_locations(*, locations: Sequence[Given], actor: Viewer | None, at: datetime) -> dict[str, Location]:
    """Add or change many places at once, each by its ``code``; giving them twice changes nothing.

    Without an actor a pack is being loaded. Places that are not named stay as they are.
    Raises: Forbidden, LocationInvalid.
    Records: LocationCreated, LocationChanged (one for each place that changed).
    """
    if actor is not None:
        require(actor, "metadata", "manage")
    instance = hold_configuration(actor)
    problems = [p for place, given in enumerate(locations) for p in location_problems(given, f"/{place}")]
    if problems:
        raise LocationInvalid(problems)
    found, events = write_locations(locations, instance=instance, actor=actor, at=at)
    if events:
        raise_configuration()
    return found


def write_locations(
    given: Sequence[Given],
    *,
    instance: Instance,
    actor: Viewer | None,
    at: datetime,
    number: int | None = None,
    exact: bool = False,
) -> tuple[dict[str, Location], list[Event]]:
    """Write places for an action that holds the configuration and raises it itself; names below follow.

    ``exact``: they are afterwards as they were given and not otherwise.
    Raises: LocationInvalid.
    """
    known = known_paths(given)
    paths, problems = placed(given, known)
    if problems:
        raise LocationInvalid(problems)
    codes = {code for path in paths.values() for code in path}
    rows = {row.code: row for row in _stored(codes)}
    levels = (instance.data.get("reporting_location_config") or {}).get("admin_level_map")
    fresh: dict[str, Location] = {}
    before: dict[str, dict[str, Any]] = {}
    for values in given:
        code = values["code"]
        row = rows.get(code)
        if row is None:
            path = paths[code]
            row = Location(code=code, hierarchy=path, admin_level=len(path) - 1, created_at=at, updated_at=at)
            row.type = type_at(row.admin_level, levels)
            rows[code] = fresh[code] = row
        before[code] = {} if code in fresh else _said(row)
        if exact:
            row.type, row.placename, row.disabled, row.retired_at = "", {}, False, None
        _lay_over(row, values)
    renamed = [code for code, was in before.items() if was and was["placename"] != rows[code].placename]
    if renamed:
        below = Location.objects.select_for_update().filter(hierarchy__overlap=renamed).order_by("id")
        rows |= {row.code: row for row in below if row.code not in rows}
        missing = {code for row in rows.values() for code in row.hierarchy} - set(rows)
        rows |= {row.code: row for row in _stored(missing)}
    changed: list[Location] = []
    for row in rows.values():
        name = full_name(rows[code].placename for code in row.hierarchy)
        touched = name != row.name or (row.code in before and before[row.code] != _said(row))
        if touched and row.code not in fresh:
            row.updated_at = at
            changed.append(row)
        row.name = name
    if number and fresh:
        next(iter(fresh.values())).pk = number
        step_over("locations", number)
    _store_fresh(fresh)
    own = [row for row in changed if row.code in before]
    _store_own(own, at=at)
    _store_names([row for row in changed if row.code not in before], at=at)
    events: list[Event] = []
    for code, was in before.items():
        differs = differences(was, _said(rows[code]))
        if differs:
            kind = LocationCreated if code in fresh else LocationChanged
            events.append(kind(subject=f"location:{code}", changes=differs))
    record_many([(event, actor, at) for event in events], {})
    return {values["code"]: rows[values["code"]] for values in given}, events


def write_locations_away(codes: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Put places away, switched off, for an action that holds the configuration and raises it itself.

    Records: LocationChanged (one for each place).
    """
    rows = _stored(set(codes))
    for start in range(0, len(rows), PART):
        part = [row.pk for row in rows[start : start + PART]]
        Location.objects.filter(pk__in=part).update(disabled=True, retired_at=at, updated_at=at)
    events = []
    for row in rows:
        changes = differences(_said(row), _said(row) | {"disabled": True, "retired_at": at})
        events.append(LocationChanged(subject=f"location:{row.code}", changes=changes))
    record_many([(event, actor, at) for event in events], {})


def _store_fresh(fresh: Mapping[str, Location]) -> None:
    """Store new places and give each its number."""
    copy_in(list(fresh.values()))
    unnumbered = [code for code, row in fresh.items() if row.pk is None]
    for start in range(0, len(unnumbered), PART):
        part = unnumbered[start : start + PART]
        for code, number in Location.objects.filter(code__in=part).values_list("code", "pk"):
            fresh[code].pk = number


def known_paths(given: Sequence[Given]) -> dict[str, list[str]]:
    """The paths of those places, and of their parents, that are stored already."""
    codes = {values["code"] for values in given} | {values.get("parent_code") for values in given}
    return {row.code: row.hierarchy for row in _stored({code for code in codes if code})}


def _store_own(rows: Sequence[Location], *, at: datetime) -> None:
    """Store what was said of places that stand already, in one statement."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE locations AS l SET type = n.type, placename = n.placename::jsonb, name = n.name::jsonb, "
            "disabled = n.disabled, retired_at = n.retired_at, updated_at = %s "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::timestamptz[]) "
            "AS n(id, type, placename, name, disabled, retired_at) WHERE l.id = n.id",
            [
                at,
                [row.pk for row in rows],
                [row.type for row in rows],
                [dumps(row.placename).decode() for row in rows],
                [dumps(row.name).decode() for row in rows],
                [row.disabled for row in rows],
                [row.retired_at for row in rows],
            ],
        )


def _store_names(rows: Sequence[Location], *, at: datetime) -> None:
    """Store the names that follow from a place above: one statement, for a country has tens of thousands of places."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE locations AS l SET name = n.name::jsonb, updated_at = %s "
            "FROM unnest(%s::bigint[], %s::text[]) AS n(id, name) WHERE l.id = n.id",
            [at, [row.pk for row in rows], [dumps(row.name).decode() for row in rows]],
        )


def _stored(codes: set[str]) -> list[Location]:
    """The stored ones of these places, held; asked in parts, for a statement takes only so many values."""
    wanted = sorted(codes)
    rows: list[Location] = []
    for start in range(0, len(wanted), PART):
        part = wanted[start : start + PART]
        rows += Location.objects.select_for_update().filter(code__in=part).order_by("id")
    return rows


def _lay_over(row: Location, values: Given) -> None:
    if values.get("type"):
        row.type = values["type"]
    if values.get("disabled") is not None:
        row.disabled = values["disabled"]
    sent = {locale: (text or "").strip() for locale, text in (values.get("placename") or {}).items()}
    row.placename = {**row.placename, **sent}


def _change(location: Location, values: Given) -> dict[str, Any]:
    kept = {key: values[key] for key in ("type", "disabled", "placename") if key in values}
    return {"code": location.code, **kept}


def _held(location_id: str) -> Location:
    number = read_number(location_id)
    found = Location.objects.select_for_update().filter(pk=number).first() if number else None
    if found is None:
        raise LocationNotFound
    return found


def _said(row: Location) -> dict[str, Any]:
    return {
        "code": row.code,
        "type": row.type,
        "hierarchy": list(row.hierarchy),
        "placename": dict(row.placename),
        "disabled": row.disabled,
        "retired_at": row.retired_at,
    }
