"""Families with the cases of their members, and how cases are related."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Shape
from cpims.api.shapes.records import Case


class FamilyMember(Shape):
    """Somebody of a family: the answers about this person, and the case where the viewer sees it."""

    model_config = ConfigDict(strict=True, extra="allow")

    unique_id: str
    case_id: str | None = None
    case_id_display: str | None = None
    can_read_record: bool | None = None


class CaseOfDetail(Shape):
    """Which of the people on a case gets a case; ids that a client made for the new case and, if there is none, the family."""

    family_detail_id: str
    id: str | None = None
    family_id: str | None = None


class CaseOfMember(Shape):
    """Which member of a family gets a case; the id that a client made for it."""

    family_member_id: str
    id: str | None = None


class NewFamilyOfCase(Shape):
    """A family to be made of a case; the id that a client made for it, and what it is called."""

    id: str | None = None
    family_name: str | None = None


class CaseMade(Shape):
    """The new case, as far as its maker may read it."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    case_id_display: str | None = None
    family_member_id: str | None = None


class FamilyOfCase(Shape):
    """A case with its family, and the case that was made for one of its people."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    family_id: str | None = None
    family_number: str | None = None
    family_member_id: str | None = None
    family_details_section: list[FamilyMember] | None = None
    record: CaseMade | None = None


class CaseOfFamily(Shape):
    """A family with its members, and the case that was made for one of them."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    family_members: list[FamilyMember] | None = None
    record: CaseMade


class FamilyAssigned(Shape):
    """Whose a family is now."""

    id: str
    type: str = Field(description="always Assign")
    status: str = Field(description="always done")
    record_id: str
    record_type: str
    transitioned_by: str
    transitioned_to: str
    record_access_denied: bool = Field(description="she cannot read the family any more")


class FamilyAssign(Shape):
    """To whom a family is given."""

    transitioned_to: str


class TreeMember(FamilyMember):
    """A member of a family in the drawn tree."""

    generation: int | None = Field(
        description="2 grandparents, 1 parents, 0 the children, -1 their children; null when it is not known"
    )
    caregiver: bool


class TreeRelation(Shape):
    """What somebody is to a child, as the child’s case says it."""

    model_config = ConfigDict(strict=True, populate_by_name=True)

    from_: str = Field(alias="from", description="who: the unique_id of a member")
    to: str = Field(description="to which child: the unique_id of a member")
    relation: str


class FamilyTree(Shape):
    """A family as it is drawn."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    family_name: str | None = None
    members: list[TreeMember]
    relations: list[TreeRelation]


class Relationship(Shape):
    """How the case of the address is related to another."""

    id: str
    case_id: str = Field(description="the other case")
    relationship_type: str
    primary: bool
    disabled: bool
    data: Case = Field(description="what the viewer may read of the other case, as lists show it")


class NewRelationship(Shape):
    """Another case, and how the case of the address is related to it; the id that a client made for this."""

    case_id: str
    relationship_type: str
    primary: bool | None = None
    id: str | None = None


class RelationshipEdit(Shape):
    """What changes of a relationship."""

    primary: bool | None = None
    disabled: bool | None = None
