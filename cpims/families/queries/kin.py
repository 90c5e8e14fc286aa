"""What families and the cases of their children know of each other, for whoever looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.families.models import FamilyLink
from cpims.families.rules.linked import Linked, linked_of
from cpims.families.rules.rows import DETAILS, ID, MEMBERS, SHARED, Row, details_of, rows_in, shared_keys
from cpims.families.rules.tree import generation_of
from cpims.records.models import Record
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record
from cpims.records.queries.setup import setup_of
from cpims.settings.queries import configuration_number


def asked_of(configuration: int, kind: str, section: str) -> frozenset[str]:
    """What a form asks in each row of a section."""
    nested = (setup_of(configuration, kind).fields.get(section) or {}).get("subform") or {}
    return frozenset(str(one["name"]) for one in nested.get("fields") or ())


@lru_cache(maxsize=4)
def keys_shared(configuration: int) -> frozenset[str]:
    """The answers about somebody that a linked case and its family have in common."""
    return shared_keys(asked_of(configuration, "case", DETAILS), asked_of(configuration, "family", MEMBERS))


@lru_cache(maxsize=4)
def keys_of_members(configuration: int) -> frozenset[str]:
    """What families ask about their members."""
    return asked_of(configuration, "family", MEMBERS)


def answers_in_families(cases: Sequence[Record]) -> dict[UUID, dict[str, Any]]:
    """The answers of cases that lie in their families, for lists, searches, matches and what is missing; one statement."""
    linked = {case.id: link for case in cases if (link := linked_of(case.state))}
    wanted = {link.family for link in linked.values()}
    families = Record.objects.of_kind("family").only("data").in_bulk(wanted) if wanted else {}
    shared = keys_shared(configuration_number()) if wanted else frozenset[str]()
    return {
        case.id: _shown(case, link, families[link.family].data, shared)
        for case in cases
        if (link := linked.get(case.id)) and link.family in families
    }


def _shown(case: Record, linked: Linked, family: Mapping[str, Any], shared: Collection[str]) -> dict[str, Any]:
    members = rows_in(family, MEMBERS)
    rows = details_of(members, own=linked.member, local=rows_in(case.data, DETAILS), shared=shared)
    return {name: family.get(name) for name in SHARED} | {DETAILS: rows}


@dataclass
class Kin:
    """Families, and of the cases of their members those in the viewer’s sight."""

    families: dict[UUID, Record] = field(default_factory=dict)
    #: Those of them that she sees, by what her role reads of families.
    seen: frozenset[UUID] = frozenset()
    #: By family and member, the case that she sees: its id and its code.
    cases: dict[tuple[UUID, str], tuple[UUID, str]] = field(default_factory=dict)

    def of_member(self, family: UUID, member: str) -> dict[str, Any]:
        """What is laid over a row about somebody: its case, where she sees that; else nothing at all."""
        found = self.cases.get((family, member))
        if found is None:
            return {}
        return {"case_id": str(found[0]), "case_id_display": found[1], "can_read_record": True}


def may_see_families(viewer: Viewer) -> bool:
    """Does her role let her know of families?"""
    return viewer.may_any("family", "read", "search_and_select_family_record")


def find_kin(families: Iterable[UUID], viewer: Viewer, *, looked_up: Mapping[UUID, Record] | None = None) -> Kin:
    """Families with the cases of their members, as far as each lies in the viewer’s sight; four statements at most."""
    wanted = set(families)
    if not wanted:
        return Kin()
    lean = ("row", "facets", "facet_keys", "name_keys", "identifiers", "phones")
    known = dict(looked_up) if looked_up is not None else Record.objects.defer(*lean).in_bulk(wanted)
    seen: frozenset[UUID] = frozenset()
    if looked_up is None and may_see_families(viewer):
        ours = Record.objects.visible_to(viewer).of_kind("family").filter(pk__in=wanted)
        seen = frozenset(ours.values_list("pk", flat=True))
    cases: dict[tuple[UUID, str], tuple[UUID, str]] = {}
    if viewer.may("case", "read"):
        hers = Record.objects.visible_to(viewer).of_kind("case").filter(family_link__family_id__in=wanted)
        for pk, code, family, member in hers.values_list(
            "pk", "display_id", "family_link__family_id", "family_link__member_id"
        ):
            cases[family, member] = (pk, code)
    return Kin(known, seen, cases)


def lay_over_cases(cases: Sequence[Record], viewer: Viewer) -> dict[UUID, dict[str, Any]]:
    """What linked cases show of their families.

    Shows: the details of the child’s people, which belong to the case; of the family itself nothing when it is out of
    sight; of other cases only those in sight.
    """
    linked = {case.id: link for case in cases if (link := linked_of(case.state))}
    kin = find_kin({link.family for link in linked.values()}, viewer)
    shared = keys_shared(viewer.configuration)
    laid: dict[UUID, dict[str, Any]] = {}
    for case in cases:
        link = linked.get(case.id)
        family = kin.families.get(link.family) if link else None
        if link is None or family is None:
            continue
        shown = _shown(case, link, family.data, shared)
        shown[DETAILS] = [row | kin.of_member(family.id, row[ID]) for row in shown[DETAILS]]
        if family.id in kin.seen:
            shown |= {
                "family_id": str(family.id),
                "family_member_id": link.member,
                "family_id_display": family.display_id,
                "family_name": family.data.get("family_name"),
            }
        laid[case.id] = shown
    return laid


def lay_over_families(families: Sequence[Record], viewer: Viewer) -> dict[UUID, dict[str, Any]]:
    """The members of families, each with its case where the viewer sees that."""
    return {family.id: {MEMBERS: rows} for family, rows in _members(families, viewer) if family.data.get(MEMBERS)}


def _members(families: Sequence[Record], viewer: Viewer) -> list[tuple[Record, list[Row]]]:
    kin = find_kin({one.id for one in families}, viewer, looked_up={one.id: one for one in families})
    return [(one, [row | kin.of_member(one.id, row[ID]) for row in rows_in(one.data, MEMBERS)]) for one in families]


def find_siblings(*, case_id: UUID | None, viewer: Viewer) -> tuple[Record, list[Record]]:
    """The other cases of a case’s family.

    Raises: Forbidden, RecordNotFound.
    Shows: those in the viewer’s sight; of others not even that there are any.
    """
    case = get_record(kind="case", record_id=case_id, viewer=viewer)
    linked = linked_of(case.state)
    if linked is None or DETAILS not in readable_of(case, viewer):
        return case, []
    others = (
        Record.objects.visible_to(viewer)
        .of_kind("case")
        .filter(family_link__family_id=linked.family, record_state=True)
    )
    return case, list(others.exclude(pk=case.id).order_by("created_at", "id"))


def get_tree(*, family_id: UUID | None, viewer: Viewer) -> tuple[Record, dict[str, Any]]:
    """A family as it is drawn: its members by generation, who cares for the children, and how cases name them.

    Raises: Forbidden, RecordNotFound.
    Shows: what she reads of families; a case only where she sees it; what a case says of somebody only where she reads
    that case.
    """
    require(viewer, "family", "read")
    family = get_record(kind="family", record_id=family_id, viewer=viewer)
    if MEMBERS not in readable_of(family, viewer):
        return family, {"members": [], "relations": []}
    rows = _members([family], viewer)[0][1]
    linked = {row[ID]: row["case_id"] for row in rows if "case_id" in row}
    members = [
        row | {"generation": generation_of(row, has_case=row[ID] in linked), "caregiver": _cares(row)} for row in rows
    ]
    return family, {"members": members, "relations": _relations(family, linked, viewer)}


def _cares(member: Row) -> bool:
    return member.get("family_relation_is_caregiver") is True


def _relations(family: Record, linked: Mapping[str, str], viewer: Viewer) -> list[dict[str, str]]:
    """Who is what to whom, in the words of the cases that she reads."""
    known = {row[ID] for row in rows_in(family.data, MEMBERS)}
    cases = Record.objects.visible_to(viewer).of_kind("case").filter(pk__in=linked.values()).in_bulk()
    found = []
    for member, case_id in linked.items():
        case = cases.get(UUID(case_id))
        if case is None or DETAILS not in readable_of(case, viewer):
            continue
        found += [
            {"from": row[ID], "to": member, "relation": row["relation"]}
            for row in rows_in(case.data, DETAILS)
            if isinstance(row.get("relation"), str) and row["relation"] and row[ID] in known
        ]
    return found


def cases_of(family_id: UUID) -> dict[str, UUID]:
    """By member, the cases that are linked to a family: for acts, which hold the family."""
    return dict(FamilyLink.objects.filter(family_id=family_id).values_list("member_id", "case_id"))
