"""Answers to questions that were put away while the worker was offline: nothing that she typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from cpims.access.rules.viewer import Viewer
from cpims.forms.queries.once_asked import once_asked
from cpims.lib.errors import Invalid, Problem
from cpims.lib.transactions import atomic
from cpims.records.actions.writing import Outcome, keep_answers
from cpims.sync.queries.quarantine import quarantine_id_of
from cpims.sync.rules import Item

Act = Callable[[Item, Viewer, datetime], Outcome]


def do_late(act: Act, item: Item, kind: str, actor: Viewer, at: datetime) -> Outcome:
    """Do an act whose answers may be to questions that were put away meanwhile.

    The rest comes into the record; those answers are kept beside it, sealed, for the record's owner, and she is told.
    Raises: whatever the act refuses for another reason.
    Records: AnswersQuarantined, and what the act records.
    """
    try:
        return _whole(act, item, actor, at)
    except Invalid as refusal:
        named = {problem.pointer.removeprefix("/") for problem in refusal.problems}
        unasked = all(problem.code == "unknown_key" for problem in refusal.problems)
        late = once_asked(actor, kind, named & item.values.keys()) if unasked and named else frozenset()
        if not late or late != named:
            raise
    kept = {name: value for name, value in item.values.items() if name not in late}
    base = item.base and replace(item.base, values={k: v for k, v in item.base.values.items() if k not in late})
    outcome = _whole(act, replace(item, values=kept, base=base), actor, at)
    aside = replace(item, values={name: item.values[name] for name in sorted(late)})
    keep_answers(
        record_id=outcome.record.id,
        values=aside.values,
        actor=actor,
        at=at,
        quarantine_id=quarantine_id_of(aside, actor),
    )
    told = [Problem(f"/{name}", "sync.question_put_away", {"name": name}) for name in sorted(late)]
    return replace(outcome, notices=[*outcome.notices, *told])


@atomic
def _whole(act: Act, item: Item, actor: Viewer, at: datetime) -> Outcome:
    """The act as one piece, so that a refusal leaves nothing of it."""
    return act(item, actor, at)
