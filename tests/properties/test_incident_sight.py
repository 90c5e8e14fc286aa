"""Whoever sees a case sees its incidents, on every road, and nobody sees one by another: whatever was done to the case."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from cpims.incidents.actions.linking import link_incidents
from cpims.incidents.actions.recording import register_incident
from cpims.incidents.queries.of_case import of_cases
from cpims.records.models import Record
from cpims.records.queries.listing import find_records
from cpims.records.queries.reading import served
from cpims.sync.queries.feed import get_manifest
from cpims.sync.rules import Scope
from cpims.transitions.actions import assign_case
from cpims.transitions.rules.wishes import Wish
from tests.cast import AT, register, viewer
from tests.db.incidents import FROM_CASE, grant
from tests.kinds import put_kinds, register_kind

TODAY = date(2026, 3, 2)
WORKERS = ("amina", "bilal", "dawit")
LOOKING = (*WORKERS, "chantal", "farid")


def on_list(kind: str, by: str) -> set[UUID]:
    return {
        one.id for one in find_records(kind=kind, viewer=viewer(by), query={}, offset=0, per=100, today=TODAY).records
    }


@pytest.mark.parametrize("seed", range(4))
def test_incidents_are_seen_with_their_case_and_only_so(cast: None, seed: int) -> None:
    put_kinds()
    for role in ("role-worker", "role-group-worker", "role-supervisor"):
        grant(role, case=FROM_CASE)
    draw = Random(seed)
    cases = [register(by=draw.choice(WORKERS)) for _ in range(4)]
    tied: dict[UUID, UUID] = {}
    for number in range(6):
        case = Record.objects.get(pk=draw.choice(cases).pk)
        at = AT + timedelta(minutes=number)
        if draw.random() < 0.4:
            incident = register_kind("incident", by=draw.choice(WORKERS))
            link_incidents(case_id=case.id, incident_ids=[incident.id], actor=viewer("farid"), at=at)
        else:
            values = {"incident_case_id": str(case.id), "age": 7}
            incident = register_incident(values=values, actor=viewer(case.owned_by), at=at).record
        tied[incident.id] = case.id
        if draw.random() < 0.5:
            moved = Record.objects.get(pk=draw.choice(cases).pk)
            others = [name for name in WORKERS if name != moved.owned_by]
            assign_case(case_id=moved.id, wish=Wish(to=draw.choice(others)), actor=viewer("farid"), at=at)
    owners = dict(Record.objects.of_kind("incident").values_list("id", "owned_by"))
    for name in LOOKING:
        looking, seen_cases, seen = viewer(name), on_list("case", name), on_list("incident", name)
        assert {i for i, c in tied.items() if c in seen_cases} <= seen, name
        beyond = {i for i in seen if tied[i] not in seen_cases}  # hers, or of her team, by their owner alone
        team = {"chantal": ("amina", "bilal"), "bilal": ("amina", "bilal")}.get(name, (name,))
        assert all(owners[one] in team for one in beyond), name
        kept = get_manifest(Scope(own_open=True, pinned=frozenset(tied)), kinds=("incident",), viewer=looking)
        assert {UUID(entry[0]) for entry in kept.entries} == seen
        for case in Record.objects.of_kind("case").filter(pk__in=seen_cases):
            mine = {i for i, c in tied.items() if c == case.id}
            told = served(case, looking, today=TODAY).get("incident_details", [])
            assert {UUID(row["unique_id"]) for row in told} == mine
            assert {one.id for one in of_cases(looking, [case.id])} == mine
        for incident in Record.objects.filter(pk__in=seen):
            named = served(incident, looking, today=TODAY).get("incident_case_id")
            assert named == (str(tied[incident.id]) if tied[incident.id] in seen_cases else None)
