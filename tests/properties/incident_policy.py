"""The policy of the specification for the incidents of a case (api.md §5.1; docs/differences.md)."""

from __future__ import annotations

from tests.properties.policy import V2
from tests.properties.shapes import Rule, Shape

OF_CASE = f"{V2}/cases/{{case_id}}/incidents"


def _list(shape: Shape) -> int:
    if not (shape.may("incident", "read") and shape.may("case", "read")):
        return 403
    return 200 if shape.sees_case() else 404


def _begin(shape: Shape) -> int:
    begins = shape.may("incident", "create") or shape.may("case", "incident_from_case")
    if not (begins and shape.may("case", "read")):
        return 403
    return 200 if shape.sees_case() else 404


def _link(shape: Shape) -> int:
    links = shape.may("incident", "link_incident_to_case") and shape.may("case", "write", "incident_from_case")
    if not (links and shape.may("case", "read")):
        return 403
    return 200 if shape.sees_case() else 404


INCIDENT_RULES: dict[tuple[str, str], Rule] = {
    ("GET", OF_CASE): Rule({"incident": ["read"], "case": ["read"]}, _list),
    ("GET", OF_CASE + "/new"): Rule({"incident": ["create"], "case": ["read"]}, _begin),
    ("POST", OF_CASE): Rule({"incident": ["link_incident_to_case"], "case": ["read", "write"]}, _link),
}
