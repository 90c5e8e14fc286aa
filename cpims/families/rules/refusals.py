"""How families say no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound


class MemberNotFound(NotFound):
    """There is no such member in this family."""

    code = "family.member_not_found"


class MemberHasCase(Conflict):
    """This member has a case already: a second one is not made, and the member is not removed while it is linked."""

    code = "family.member_has_case"


class FamilyThere(Conflict):
    """The case belongs to a family already."""

    code = "family.already_linked"


class RelationshipExists(Conflict):
    """These two cases are related in this way already."""

    code = "relationship.exists"


class RelationshipNotFound(NotFound):
    """There is no such relationship of this case."""

    code = "relationship.not_found"


class RelationshipInvalid(Invalid):
    """Two cases cannot be related like this."""

    code = "relationship.invalid"


class AssignmentInvalid(Invalid):
    """The family cannot be given to this person."""

    code = "family.assignment_invalid"
