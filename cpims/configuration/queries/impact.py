"""What a change of the configuration touches: records, people, lists that were saved, devices with unsent work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Sum

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Device, User
from cpims.configuration.formats.canonical import Document
from cpims.configuration.queries.document import configuration_document
from cpims.configuration.queries.versions import document_of, get_version
from cpims.configuration.rules.differing import changes_between
from cpims.configuration.rules.impact import Impact, Touched, json_path, searched, touched
from cpims.records.models import Record, SavedSearch

#: So many records of a kind are looked at, the newest first; of more it is said that there are at least so many.
MOST_RECORDS: Final = 20_000
#: So many changes are counted in records; a longer list is a matter for several publications.
MOST_COUNTED: Final = 300
#: Whose members or holders are counted, by the kind of what is touched.
_PEOPLE: Final = {
    "role_removed": "role__unique_id",
    "role_changed": "role__unique_id",
    "grant_changed": "role__unique_id",
    "user_group_removed": "groups__unique_id",
    "agency_removed": "agency__unique_id",
    "location_removed": "location",
}


def impact_between(viewer: Viewer | None, *, before: int | None, after: int | None) -> list[Impact]:
    """What going from one version to another touches; without a number it is the configuration that holds now.

    Raises: Forbidden, VersionNotFound.
    """
    sides = [
        configuration_document(viewer) if number is None else document_of(get_version(viewer, number))
        for number in (before, after)
    ]
    return impact_of(viewer, *sides)


def impact_of(viewer: Viewer | None, before: Document, after: Document) -> list[Impact]:
    """What going from one document to another touches here, whatever touches nothing left out. A fixed number of statements.

    Raises: Forbidden. Shows: numbers only, no person and no record.
    """
    if viewer is not None:
        require(viewer, "primero_configuration", "manage")
    changes = changes_between(before, after)
    asked = touched(changes, before, after)
    found = [*_records(asked), *_of_modules(asked), *_people(asked), *_saved(asked)]
    return [one for one in [*found, *(_devices() if changes else ())] if one.count]


def _records(asked: Sequence[Touched]) -> list[Impact]:
    """Records that hold an answer which is concerned: one pass over the newest of each kind."""
    by_kind: dict[str, list[Touched]] = defaultdict(list)
    for one in [one for one in asked if one.paths][:MOST_COUNTED]:
        by_kind[one.record_kind].append(one)
    found = []
    for kind, wanted in sorted(by_kind.items()):
        columns, values = [], []
        for one in wanted:
            columns.append(
                "count(*) FILTER (WHERE "
                + " OR ".join("jsonb_path_exists(r.data, %s::jsonpath)" for _ in one.paths)
                + ")"
            )
            values += [json_path(path, one.value) for path in one.paths]
        statement = (
            f"SELECT count(*), {', '.join(columns)} FROM "
            "(SELECT data FROM records WHERE kind = %s ORDER BY created_at DESC, id DESC LIMIT %s) r"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [*values, kind, MOST_RECORDS])
            seen, *counts = cursor.fetchone() or [0]
        exact = seen < MOST_RECORDS
        found += [
            Impact(one.kind, "records", count, exact, one.thing, one.within)
            for one, count in zip(wanted, counts, strict=True)
        ]
    return found


def _of_modules(asked: Sequence[Touched]) -> list[Impact]:
    wanted = {one.names[0]: one for one in asked if one.kind == "module_removed"}
    if not wanted:
        return []
    rows = Record.objects.filter(module__in=wanted).values_list("module").annotate(count=Count("pk"))
    return [Impact("module_removed", "records", count, thing=wanted[name].thing) for name, count in rows]


def _people(asked: Sequence[Touched]) -> list[Impact]:
    """Accounts in use that hold a role, belong to a team or agency, or work at a place; or all of them."""
    found = []
    people = User.objects.filter(disabled=False)
    counts: dict[str, dict[Any, int]] = {}
    for one in asked:
        key = _PEOPLE.get(one.kind)
        if key is not None:
            if key not in counts:
                counts[key] = dict(people.values_list(key).annotate(count=Count("pk", distinct=True)))
            count = counts[key].get(one.names[0], 0)
            found.append(Impact(one.kind, "people", count, thing=one.thing, within=one.within))
    if any(one.kind == "conduct_changed" for one in asked):
        found.append(Impact("conduct_changed", "people", people.count()))
    return found


def _saved(asked: Sequence[Touched]) -> list[Impact]:
    """Lists that people saved and that ask for a question which is put away."""
    names = searched(asked)
    if not names:
        return []
    count = sum(
        1
        for filters in SavedSearch.objects.values_list("filters", flat=True)
        if any(name in names for name in _named(filters))
    )
    return [Impact("saved_searches", "lists", count)]


def _named(filters: Any) -> list[str]:
    if isinstance(filters, dict):
        return [str(key).removeprefix("not[").removesuffix("]").removeprefix("loc:") for key in filters]
    return [str(one.get("name", "")) for one in filters if isinstance(one, dict)] if isinstance(filters, list) else []


def _devices() -> list[Impact]:
    """Acts that devices told of and have not sent: written before the change, they are looked at after it."""
    waiting = Device.objects.filter(revoked_at__isnull=True, unsent__gt=0).aggregate(sum=Sum("unsent"))["sum"] or 0
    return [Impact("unsent", "acts", waiting)]
