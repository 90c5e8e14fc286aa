"""Keeping the filters of a list under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.events import SearchDropped, SearchSaved
from cpims.records.models import SavedSearch
from cpims.records.queries.saved import unusable
from cpims.records.queries.setup import setup_of
from cpims.records.rules.saved import (
    MOST_SEARCHES,
    OUR_KEYS,
    SearchInvalid,
    SearchNotFound,
    asked_by,
    kind_of,
    names_a_person,
    search_problems,
    sharing_problems,
)


@atomic
def save_search(
    *, values: Mapping[str, Any], actor: Viewer, today: date, at: datetime, search_id: int | None = None
) -> SavedSearch:
    """A worker keeps the filters of a list under a name, for herself or for her team, or changes what she kept.

    Only filters that she may use are kept. What is shared names no child: no name, code, number or words.
    Raises: Forbidden, SearchNotFound, SearchInvalid.
    Records: SearchSaved.
    """
    User.objects.select_for_update().only("pk").get(pk=actor.user_id)
    search = SavedSearch(user_id=actor.user_id, created_at=at)
    if search_id is not None:
        search = _held(search_id, actor)
    before = {} if search_id is None else _said(search)
    wanted = {key: getattr(search, key) for key in OUR_KEYS} | {k: values[k] for k in OUR_KEYS if k in values}
    problems = search_problems(wanted)
    if problems:
        raise SearchInvalid(problems)
    kind = kind_of(wanted["record_type"])
    assert kind is not None
    require(actor, kind.name, "read")
    problems = [
        Problem("/filters", "saved_search.filter", {"name": name})
        for name in unusable(wanted["filters"], kind=kind, viewer=actor, today=today)
    ]
    problems += sharing_problems(wanted, actor)
    fields = setup_of(actor.configuration, kind.name).fields
    if wanted["shared_groups"] or wanted["shared_roles"]:
        problems += [
            Problem("/filters", "saved_search.names_a_person", {"name": name})
            for name, _ in asked_by(wanted["filters"])
            if names_a_person(name, kind, fields)
        ]
    if search_id is None and SavedSearch.objects.filter(user_id=actor.user_id).count() >= MOST_SEARCHES:
        problems.append(Problem("", "saved_search.too_many", {"most": MOST_SEARCHES}))
    if problems:
        raise SearchInvalid(problems)
    for key, value in wanted.items():
        setattr(search, key, value.strip() if key == "name" else value)
    search.updated_at = at
    search.save()
    changes = differences(before, _said(search))
    if changes:
        record(SearchSaved(subject=f"saved_search:{search.pk}", changes=changes), actor=actor, at=at)
    return search


@atomic
def drop_search(*, search_id: int, actor: Viewer, at: datetime) -> int:
    """A worker drops a saved search of hers.

    Raises: SearchNotFound.
    Records: SearchDropped.
    """
    search = _held(search_id, actor)
    record(
        SearchDropped(subject=f"saved_search:{search.pk}", changes=differences(_said(search), {})), actor=actor, at=at
    )
    search.delete()
    return search_id


def _held(search_id: int, actor: Viewer) -> SavedSearch:
    found = SavedSearch.objects.select_for_update().filter(pk=search_id, user_id=actor.user_id).first()
    if found is None:
        raise SearchNotFound
    return found


def _said(search: SavedSearch) -> dict[str, Any]:
    """What the books say of a saved search: which names it asks for, never their values."""
    return {
        "name": search.name,
        "record_type": search.record_type,
        "filters": sorted({name for name, _ in asked_by(search.filters)}),
        "shared_groups": sorted(search.shared_groups),
        "shared_roles": sorted(search.shared_roles),
    }
