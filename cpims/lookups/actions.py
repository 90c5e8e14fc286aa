"""Making, changing and putting away option lists."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record, record_many
from cpims.audit.events import Event, differences
from cpims.lib.errors import Problem
from cpims.lib.ids import slug
from cpims.lib.sequences import HIGHEST, read_number, step_over
from cpims.lib.transactions import atomic
from cpims.lookups.events import LookupChanged, LookupCreated, LookupRetired
from cpims.lookups.models import Lookup
from cpims.lookups.rules import (
    LookupExists,
    LookupInvalid,
    LookupLocked,
    LookupNotFound,
    keeps_options,
    lookup_problems,
    merged_text,
    merged_values,
    whole_problems,
)
from cpims.settings.actions import hold_configuration, raise_configuration


@atomic
def create_lookup(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Lookup:
    """An administrator makes a new option list.

    Raises: Forbidden, LookupInvalid, LookupExists.
    Records: LookupCreated.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    problems = lookup_problems(values)
    if not problems:
        problems = whole_problems(values.get("name") or {}, values.get("values") or [])
    if problems:
        raise LookupInvalid(problems)
    number = values.get("id")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= HIGHEST):
        raise LookupInvalid([Problem("/id", "lookup.id")])
    name = merged_text({}, values["name"])
    unique_id = values.get("unique_id") or f"lookup-{slug(name['en'])}-{secrets.token_hex(4)[:7]}"
    if Lookup.objects.filter(unique_id=unique_id).exists() or (number and Lookup.objects.filter(pk=number).exists()):
        raise LookupExists(unique_id=unique_id)
    lookup = Lookup(
        unique_id=unique_id,
        name=name,
        values=merged_values([], values.get("values") or [], whole=False),
        created_at=at,
        updated_at=at,
    )
    if number:
        lookup.pk = number
        step_over("lookups", number)
    lookup.save(force_insert=True)
    raise_configuration()
    record(LookupCreated(subject=_subject(lookup), changes=differences({}, _said(lookup))), actor=actor, at=at)
    return lookup


