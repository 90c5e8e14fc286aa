"""Putting away an option list: only when no question takes its options from it."""

from __future__ import annotations

from datetime import datetime

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.models import Field
from cpims.lib.transactions import atomic
from cpims.lookups.actions import put_away_lookup
from cpims.lookups.models import Lookup
from cpims.lookups.queries import get_lookup
from cpims.lookups.rules import LookupInUse
from cpims.modules.models import Module
from cpims.settings.actions import hold_configuration


@atomic
def retire_lookup(*, lookup_id: str, actor: Viewer, at: datetime) -> Lookup:
    """An administrator puts an option list away, if neither a question (retired ones count) nor a part of the work uses it.

    Raises: Forbidden, LookupNotFound, LookupInUse, LookupLocked.
    Records: LookupRetired.
    """
    require(actor, "metadata", "manage")
    hold_configuration()
    lookup = get_lookup(lookup_id, viewer=actor)
    source = f"lookup {lookup.unique_id}"
    questions = Field.objects.filter(attributes__option_strings_source=source)
    used_by = sorted({f"{form}/{name}" for form, name in questions.values_list("form__unique_id", "name")})
    for module, options in Module.objects.values_list("unique_id", "options"):
        if lookup.unique_id in (options.get("workflow_lookup"), options.get("response_type_lookup")):
            used_by.append(module)
    if used_by:
        raise LookupInUse(unique_id=lookup.unique_id, fields=used_by)
    return put_away_lookup(lookup_id=lookup_id, actor=actor, at=at)
