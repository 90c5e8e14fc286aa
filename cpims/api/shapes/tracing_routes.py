"""The routes of tracing, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import tracing as t
from cpims.api.shapes.envelope import Changed
from cpims.api.shapes.route import V1, V2, WRITING, Route

TRACES, OURS = f"{V2}/traces/{{id}}", f"{V1}/traces/{{id}}"
CASE, OUR_CASE = f"{V2}/cases/{{id}}", f"{V1}/cases/{{id}}"
ONCE = ("Idempotency-Key",)


def _decided(about: str) -> Route:
    return Route(about, t.Trace, request=t.DecisionWish, wrapper="", headers=ONCE, statuses=(409,))


TRACING_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{V2}/tracing_requests/{{id}}/traces"): Route("The children a request looks for", t.Trace, many=True),
    ("GET", TRACES): Route("Read a trace", t.Trace),
    ("PATCH", TRACES): Route(
        "Match a trace with a case, or undo that",
        t.Trace, metadata=Changed, request=t.TraceMatchWrite, headers=WRITING, statuses=(409,),
    ),
    ("GET", f"{CASE}/traces"): Route("The traces that a case was found for", t.Trace, many=True),
    ("GET", f"{TRACES}/potential_matches"): Route("Cases that may be the child of a trace", t.PotentialMatches),
    ("GET", f"{CASE}/potential_matches"): Route("Traces that a case may be the child of", t.PotentialMatches),
    ("GET", f"{OURS}/matches"): Route("Cases that may be the child of a trace, with the reasons", t.TraceMatch, many=True),
    ("GET", f"{OUR_CASE}/matches"): Route(
        "Traces that a case may be the child of, with the reasons", t.TraceMatch, many=True
    ),
    ("POST", f"{OURS}/confirm"): _decided("It is the same child"),
    ("POST", f"{OURS}/reject"): _decided("It is another child"),
    ("POST", f"{OURS}/undo"): _decided("Take a decision about a trace and a case back"),
    ("GET", f"{OUR_CASE}/journey"): Route(
        "The way of a child from the separation back to the family", t.JourneyStep, many=True, metadata=t.JourneyPlaces
    ),
    ("GET", f"{V1}/rematches"): Route("The latest runs over all children who are looked for", t.RematchRun, many=True),
    ("POST", f"{V1}/rematches"): Route(
        "Compare all children who are looked for anew", t.RematchRun, headers=ONCE, statuses=(409,)
    ),
    ("POST", f"{V1}/rematches/{{id}}/cancel"): Route(
        "Leave the traces alone that were not compared yet", t.RematchRun, statuses=(409,)
    ),
}  # fmt: skip
