"""Putting away an option list: only when no question takes its options from it."""

from __future__ import annotations

from datetime import datetime

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.queries.uses import used_by
from cpims.lib.transactions import atomic
from cpims.lookups.actions import put_away_lookup
from cpims.lookups.models import Lookup
from cpims.lookups.queries import get_lookup
from cpims.lookups.rules import LookupInUse
from cpims.settings.actions import hold_configuration


@atomic
def retire_lookup(*, lookup_id: str, actor: Viewer, at: datetime) -> Lookup:
    """An administrator puts an option list away, if neither a question (retired ones count) nor a part of the work uses it.

    Raises: Forbidden, LookupNotFound, LookupInUse, LookupLocked.
    Records: LookupRetired.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    lookup = get_lookup(lookup_id, viewer=actor)
    users = used_by(lookup.unique_id)
    if users:
        raise LookupInUse(unique_id=lookup.unique_id, fields=users)
    return put_away_lookup(lookup_id=lookup_id, actor=actor, at=at)
