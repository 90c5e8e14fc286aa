"""What changed of a case since it was last approved, so that who approves sees both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.approvals.events import ApprovalGiven
from cpims.approvals.rules import CASE, require_known, require_takes_part
from cpims.audit.queries import find_happenings
from cpims.records.models import Record
from cpims.records.queries.files import file_fields
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record
from cpims.records.queries.setup import setup_of
from cpims.records.rules.kinds import KINDS, MASK


@dataclass(frozen=True)
class Comparison:
    """Answers as they were approved and as they are now; ``since`` and ``by`` are empty when there was no approval."""

    record: Record
    since: datetime | None
    by: str
    changes: list[dict[str, Any]]


def compare_with_approved(*, case_id: UUID | None, kind: str, viewer: Viewer) -> Comparison:
    """Each question that is answered otherwise than when this was last approved; all of them when it never was.

    Raises: ApprovalNotFound, Forbidden, RecordNotFound.
    Shows: by today's field rights, hidden names masked.
    """
    require_known(kind)
    require_takes_part(viewer, kind)
    case = get_record(kind=CASE, record_id=case_id, viewer=viewer)
    approved: dict[str, Any] = {}
    since, by = None, ""
    for happening in find_happenings(case.id):
        if happening.event == ApprovalGiven.name and happening.about.get("approval") == kind:
            since, by = happening.happened_at, happening.actor_name
            break
        for name, change in happening.changes.items():
            approved[name] = change.get("from")
    names = setup_of(viewer.configuration, CASE).fields
    readable = readable_of(case, viewer)
    changes = []
    told = readable - KINDS[CASE].immutable - file_fields(viewer.configuration, CASE)
    for name in (name for name in names if name in told):
        now = case.data.get(name)
        then = approved.get(name, now) if since else None
        if then == now:
            continue
        if case.is_masked_for(viewer) and name in KINDS[CASE].masked_fields:
            then, now = (MASK if side is not None else None for side in (then, now))
        changes.append({"name": name, "from": then, "to": now})
    return Comparison(case, since, by, changes)
