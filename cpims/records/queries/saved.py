"""Saved searches as a viewer meets them: her own, and those shared with her whose every filter she may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from cpims.access.rules.viewer import Viewer
from cpims.lib.sequences import read_number
from cpims.records.models import SavedSearch
from cpims.records.queries.filtering import read_filters
from cpims.records.rules.kinds import Kind
from cpims.records.rules.saved import BESIDE, SearchNotFound, asked_by, kind_of


def unusable(filters: Sequence[Mapping[str, Any]], *, kind: Kind, viewer: Viewer, today: date) -> list[str]:
    """The names among filters that this viewer cannot filter by: unknown ones and unreadable ones alike."""
    names = []
    for name, value in asked_by(filters):
        if name in ("or", "not") or (
            name not in BESIDE and read_filters({name: value}, kind=kind.name, viewer=viewer, today=today).ignored
        ):
            names.append(name)
    return names


def own_searches(viewer: Viewer) -> list[SavedSearch]:
    """What the viewer saved herself, newest first."""
    return list(SavedSearch.objects.filter(user_id=viewer.user_id).order_by("-id"))


def visible_searches(viewer: Viewer, *, record_type: str | None, today: date) -> list[SavedSearch]:
    """The viewer's own saved searches and those shared with her team or role, newest first.

    One that asks for something she may not read is not among them: even its values are none of her business.
    """
    shared = Q(shared_groups__overlap=sorted(viewer.groups)) | Q(shared_roles__contains=[viewer.role])
    rows = SavedSearch.objects.filter(Q(user_id=viewer.user_id) | shared).select_related("user").order_by("-id")
    if record_type is not None:
        rows = rows.filter(record_type=record_type)
    return [row for row in rows if row.user_id == viewer.user_id or _is_hers_to_use(row, viewer, today)]


def _is_hers_to_use(row: SavedSearch, viewer: Viewer, today: date) -> bool:
    kind = kind_of(row.record_type)
    if kind is None or not viewer.may(kind.name, "read"):
        return False
    return not unusable(row.filters, kind=kind, viewer=viewer, today=today)


def get_own_search(viewer: Viewer, search_id: str) -> SavedSearch:
    """One saved search of the viewer's own.

    Raises: SearchNotFound.
    """
    number = read_number(search_id)
    found = SavedSearch.objects.filter(pk=number, user_id=viewer.user_id).first() if number is not None else None
    if found is None:
        raise SearchNotFound
    return found
