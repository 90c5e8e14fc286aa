"""The routes of families and relationships beyond those that every kind of record has."""

from __future__ import annotations

from cpims.api.shapes import families as f
from cpims.api.shapes.records import Case
from cpims.api.shapes.route import V1, V2, Route

CASE, FAMILY = f"{V2}/cases/{{id}}", f"{V2}/families/{{id}}"

FAMILY_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{CASE}/family"): Route(
        "Open a case for one of the people on a case; both belong to one family then",
        f.FamilyOfCase, request=f.CaseOfDetail, headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("POST", f"{FAMILY}/case"): Route(
        "Open a case for a member of a family",
        f.CaseOfFamily, request=f.CaseOfMember, headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("POST", f"{FAMILY}/assigns"): Route(
        "Give a family to another worker", f.FamilyAssigned, request=f.FamilyAssign, headers=("Idempotency-Key",)
    ),
    ("POST", f"{V1}/cases/{{id}}/family"): Route(
        "Make a family of a case: the child and its people become the members",
        f.FamilyOfCase, request=f.NewFamilyOfCase, headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("GET", f"{V1}/cases/{{id}}/siblings"): Route(
        "The other cases of a case’s family, as far as they are in sight", Case, many=True
    ),
    ("GET", f"{V1}/families/{{id}}/tree"): Route("A family as it is drawn", f.FamilyTree),
    ("GET", f"{CASE}/case_relationships"): Route(
        "The cases that a case is related to, the newest first", f.Relationship, many=True, query=("relationship_type",)
    ),
    ("POST", f"{CASE}/case_relationships"): Route(
        "Relate a case to another", f.Relationship, request=f.NewRelationship, headers=("Idempotency-Key",),
        statuses=(409,),
    ),
    ("PATCH", f"{CASE}/case_relationships/{{id}}"): Route(
        "Change how cases are related", f.Relationship, request=f.RelationshipEdit, headers=("Idempotency-Key",),
        statuses=(409,),
    ),
    ("DELETE", f"{CASE}/case_relationships/{{id}}"): Route("End a relationship; nothing is deleted", f.Relationship),
}  # fmt: skip
