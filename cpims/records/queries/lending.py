"""With which forms somebody looks at one record: those of her own role, or of a role that was lent to her for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from cpims.access.rules.viewer import Viewer
from cpims.forms.queries.viewers import wearing
from cpims.lib.json import dumps, loads
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.fields import LENT

LENT_IN_SIGHT = """
SELECT DISTINCT state -> 'lent_roles' -> %(name)s FROM records
 WHERE kind = %(kind)s AND associated_user_names @> ARRAY[%(name)s] AND assigned_user_names @> ARRAY[%(name)s]
   AND owned_by <> %(name)s AND state -> 'lent_roles' -> %(name)s IS NOT NULL
"""
BARRED = (
    '("records"."assigned_user_names" @> ARRAY[%s] AND "records"."owned_by" <> %s '
    'AND coalesce("records"."state" -> \'lent_roles\' -> %s = ANY(%s::jsonb[]), false))'
)


def eyes_on(record: Record, viewer: Viewer) -> Viewer:
    """The viewer as she looks at this very record: whoever owns it looks with her own role, always."""
    lent = record.state.get(LENT)
    return viewer if not lent else lent_eyes(viewer, record.owned_by, lent)


def lent_eyes(viewer: Viewer, owned_by: str, lent: Mapping[str, Any] | None) -> Viewer:
    """The same, from what a record keeps of the roles that were lent for it."""
    roles = lent.get(viewer.user_name) if lent and owned_by != viewer.user_name else None
    return wearing(viewer, tuple(roles)) if roles else viewer


def readable_of(record: Record, viewer: Viewer) -> frozenset[str]:
    """The names that a viewer may read on one record."""
    return readable_fields(eyes_on(record, viewer), record.kind, record.module)


def writable_of(record: Record, viewer: Viewer) -> frozenset[str]:
    """The names that a viewer may fill on one record."""
    return writable_fields(eyes_on(record, viewer), record.kind, record.module, False)


@lru_cache(maxsize=4096)
def open_names(viewer: Viewer, kind: str) -> frozenset[str]:
    """The names that a viewer reads without any form: they are the same whichever role was lent to her."""
    return readable_fields(_formless(viewer), kind, None)


@lru_cache(maxsize=4096)
def _formless(viewer: Viewer) -> Viewer:
    return replace(viewer, form_access=MappingProxyType({}))


class Lending:
    """Which roles were lent to a viewer on records of a kind; looked up once, and only when a question needs it."""

    def __init__(self, viewer: Viewer, kind: str) -> None:
        self.viewer = viewer
        self.kind = kind

    def kept_out(self, names: Collection[str]) -> Q | None:
        """Of a list that asks for these names, the records on which one of them is not hers to read; nothing where
        there are none."""
        asked = {name.partition(".")[0] for name in names} - open_names(self.viewer, self.kind)
        if not asked:
            return None
        barred = [
            dumps(list(roles)).decode()
            for roles in self._lent
            if not asked <= readable_fields(wearing(self.viewer, roles), self.kind, None)
        ]
        if not barred:
            return None
        name = self.viewer.user_name
        return Q(RawSQL(BARRED, [name, name, name, barred], BooleanField()))

    @cached_property
    def _lent(self) -> list[tuple[str, ...]]:
        with connection.cursor() as statement:
            statement.execute(LENT_IN_SIGHT, {"name": self.viewer.user_name, "kind": self.kind})
            rows = [row[0] for row in statement.fetchall()]
        return [tuple(loads(row) if isinstance(row, str) else row) for row in rows]
