"""The policy of tracing, said once more (api.md §5.3, 5.4; docs/differences.md)."""

from __future__ import annotations

from tests.properties.policy import V1, V2
from tests.properties.shapes import Permissions, Rule, Shape, one_case, plain

DECIDES: Permissions = {"tracing_request": ["read", "write"], "case": ["read", "find_tracing_match"]}
COMPARES: Permissions = {"tracing_request": ["read"], "case": ["read"], "potential_match": ["read"]}


def _all(needed: Permissions) -> Rule:
    """All of these actions, and both records in sight."""

    def answers(shape: Shape) -> int:
        if not all(shape.may(resource, action) for resource, actions in needed.items() for action in actions):
            return 403
        return 200 if shape.sees_case() else 404

    return Rule(needed, answers)


def _decides() -> Rule:
    """Writing the request and reading the case; reading the request is no part of writing it."""
    needed: Permissions = {"tracing_request": ["write"], "case": ["read", "find_tracing_match"]}
    return Rule(DECIDES, _all(needed).answers)


TRACE, OURS = f"{V2}/traces/{{trace_id}}", f"{V1}/traces/{{trace_id}}"
CASE, OUR_CASE = f"{V2}/cases/{{case_id}}", f"{V1}/cases/{{case_id}}"
RUNS = plain("matching_configuration", "manage")
TRACING_RULES: dict[tuple[str, str], Rule] = {
    ("GET", f"{V2}/tracing_requests/{{tracing_request_id}}/traces"): _all({"tracing_request": ["read"]}),
    ("GET", TRACE): _all({"tracing_request": ["read"]}),
    **{(method, TRACE): _decides() for method in ("PATCH", "PUT")},
    ("GET", f"{CASE}/traces"): one_case("read"),
    **{("GET", f"{one}/potential_matches"): _all(COMPARES) for one in (TRACE, CASE)},
    **{("GET", f"{one}/matches"): _all(COMPARES) for one in (OURS, OUR_CASE)},
    **{("POST", f"{OURS}/{act}"): _decides() for act in ("confirm", "reject", "undo")},
    ("GET", f"{OUR_CASE}/journey"): one_case("read"),
    ("GET", f"{V1}/rematches"): RUNS,
    ("POST", f"{V1}/rematches"): RUNS,
    ("POST", f"{V1}/rematches/{{run_id}}/cancel"): RUNS,
}