@atomic
def change_lookup(*, lookup_id: str, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Lookup:
    """An administrator changes an option list: what was sent is laid over what is stored; no option is ever lost.

    Raises: Forbidden, LookupNotFound, LookupInvalid, LookupLocked.
    Records: LookupChanged.
    """
    require(actor, "metadata", "manage", "manage_restricted")
    hold_configuration(actor)
    lookup = _held(lookup_id)
    problems = lookup_problems(values)
    if problems:
        raise LookupInvalid(problems)
    before = _said(lookup)
    lookup.name = merged_text(lookup.name, values.get("name") or {})
    if values.get("values") is not None:
        lookup.values = merged_values(lookup.values, values["values"], whole=False)
    problems = whole_problems(lookup.name, lookup.values)
    if problems:
        raise LookupInvalid(problems)
    if lookup.locked and not keeps_options(before["values"], lookup.values):
        raise LookupLocked(unique_id=lookup.unique_id)
    changes = differences(before, _said(lookup))
    if changes:
        lookup.updated_at = at
        lookup.save()
        raise_configuration()
        record(LookupChanged(subject=_subject(lookup), changes=changes), actor=actor, at=at)
    return lookup


@atomic
def put_away_lookup(*, lookup_id: str, actor: Viewer, at: datetime) -> Lookup:
    """An administrator puts an option list away; whoever calls has made sure that nothing uses it.

    Raises: Forbidden, LookupNotFound, LookupLocked.
    Records: LookupRetired.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    lookup = _held(lookup_id)
    if lookup.locked:
        raise LookupLocked(unique_id=lookup.unique_id)
    lookup.retired_at = lookup.updated_at = at
    lookup.save(update_fields=["retired_at", "updated_at"])
    raise_configuration()
    record(LookupRetired(subject=_subject(lookup), changes={"retired_at": (None, at)}), actor=actor, at=at)
    return lookup


@atomic
def put_lookups(*, lookups: Sequence[Mapping[str, Any]], actor: Viewer | None, at: datetime) -> dict[str, Lookup]:
    """Make or change many option lists at once, each given whole by its ``unique_id``; giving them twice changes nothing.

    Without an actor a pack is being loaded. Options that are no longer in a list stay, disabled.
    Raises: Forbidden, LookupInvalid.
    Records: LookupCreated, LookupChanged (one for each list that changed).
    """
    if actor is not None:
        require(actor, "metadata", "manage")
    hold_configuration(actor)
    found, events = write_lookups(lookups, actor=actor, at=at, whole=True)
    if events:
        raise_configuration()
    return found


def write_lookups(
    lookups: Sequence[Mapping[str, Any]], *, actor: Viewer | None, at: datetime, whole: bool, exact: bool = False
) -> tuple[dict[str, Lookup], list[Event]]:
    """Write option lists for an action that holds the configuration and raises it itself.

    ``exact``: they are afterwards as they were given and not otherwise.
    Raises: LookupInvalid.
    """
    problems: list[Problem] = []
    for place, given in enumerate(lookups):
        wrong = lookup_problems(given, f"/{place}")
        if not given.get("unique_id"):
            wrong.append(Problem(f"/{place}/unique_id", "lookup.unique_id_format"))
        if given.get("unique_id") in {other.get("unique_id") for other in lookups[:place]}:
            wrong.append(Problem(f"/{place}/unique_id", "lookup.twice", {"unique_id": given["unique_id"]}))
        problems += wrong or whole_problems(given.get("name") or {}, given.get("values") or [], f"/{place}")
    if problems:
        raise LookupInvalid(problems)
    named = [given["unique_id"] for given in lookups]
    stored = {
        row.unique_id: row for row in Lookup.objects.filter(unique_id__in=named).select_for_update().order_by("id")
    }
    fresh: list[Lookup] = []
    changed: list[Lookup] = []
    events: list[Event] = []
    for given in lookups:
        lookup = stored.get(given["unique_id"])
        before = _said(lookup) if lookup else {}
        if lookup is None:
            lookup = Lookup(unique_id=given["unique_id"], created_at=at)
            stored[lookup.unique_id] = lookup
            fresh.append(lookup)
        elif lookup not in fresh:
            changed.append(lookup)
        lookup.name = merged_text({} if exact else lookup.name, given["name"])
        lookup.values = merged_values(lookup.values, given.get("values") or [], whole=whole, exact=exact)
        lookup.locked = bool(given.get("locked", False if exact else lookup.locked))
        lookup.retired_at = None
        changes = differences(before, _said(lookup))
        if not changes:
            changed.remove(lookup)
            continue
        lookup.updated_at = at
        kind = LookupChanged if before else LookupCreated
        events.append(kind(subject=_subject(lookup), changes=changes))
    Lookup.objects.bulk_create(fresh)
    Lookup.objects.bulk_update(changed, ["name", "values", "locked", "retired_at", "updated_at"], batch_size=100)
    record_many([(event, actor, at) for event in events], {})
    return {name: stored[name] for name in named}, events


def write_lookups_away(unique_ids: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Put option lists away for an action that holds the configuration, raises it, and has put away what uses them.

    Records: LookupRetired.
    """
    rows = list(Lookup.objects.select_for_update().filter(unique_id__in=unique_ids, retired_at__isnull=True))
    Lookup.objects.filter(pk__in=[row.pk for row in rows]).update(retired_at=at, updated_at=at)
    events = [LookupRetired(subject=_subject(row), changes={"retired_at": (None, at)}) for row in rows]
    record_many([(event, actor, at) for event in events], {})


def _held(lookup_id: str) -> Lookup:
    rows = Lookup.objects.select_for_update().filter(retired_at__isnull=True)
    number = read_number(lookup_id)
    found = rows.filter(pk=number).first() if number else None
    if found is None:
        raise LookupNotFound
    return found


def _subject(lookup: Lookup) -> str:
    return f"lookup:{lookup.unique_id}"


def _said(lookup: Lookup) -> dict[str, Any]:
    return {
        "unique_id": lookup.unique_id,
        "name": dict(lookup.name),
        "values": [dict(option) for option in lookup.values],
        "locked": lookup.locked,
        "retired_at": lookup.retired_at,
    }
