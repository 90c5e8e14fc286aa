"""Which records a list request means, for who does something to all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.records.models import Record
from cpims.records.queries.filtering import read_filters
from cpims.records.queries.searching import find_best, found_by, is_ranked, read_search


@dataclass
class Chosen:
    """The records of a whole list. ``ignored`` names filters that were not used: then it is another list than was meant;
    ``more``: there are further records."""

    ids: list[UUID]
    more: bool
    ignored: list[Problem] = field(default_factory=list)


def choose_records(*, kind: str, viewer: Viewer, query: Mapping[str, Any], today: date, most: int) -> Chosen:
    """Every record that a list request finds, however its pages would go; no more than ``most``.

    Raises: Forbidden.
    Shows: records in sight; children of others, whom a search may find, are none of them.
    """
    require(viewer, kind, "read")
    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)
    ours = Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)
    search = read_search(query)
    if search is not None and is_ranked(search, kind, viewer):
        found = find_best(ours, search, kind, viewer)
        strangers = set(found.strangers)
        ids = [one for one in found.ids if one not in strangers]
        return Chosen(ids[:most], found.more or len(ids) > most, filtered.ignored)
    if search is not None:
        ours = ours.filter(found_by(search, kind, viewer))
    ids = list(ours.order_by("-created_at", "-id").values_list("id", flat=True)[: most + 1])
    return Chosen(ids[:most], len(ids) > most, filtered.ignored)
