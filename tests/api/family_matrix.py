"""The rows of the matrix about families with the cases of their members, and about related cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from cpims.families.models import CaseRelationship
from cpims.records.models import Record
from tests.api.rows import Row, data
from tests.cast import AT, register
from tests.db.kinship import MOTHER, ROWS, put_details

CASE, OURS, FAMILY = "/api/v2/cases/{case_id}", "/api/cpims/v1/cases/{case_id}", "/api/v2/families/{family_id}"
RELATED = CASE + "/case_relationships"
ALL, SEEN = "amina bilal chantal dawit esther", ("amina bilal chantal farid", "esther", "dawit")


def kin_places(path: str, known: dict[str, Any]) -> dict[str, Any]:
    """Noor’s case is related to Sami’s, where an address speaks of that."""
    if "relationship" not in path:
        return {}
    row = CaseRelationship.objects.create(
        id=uuid4(), from_case_id=UUID(known["case_id"]), to_case=register(name_first="Sami"),
        relationship_type="farmer_on", created_at=AT, created_by="amina", updated_at=AT, updated_by="amina",
    )  # fmt: skip
    return {"relationship_id": str(row.id)}


def _detail() -> Any:
    """Noor’s mother, about whom her case has a row now."""
    put_details()
    case = Record.objects.of_kind("case").earliest("recorded_at", "id")
    row = {"unique_id": MOTHER, "relation_name": "Mariam Haddad"}
    Record.objects.filter(pk=case.pk).update(data=case.data | {ROWS: [row]})
    return {"data": {"family_detail_id": MOTHER}}


def _member() -> Any:
    family = Record.objects.of_kind("family").earliest("recorded_at", "id")
    return {"data": {"family_member_id": family.data["family_members"][0]["unique_id"]}}


def _related() -> Any:
    other = Record.objects.get(relationships_to__isnull=False)
    return {"data": {"case_id": str(other.id), "relationship_type": "sibling_of"}}


FAMILY_ROWS: tuple[Row, ...] = (
    Row("POST", CASE + "/family", "farid", ALL, body=_detail),
    Row("POST", OURS + "/family", "farid", ALL, body=data()),
    Row("GET", OURS + "/siblings", *SEEN, queries=3),
    Row("POST", FAMILY + "/case", "farid", ALL, body=_member),
    Row("POST", FAMILY + "/assigns", "farid", ALL, body=data(transitioned_to="bilal")),
    Row("GET", "/api/cpims/v1/families/{family_id}/tree", *SEEN, queries=4),
    Row("GET", RELATED, "farid", ALL, queries=5),
    Row("POST", RELATED, "farid", ALL, body=_related),
    *(
        Row(method, RELATED + "/{relationship_id}", "farid", ALL, body=data(primary=True))
        for method in ("PATCH", "PUT")
    ),
    Row("DELETE", RELATED + "/{relationship_id}", "farid", ALL),
)
