"""The registry record of a case: linked by an act, read through whenever the case is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record as write_down
from cpims.families.events import RegistryLinked, RegistryUnlinked
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.models import Record
from cpims.records.rules.kinds import MASK
from cpims.records.rules.refusals import AnswersInvalid

#: Beside the answers of a case; nobody’s to read: ``registry_record_id`` is assembled, as far as she sees the record.
LINK: Final = "linked_registry"
REGISTRY: Final = "registry_record"


def link_registry(case: Record, wanted: Any, *, actor: Viewer, at: datetime) -> None:
    """Link a case that is held to a registry record in the actor’s sight, or to none.

    Raises: AnswersInvalid.
    Records: RegistryLinked, RegistryUnlinked.
    """
    before = case.state.get(LINK)
    if wanted is None:
        if before is not None:
            case.state = {name: value for name, value in case.state.items() if name != LINK}
            write_down(RegistryUnlinked(record=case.id, revision=case.revision + 1), actor=actor, at=at)
        return
    named = read_id(wanted)
    seen = Record.objects.visible_to(actor).of_kind(REGISTRY).filter(record_state=True)
    if named is None or not seen.filter(pk=named).exists():
        raise AnswersInvalid([Problem("/registry_record_id", "registry.unknown", {"name": "registry_record_id"})])
    if before == str(named):
        return
    case.state = case.state | {LINK: str(named)}
    if not case._state.adding:
        write_down(RegistryLinked(record=case.id, revision=case.revision + 1), actor=actor, at=at)


def lay_over_registry(cases: Sequence[Record], viewer: Viewer) -> dict[UUID, dict[str, Any]]:
    """What linked cases show of their registry records, as those stand now.

    Shows: registry records in the viewer’s sight; of others nothing, not even that there is one.
    """
    named = {case.id: UUID(case.state[LINK]) for case in cases if case.state.get(LINK)}
    if not named:
        return {}
    found = Record.objects.visible_to(viewer).of_kind(REGISTRY).in_bulk(set(named.values()))
    return {case: _told(found[one], viewer) for case, one in named.items() if one in found}


def _told(one: Record, viewer: Viewer) -> dict[str, Any]:
    name = one.data.get("name")
    return {
        "registry_record_id": str(one.id),
        "registry_id_display": one.display_id,
        "registry_name": MASK if name and one.is_masked_for(viewer) else name,
        "registry_no": one.data.get("registry_no"),
        "registry_location_current": one.data.get("location_current"),
    }
