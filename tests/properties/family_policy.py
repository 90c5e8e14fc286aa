"""The policy of the specification for families with the cases of their members, and for related cases."""

from __future__ import annotations

from tests.properties.policy import V1, V2
from tests.properties.shapes import Rule, Shape

CASE, OURS, FAMILY = f"{V2}/cases/{{case_id}}", f"{V1}/cases/{{case_id}}", f"{V2}/families/{{family_id}}"
RELATED = f"{CASE}/case_relationships"
LOOKS, RELATES = "view_case_relationships", "update_case_relationships"


def _case_of_detail(shape: Shape) -> int:
    """The new case is registered like any other."""
    if not (shape.may("case", "case_from_family") and shape.may("case", "read")):
        return 403
    if not shape.sees_case():
        return 404
    return 200 if shape.may("case", "create") else 403


def _family_of_case(shape: Shape) -> int:
    if not (shape.may("case", "case_from_family", "link_family_record") and shape.may("case", "read")):
        return 403
    return 200 if shape.sees_case() else 404


def _case_of_member(shape: Shape) -> int:
    if not (shape.may("family", "case_from_family") and shape.may("family", "read")):
        return 403
    if not shape.sees_case():
        return 404
    return 200 if shape.may("case", "create") else 403


def _siblings(shape: Shape) -> int:
    if not shape.may("case", "read"):
        return 403
    return 200 if shape.sees_case() else 404


def of_family(*needed: str) -> Rule:
    """All of these actions and the family in sight, which is as the case is."""

    def answers(shape: Shape) -> int:
        if not all(shape.may("family", action) for action in needed):
            return 403
        return 200 if shape.sees_case() else 404

    return Rule({"family": list(needed)}, answers)


def of_related(*actions: str, other: int = 200) -> Rule:
    """One of these actions and both cases in sight: whoever sees only the case about herself never sees the other one."""

    def answers(shape: Shape) -> int:
        if not (shape.may("case", *actions) and shape.may("case", "read")):
            return 403
        if not shape.sees_case():
            return 404
        return other if shape.scope == "identified" else 200

    return Rule({"case": [actions[0], "read"]}, answers)


FAMILY_RULES: dict[tuple[str, str], Rule] = {
    ("POST", CASE + "/family"): Rule({"case": ["case_from_family", "read", "create"]}, _case_of_detail),
    ("POST", OURS + "/family"): Rule({"case": ["case_from_family", "read"]}, _family_of_case),
    ("GET", OURS + "/siblings"): Rule({"case": ["read"]}, _siblings),
    ("POST", FAMILY + "/case"): Rule({"family": ["case_from_family", "read"], "case": ["create"]}, _case_of_member),
    ("POST", FAMILY + "/assigns"): of_family("assign", "read"),
    ("GET", f"{V1}/families/{{family_id}}/tree"): of_family("read"),
    ("GET", RELATED): of_related(LOOKS, RELATES),
    ("POST", RELATED): of_related(RELATES, other=422),
    **{
        (method, RELATED + "/{relationship_id}"): of_related(RELATES, other=404)
        for method in ("PATCH", "PUT", "DELETE")
    },
}
