"""Acts on families."""

from cpims.families.actions.assigning import assign_family
from cpims.families.actions.following import follow_family
from cpims.families.actions.joining import create_case_from_detail, create_case_from_member, create_family_of_case
from cpims.families.actions.recording import amend_family, register_family
from cpims.families.actions.relating import amend_relationship, relate_cases

__all__ = [
    "amend_family",
    "amend_relationship",
    "assign_family",
    "create_case_from_detail",
    "create_case_from_member",
    "create_family_of_case",
    "follow_family",
    "register_family",
    "relate_cases",
]
