"""Linking a case to the person it is about, who may then see it herself (records.md §4)."""

from __future__ import annotations

from typing import Final

from cpims.lib.errors import Invalid, Problem

#: The category of roles whose holders see one case only: the one about themselves.
CATEGORY: Final = "identified"


class IdentificationRefused(Invalid):
    """The case cannot be linked to this person."""

    code = "case.identification_refused"


def not_eligible() -> IdentificationRefused:
    """The refusal for an account that is not there, switched off, not confirmed, or a worker's."""
    primero = {"primero": "errors.models.child.identified_by_exists"}
    return IdentificationRefused([Problem("/identified_by", "case.identified_by.not_eligible", primero)])


def has_one_already() -> IdentificationRefused:
    """The refusal for somebody who has a case: one person, one case."""
    primero = {"primero": "errors.models.child.identified_by_unique"}
    return IdentificationRefused([Problem("/identified_by", "case.identified_by.taken", primero)])
