"""What cases and families keep with each other and with registry records, as the records room lets rooms above do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.families.actions.details import OURS, amend_details, amend_members
from cpims.families.actions.keeping import leave_behind
from cpims.families.actions.linking import hide, link, unlink, write_link
from cpims.families.actions.registry import lay_over_registry, link_registry
from cpims.families.models import FamilyLink
from cpims.families.queries.kin import answers_in_families, lay_over_cases, lay_over_families
from cpims.families.rules.linked import linked_of
from cpims.families.rules.rows import MEMBERS, SHARED, SHOWN, without
from cpims.lib.errors import Problem
from cpims.records.actions.companions import register_companion
from cpims.records.models import Record
from cpims.records.queries.companions import LIES_ELSEWHERE
from cpims.records.rules.editing import Base
from cpims.records.rules.refusals import AnswersInvalid

FAMILY, MEMBER = "family_id", "family_member_id"


class FamilyOfCase:
    """The family of a case: the link, what the family shares, and what the case says of its people."""

    kind = "case"
    names = frozenset((FAMILY, MEMBER, "family_id_display", "family_name", *OURS))

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """Link, unlink, and bring what is the family’s to the family."""
        left = {name: value for name, value in sent.items() if name not in (FAMILY, MEMBER)}
        new = record._state.adding
        if FAMILY in sent or MEMBER in sent:
            answers = self._linked(record, sent, left if new else record.data, actor=actor, at=at)
            if new:
                return answers
            record.data = answers
        linked = linked_of(record.state)
        if linked is not None and not new and not left.keys().isdisjoint(OURS):
            amend_details(record, linked, left, base=base, actor=actor, at=at)
            left = {name: value for name, value in left.items() if name not in OURS}
        return left

    def _linked(
        self, record: Record, sent: Mapping[str, Any], answers: Mapping[str, Any], *, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        linked = linked_of(record.state)
        wanted, member = sent.get(FAMILY, str(linked.family) if linked else None), sent.get(MEMBER)
        if FAMILY in sent and wanted is None:
            return unlink(record, answers, actor=actor, at=at) if linked else dict(answers)
        if wanted is None:
            if member is None:
                return dict(answers)
            raise AnswersInvalid([Problem(f"/{MEMBER}", "family.member_unknown", {"name": MEMBER})])
        return link(record, answers, wanted=wanted, member=member, actor=actor, at=at)

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """A case that was registered into a family has a row of its own now; names that are hidden are hidden there too."""
        linked = linked_of(record.state)
        if linked is None:
            return
        if not FamilyLink.objects.filter(case_id=record.id).exists():
            write_link(record, actor=actor, at=at)
        if record.hidden_name and linked.made:
            hide(record, linked, actor=actor, at=at)

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """The family as far as she sees it, and the child’s people."""
        return lay_over_cases(records, viewer)


class MembersOfFamily:
    """The members of a family, each with its case."""

    kind = "family"
    names = frozenset((MEMBERS,))

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """Members without what was laid over them; those of a stored family are merged here."""
        if MEMBERS not in sent:
            return sent
        if record._state.adding or not isinstance(sent[MEMBERS], list):
            return sent | {MEMBERS: without(sent[MEMBERS] or [], SHOWN)}
        amend_members(record, sent[MEMBERS], base=base, actor=actor)
        return {name: value for name, value in sent.items() if name != MEMBERS}

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """The cases of its members follow."""
        leave_behind(record.id)

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """A member’s case, where she sees it."""
        return lay_over_families(records, viewer)


class RegistryOfCase:
    """The registry record of a case: what is shown of it is read from it, and never stale."""

    kind = "case"
    names = frozenset(
        "registry_record_id registry_id_display registry_name registry_no registry_location_current".split()
    )

    def take(
        self, record: Record, sent: dict[str, Any], *, base: Base | None, actor: Viewer, at: datetime
    ) -> dict[str, Any]:
        """Link to the registry record that is named, or to none."""
        if "registry_record_id" not in sent:
            return sent
        link_registry(record, sent["registry_record_id"], actor=actor, at=at)
        return {name: value for name, value in sent.items() if name != "registry_record_id"}

    def settle(self, record: Record, *, actor: Viewer, at: datetime) -> None:
        """Nothing follows."""

    def assemble(self, records: Sequence[Record], viewer: Viewer) -> Mapping[UUID, Mapping[str, Any]]:
        """The registry record, where she sees it."""
        return lay_over_registry(records, viewer)


for companion in (FamilyOfCase(), MembersOfFamily(), RegistryOfCase()):
    register_companion(companion)
LIES_ELSEWHERE["case"] = answers_in_families

__all__ = ["SHARED", "FamilyOfCase", "MembersOfFamily", "RegistryOfCase"]
