"""Option lists as clients read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.sequences import read_number
from cpims.lookups.models import Lookup
from cpims.lookups.rules import LookupNotFound


def localized(texts: Mapping[str, Any] | None, locales: tuple[str, ...]) -> dict[str, str]:
    """A localized text with every enabled locale present, the missing ones empty."""
    found = texts or {}
    return {locale: found.get(locale) or "" for locale in locales} | {
        k: v for k, v in found.items() if k not in locales
    }


def lookup_json(lookup: Lookup, locales: tuple[str, ...]) -> dict[str, Any]:
    """An option list as the API shows it."""
    return {
        "id": lookup.id,
        "unique_id": lookup.unique_id,
        "name": localized(lookup.name, locales),
        "locked": lookup.locked,
        "values": [
            {k: v for k, v in o.items() if k != "retired"} | {"display_text": localized(o.get("display_text"), locales)}
            for o in lookup.values
        ],
    }


@lru_cache(maxsize=4)
def served_lookups(configuration: int, locales: tuple[str, ...]) -> tuple[Mapping[str, Any], ...]:
    """All option lists at a configuration number, oldest first."""
    return tuple(lookup_json(row, locales) for row in Lookup.objects.filter(retired_at__isnull=True).order_by("id"))


def get_lookup(lookup_id: str, *, viewer: Viewer) -> Lookup:
    """One option list, for whoever looks after the configuration.

    Raises: Forbidden, LookupNotFound.
    """
    require(viewer, "metadata", "manage", "manage_restricted")
    number = read_number(lookup_id)
    found = Lookup.objects.filter(pk=number, retired_at__isnull=True).first() if number else None
    if found is None:
        raise LookupNotFound
    return found
