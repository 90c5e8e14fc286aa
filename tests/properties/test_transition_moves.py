"""Every sequence of moves stays in the table and leaves one change for each move; sight follows at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpims.audit.models import ChangeEntry
from cpims.lib.errors import Refusal
from cpims.records.models import Record
from cpims.transitions.models import Transition
from cpims.transitions.rules.moves import BEGINS, Kind, Status, moves_from
from tests.cast import viewer
from tests.db.sharing import LATER, agreed_case, answer, as_stored, let_them_share, share

PEOPLE = ("amina", "bilal", "chantal", "dawit", "farid")
SEND = st.tuples(
    st.sampled_from([Kind.ASSIGN, Kind.REFERRAL, Kind.TRANSFER]), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)
)
ANSWER = st.tuples(
    st.integers(0, 5), st.sampled_from(PEOPLE), st.sampled_from([s for s in Status if s is not Status.IN_PROGRESS])
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(SEND, ANSWER), min_size=1, max_size=8))
def test_every_sequence_of_moves(cast: None, steps: list[Any]) -> None:
    from django.db import transaction

    point = transaction.savepoint()
    let_them_share()
    case = agreed_case()
    for number, (first, by, last) in enumerate(steps):
        at = LATER + timedelta(minutes=number)
        rows = list(Transition.objects.filter(record_id=case.id).order_by("created_at"))
        before = {row.id: row.status for row in rows}
        stored, entries = as_stored(case.id), ChangeEntry.objects.filter(record_id=case.id).count()
        try:
            with transaction.atomic():
                if isinstance(first, Kind):
                    moved, old = share(first, case.id, by, last, at=at), None
                elif rows:
                    old = Status(before[rows[first % len(rows)].id])
                    moved = answer(rows[first % len(rows)], by, last, at=at)
                else:
                    continue
        except Refusal:
            assert as_stored(case.id) == stored
            assert ChangeEntry.objects.filter(record_id=case.id).count() == entries
            continue
        now = Status(Transition.objects.get(pk=moved.id).status)
        assert now is BEGINS[moved.kind] if old is None else now in moves_from(moved.kind, old)
        assert {k: v for k, v in before.items() if k != moved.id}.items() <= dict(
            Transition.objects.filter(record_id=case.id).values_list("id", "status")
        ).items()
        assert ChangeEntry.objects.filter(record_id=case.id).count() == entries + 1
        _agrees(case)
    transaction.savepoint_rollback(point)


def _agrees(case: Record) -> None:
    """Who works on the case is exactly its owner and who has something open; she sees it, nobody else by her name."""
    case.refresh_from_db()
    rows = Transition.objects.filter(record_id=case.id)
    helps = {row.transitioned_to for row in rows if row.share.gives_access}
    assert set(case.assigned_user_names) == helps
    assert set(case.associated_user_names) == helps | {case.owned_by}
    for name in ("amina", "dawit"):  # they see their own alone
        seen = Record.objects.visible_to(viewer(name)).filter(pk=case.id).exists()
        assert seen == (name in case.associated_user_names)
