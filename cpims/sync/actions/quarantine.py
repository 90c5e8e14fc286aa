"""The owner decides on answers that were kept for her."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record as write_down
from cpims.lib.clock import iso
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import hold_record
from cpims.records.models import Quarantine, Record
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.sync.actions.recording import AMENDS
from cpims.sync.events import AnswersPutAside, AnswersTakenOver
from cpims.sync.queries.quarantine import answers_in
from cpims.sync.rules import QuarantineNotFound, QuarantineResolved

Resolution = Literal["take_over", "put_aside"]


@atomic
def answer_quarantine(
    *,
    kind: str,
    record_id: UUID,
    quarantine_id: UUID | None,
    resolution: Resolution,
    fields: Collection[str] | None,
    actor: Viewer,
    at: datetime,
) -> Record:
    """The owner takes answers over into her record (all that she may read, or only ``fields``), or puts them aside.

    Taking over is an amend of her own: her rights, every check. What is put aside stays sealed; nothing is deleted.
    Raises: Forbidden, RecordNotFound, QuarantineNotFound, QuarantineResolved, AnswersInvalid.
    Records: AnswersTakenOver, AnswersPutAside, and the amend of its kind.
    """
    require(actor, kind, "write")
    held = hold_record(kind=kind, record_id=record_id, actor=actor)
    if held.owner_id != actor.user_id:
        raise RecordNotFound
    row = Quarantine.objects.select_for_update(of=("self",)).select_related("author").filter(record=held)
    kept = row.filter(pk=quarantine_id).first() if quarantine_id else None
    if kept is None:
        raise QuarantineNotFound
    if kept.resolved_at is not None:
        raise QuarantineResolved
    about = {"quarantine": str(kept.id), "author": kept.author.user_name, "written_at": iso(kept.written_at)}
    if resolution == "take_over":
        readable = readable_fields(actor, kind, held.module)
        answers = {name: value for name, value in answers_in(kept).items() if name in readable}
        unknown = [
            Problem(f"/fields/{name}", "unknown_key", {"name": name}) for name in fields or () if name not in answers
        ]
        if unknown:
            raise AnswersInvalid(unknown)
        chosen = {name: value for name, value in answers.items() if fields is None or name in fields}
        edit = Edit(values=chosen, strict=True)
        held = AMENDS[kind](record_id=record_id, edit=edit, actor=actor, at=at).record
        event = AnswersTakenOver(record=held.id, revision=held.revision, about=about | {"fields": sorted(chosen)})
        write_down(event, actor=actor, at=at)
    else:
        write_down(AnswersPutAside(record=held.id, revision=held.revision, about=about), actor=actor, at=at)
    kept.resolution, kept.resolved_by, kept.resolved_at = resolution, actor.user_name, at
    kept.save(update_fields=["resolution", "resolved_by", "resolved_at"])
    return held
