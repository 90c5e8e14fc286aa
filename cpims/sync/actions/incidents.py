"""What a device did with the incidents of a case: the same act as over the API, its arguments in ``values``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from cpims.access.rules.viewer import Viewer
from cpims.incidents.actions.linking import link_incidents
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.actions.writing import Outcome
from cpims.sync.rules.items import Item
from cpims.sync.rules.refusals import ItemInvalid

NAMES: Final = ("incident_ids", "assign")


def _link(item: Item, actor: Viewer, at: datetime) -> Outcome:
    """The item is about the case; ``incident_ids`` are those that are tied to it."""
    sent, assign = item.values.get("incident_ids"), item.values.get("assign")
    ids = [read_id(one) for one in sent] if isinstance(sent, list) else []
    wrong = [Problem(f"/arguments/values/{k}", "unknown_key", {"name": k}) for k in item.values if k not in NAMES]
    if not ids or None in ids:
        wrong.append(Problem("/arguments/values/incident_ids", "invalid_unique_id", {"name": "incident_ids"}))
    if assign is not None and not isinstance(assign, bool):
        wrong.append(Problem("/arguments/values/assign", "wrong_type", {"name": "assign"}))
    if wrong:
        raise ItemInvalid(wrong)
    return link_incidents(
        case_id=item.record, incident_ids=[one for one in ids if one], actor=actor, at=at, assign=assign is True
    )


#: By their name in the catalogue of acts.
OF_INCIDENTS: Final[Mapping[str, Callable[[Item, Viewer, datetime], Outcome]]] = {"link_incidents": _link}
