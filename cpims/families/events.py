"""What can have happened to a family."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FamilyEvent(Event):
    """Something that happened to a family."""

    record_kind: ClassVar[str] = "family"


@dataclass(frozen=True, kw_only=True)
class FamilyRegistered(FamilyEvent):
    """A family was registered."""

    name: ClassVar[str] = "family.registered"


@dataclass(frozen=True, kw_only=True)
class FamilyAmended(FamilyEvent):
    """Answers were changed."""

    name: ClassVar[str] = "family.amended"


@dataclass(frozen=True, kw_only=True)
class FamilyClosed(FamilyEvent):
    """The family was closed."""

    name: ClassVar[str] = "family.closed"


@dataclass(frozen=True, kw_only=True)
class FamilyReopened(FamilyEvent):
    """The family was opened again."""

    name: ClassVar[str] = "family.reopened"


@dataclass(frozen=True, kw_only=True)
class FamilyDisabled(FamilyEvent):
    """The record was switched off; nothing was deleted."""

    name: ClassVar[str] = "family.disabled"


@dataclass(frozen=True, kw_only=True)
class FamilyEnabled(FamilyEvent):
    """The record was switched on again."""

    name: ClassVar[str] = "family.enabled"


@dataclass(frozen=True, kw_only=True)
class CaseOfFamilyLinked(FamilyEvent):
    """A child's case was linked to a member of the family."""

    name: ClassVar[str] = "family.case_linked"


@dataclass(frozen=True, kw_only=True)
class CaseOfFamilyUnlinked(FamilyEvent):
    """A child's case belongs to the family no more."""

    name: ClassVar[str] = "family.case_unlinked"


@dataclass(frozen=True, kw_only=True)
class FamilyAssigned(FamilyEvent):
    """The family was given to another worker."""

    name: ClassVar[str] = "family.assigned"


@dataclass(frozen=True, kw_only=True)
class FamilyWorkersChanged(FamilyEvent):
    """Others work with children of this family now."""

    name: ClassVar[str] = "family.workers_changed"


@dataclass(frozen=True, kw_only=True)
class CaseFamilyEvent(Event):
    """Something that happened between a case and a family, a registry record or another case."""

    record_kind: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class FamilyLinked(CaseFamilyEvent):
    """The case was linked to a family."""

    name: ClassVar[str] = "case.family_linked"


@dataclass(frozen=True, kw_only=True)
class FamilyUnlinked(CaseFamilyEvent):
    """The case was unlinked from its family."""

    name: ClassVar[str] = "case.family_unlinked"


@dataclass(frozen=True, kw_only=True)
class FamilyDetailsAmended(CaseFamilyEvent):
    """What the family shares was changed from this case."""

    name: ClassVar[str] = "case.family_details_amended"


@dataclass(frozen=True, kw_only=True)
class FamilyDetailsFollowed(CaseFamilyEvent):
    """What the family shares was changed elsewhere; the case shows it too."""

    name: ClassVar[str] = "case.family_details_followed"


@dataclass(frozen=True, kw_only=True)
class CaseRelated(CaseFamilyEvent):
    """The case was related to another."""

    name: ClassVar[str] = "case.related"


@dataclass(frozen=True, kw_only=True)
class RelationshipAmended(CaseFamilyEvent):
    """How the case is related to another was changed."""

    name: ClassVar[str] = "case.relationship_amended"


@dataclass(frozen=True, kw_only=True)
class RelationshipEnded(CaseFamilyEvent):
    """The case is related to another no more."""

    name: ClassVar[str] = "case.relationship_ended"


@dataclass(frozen=True, kw_only=True)
class RegistryLinked(CaseFamilyEvent):
    """The case was linked to a registry record."""

    name: ClassVar[str] = "case.registry_linked"


@dataclass(frozen=True, kw_only=True)
class RegistryUnlinked(CaseFamilyEvent):
    """The case was unlinked from a registry record."""

    name: ClassVar[str] = "case.registry_unlinked"
