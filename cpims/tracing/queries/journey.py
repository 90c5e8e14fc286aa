"""A child's way, for whoever reads the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.lib.clock import iso
from cpims.locations.models import Location
from cpims.records.models import Record
from cpims.records.queries.reading import served
from cpims.records.queries.setup import places
from cpims.records.rules.kinds import MASK
from cpims.tracing.queries.traces import find_matched_traces
from cpims.tracing.rules.deciding import MATCHED_REQUEST, TRACING
from cpims.tracing.rules.journey import KINDS, Step, journey_of
from cpims.tracing.rules.persons import path_of

ANSWERS: Final = frozenset(
    name for kind in KINDS for name in (kind.section, kind.day, *kind.places, kind.address, kind.detail) if name
) | {MATCHED_REQUEST}


@dataclass(frozen=True)
class Journey:
    """The steps in their order, the codes from the country down to each place, and the names of all of those."""

    steps: list[Step] = field(default_factory=list)
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)


def find_journey(case: Record, *, viewer: Viewer, today: date) -> Journey:
    """The way of the child of a case in sight, from the separation on.

    Shows: answers that she reads; of matches, that there is one, to whoever reads it in the case or sees the request.
    """
    said = served(case, viewer, today=today, names=ANSWERS, in_sight=True)
    answers = {name: value for name, value in said.items() if value != MASK}
    traces = find_matched_traces(case, viewer=viewer)
    matches = [
        Step("match", iso(trace.matched_at)[:10], question=TRACING, value=trace.request.display_id, form="tracing")
        for trace in traces
        if trace.matched_at is not None
    ]
    if not matches and answers.get(MATCHED_REQUEST):
        matches = [Step("match", question=MATCHED_REQUEST, value=answers[MATCHED_REQUEST], form="tracing")]
    steps = journey_of(answers, matches)
    tree = places(viewer.configuration)
    paths = {step.place: path_of(step.place, tree) for step in steps if step.place}
    codes = {code for path in paths.values() for code in path}
    named = dict(Location.objects.filter(code__in=sorted(codes)).values_list("code", "placename"))
    return Journey(steps, paths, named)
