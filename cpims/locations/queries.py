"""Places as clients read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from django.db import connection

from cpims.access.rules.viewer import Forbidden, Viewer, require
from cpims.lib.json import dumps
from cpims.lib.sequences import read_number
from cpims.locations.models import Location
from cpims.locations.rules import LocationNotFound

COLUMNS = {
    "id": "id",
    "code": "code",
    "type": "type",
    "admin_level": "admin_level",
    "hierarchy": "hierarchy",
    "disabled": "disabled",
}
NAMES = ("name", "placename")
CONTENT: Final = """
SELECT count(*), encode(sha256(string_agg(
         sha256(convert_to(jsonb_build_array(id, code, type, admin_level, name, disabled)::text, 'UTF8')), ''::bytea
         ORDER BY id)), 'hex')
  FROM locations
"""


def require_may_list(viewer: Viewer) -> None:
    """Everybody may list places, except who may touch only the words of the configuration (as in Primero).

    Raises: Forbidden.
    """
    if viewer.holds("metadata", "manage_restricted") and not viewer.may("metadata", "manage"):
        raise Forbidden(resource="metadata", action="manage")


def location_json(location: Location, locales: tuple[str, ...], *, hierarchy: bool) -> dict[str, Any]:
    """A place as the API shows it."""
    shown: dict[str, Any] = {
        "id": location.id,
        "code": location.code,
        "type": location.type,
        "disabled": location.disabled,
        "name": _localized(location.name, locales),
    }
    if hierarchy:
        shown["admin_level"] = location.admin_level
        shown["placename"] = _localized(location.placename, locales)
        shown["hierarchy"] = list(location.hierarchy)
    return shown


def list_locations(
    *,
    viewer: Viewer,
    disabled: Sequence[bool] = (),
    order_by: str = "id",
    descending: bool = False,
    locale: str = "en",
    offset: int = 0,
    count: int = 100,
) -> tuple[list[Location], int]:
    """One page of places, and how many there are in all.

    Raises: Forbidden.
    """
    require_may_list(viewer)
    rows = Location.objects.filter(disabled__in=list(disabled)) if disabled else Location.objects.all()
    total = rows.count()
    if order_by in NAMES:
        names = [
            ((texts.get(locale) or texts.get("en") or "").casefold(), pk)
            for pk, texts in rows.values_list("pk", order_by)
        ]
        names.sort(reverse=descending)
        numbers = [pk for _, pk in names[offset : offset + count]]
        found = Location.objects.in_bulk(numbers)
        return [found[pk] for pk in numbers if pk in found], total
    column = COLUMNS.get(order_by, "id")
    sign = "-" if descending else ""
    return list(rows.order_by(f"{sign}{column}", f"{sign}id")[offset : offset + count]), total


def get_location(location_id: str, *, viewer: Viewer) -> Location:
    """One place, for whoever looks after the configuration.

    Raises: Forbidden, LocationNotFound.
    """
    require(viewer, "metadata", "manage")
    number = read_number(location_id)
    found = Location.objects.filter(pk=number).first() if number else None
    if found is None:
        raise LocationNotFound
    return found


def places_below(
    *, viewer: Viewer, parent: str = "", text: str = "", locale: str = "en", offset: int = 0, count: int = 50
) -> tuple[list[tuple[Location, int]], int, list[Location]]:
    """A page of the places right below one (or of the countries), by name; or of all places whose name or code holds a text.

    With each, how many places are below it; then how many there are in all; and the way from the country down to the parent.
    Raises: Forbidden, LocationNotFound.
    """
    require(viewer, "metadata", "manage")
    above = Location.objects.filter(code=parent).first() if parent else None
    if parent and above is None:
        raise LocationNotFound
    rows = Location.objects.all()
    if not text:
        level = above.admin_level + 1 if above else 0
        rows = rows.filter(admin_level=level, hierarchy__contains=[parent] if parent else [])
    elif above:
        rows = rows.filter(hierarchy__contains=[parent]).exclude(pk=above.pk)
    wanted = text.casefold()
    found = [
        ((names.get(locale) or names.get("en") or "").casefold(), pk)
        for pk, code, names in rows.values_list("pk", "code", "placename")
        if not wanted or wanted in code.casefold() or any(wanted in (name or "").casefold() for name in names.values())
    ]
    found.sort()
    page = [pk for _, pk in found[offset : offset + count]]
    stored = Location.objects.in_bulk(page)
    shown = [stored[pk] for pk in page if pk in stored]
    below = _below([row.code for row in shown])
    path = {row.code: row for row in Location.objects.filter(code__in=above.hierarchy)} if above else {}
    return (
        [(row, below.get(row.code, 0)) for row in shown],
        len(found),
        [path[code] for code in (above.hierarchy if above else ()) if code in path],
    )


def _below(codes: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT above, count(*) FROM locations, unnest(hierarchy) AS above "
            "WHERE hierarchy && %s::text[] AND above = ANY(%s) AND above <> code GROUP BY above",
            [codes, codes],
        )
        return dict(cursor.fetchall())


@lru_cache(maxsize=4)
def places_revision(configuration: int) -> str:
    """A name for what the file of all places holds now: the same for the same places, another after any change."""
    with connection.cursor() as cursor:
        cursor.execute(CONTENT)
        count, digest = cursor.fetchone()
    return f"{count}-{digest[:24]}" if count else "0-none"


def every_place(locales: tuple[str, ...]) -> Iterator[bytes]:
    """The file of all places that clients keep, piece by piece; never all of it in memory."""
    yield b'{"data":['
    first = True
    for row in Location.objects.order_by("id").iterator(chunk_size=2_000):
        shown = {
            "id": row.id,
            "code": row.code,
            "type": row.type,
            "admin_level": row.admin_level,
            "name": _localized(row.name, locales),
            "disabled": row.disabled,
        }
        yield (b"" if first else b",") + dumps(shown)
        first = False
    yield b"]}"


def _localized(texts: dict[str, Any], locales: tuple[str, ...]) -> dict[str, str]:
    return {locale: texts.get(locale) or "" for locale in locales} | {
        k: v for k, v in texts.items() if k not in locales
    }
