"""Whatever is linked to whatever: of a case out of sight nothing shows on any road, not its id, not its code, not that it is there.

Families, cases, registry records and relationships are drawn, with owners, teams and hidden names; each of the cast then
looks through every road. What is shown of others is compared with what ``visible_to`` says of them.
"""

from __future__ import annotations

import random
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from cpims.audit.models import ChangeEntry
from cpims.families.actions import amend_relationship, create_family_of_case, relate_cases
from cpims.families.models import CaseRelationship, FamilyLink
from cpims.lib.errors import Refusal
from cpims.records.models import Record
from tests.api.client import as_
from tests.cast import register, viewer
from tests.db.kinship import LATER, MOTHER, ROWS, change, noor, put_families
from tests.kinds import register_kind

V1, V2 = "/api/cpims/v1", "/api/v2"
LOOKERS = ("amina", "bilal", "chantal", "dawit", "farid")
OWNERS = ("amina", "bilal", "dawit")


def draw_families(draw: random.Random) -> None:
    """A few families whose children have workers of different teams; some cases are related, some have a registry record."""
    cases: list[Record] = []
    for number in range(2):
        first = noor(draw.choice(OWNERS), name_first=f"First{number}", hidden_name=draw.random() < 0.3)
        family = create_family_of_case(case_id=first.id, actor=viewer("farid"), at=LATER).family
        assert family is not None
        cases.append(first)
        for child in range(draw.randint(1, 3)):
            new = register(draw.choice(OWNERS), name_first=f"Child{number}{child}", hidden_name=draw.random() < 0.3)
            change(new, "farid", family_id=str(family.id))
            cases.append(new)
    draw.shuffle(cases)
    for one, other in pairwise(cases):
        if draw.random() < 0.5:
            relate_cases(case_id=one.id, other_id=other.id, kind="farmer_on", actor=viewer("farid"), at=LATER)
    farm = register_kind("registry_record", by=draw.choice(OWNERS))
    change(draw.choice(cases), "farid", registry_record_id=str(farm.id))


def everything_shown(name: str) -> str:
    """All that one of the cast is shown, on every road that there is to a record in her sight."""
    caller, shown = as_(name), []

    def look(method: str, path: str, body: object = None) -> None:
        reply = caller.send(method, path, body)
        assert reply.status == 200, (path, reply.raw[:300])
        shown.append(reply.raw.decode())

    sight = Record.objects.visible_to(viewer(name))
    for case in sight.of_kind("case"):
        for path in (f"{V2}/cases/{case.id}", f"{V1}/cases/{case.id}/siblings", f"{V2}/cases/{case.id}/case_relationships",
                     f"{V2}/cases/{case.id}/record_history", f"{V1}/cases/{case.id}/timeline"):  # fmt: skip
            look("GET", path)
    for family in sight.of_kind("family"):
        for path in (
            f"{V2}/families/{family.id}",
            f"{V1}/families/{family.id}/tree",
            f"{V2}/families/{family.id}/record_history",
        ):
            look("GET", path)
    look("GET", f"{V2}/cases?per=50&fields=family_id,family_details_section,registry_record_id,name")
    look("GET", f"{V2}/families?per=50")
    look("POST", f"{V1}/sync/changes", {"kinds": ["case", "family"], "scope": {"own_open": True, "pinned": []}})
    look("POST", f"{V1}/cases/search", {"query": "Haddad", "any": True})
    return "\n".join(shown)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_of_what_is_out_of_sight_shows(cast, seed):
    put_families()
    draw_families(random.Random(seed))
    hidden_somewhere = 0
    for name in LOOKERS:
        seen = set(Record.objects.visible_to(viewer(name)).values_list("id", flat=True))
        shown = everything_shown(name)
        for other in Record.objects.exclude(pk__in=seen):
            hidden_somewhere += 1
            assert str(other.id) not in shown, f"{name} is shown the id of a {other.kind} out of sight"
            if other.kind == "case":
                assert other.display_id not in shown, f"{name} is shown the code of a case out of sight"
        for link in FamilyLink.objects.filter(case_id__in=seen):
            siblings = as_(name).get(f"{V1}/cases/{link.case_id}/siblings").data
            expected = FamilyLink.objects.filter(family_id=link.family_id, case_id__in=seen).exclude(
                case_id=link.case_id
            )
            assert {UUID(one["id"]) for one in siblings} == set(expected.values_list("case_id", flat=True))
        for row in CaseRelationship.objects.all():
            told = [
                r["id"] for r in as_(name).get(f"{V2}/cases/{row.from_case_id}/case_relationships").json.get("data", [])
            ]
            assert (str(row.id) in told) == ({row.from_case_id, row.to_case_id} <= seen)
    assert hidden_somewhere > 5


def test_ids_of_others_are_refused_everywhere_and_nothing_is_changed(cast):
    put_families()
    mine, theirs = noor(), register("dawit", name_first="Lina")
    family = create_family_of_case(case_id=theirs.id, actor=viewer("dawit"), at=LATER).family
    assert family is not None
    member = FamilyLink.objects.get().member_id
    row = relate_cases(
        case_id=mine.id, other_id=theirs.id, kind="sibling_of", actor=viewer("farid"), at=LATER
    ).relationship
    farm = register_kind("registry_record", by="dawit")
    before = ChangeEntry.objects.count()
    caller, case = as_("amina"), f"{V2}/cases/{mine.id}"
    attempts = [
        ("PATCH", case, {"family_id": str(family.id)}, 422),
        ("PATCH", case, {"family_id": str(theirs.id)}, 422),
        ("PATCH", case, {"family_member_id": member}, 422),
        ("PATCH", case, {"registry_record_id": str(farm.id)}, 422),
        ("PATCH", f"{V2}/cases/{theirs.id}", {"family_id": None}, 404),
        ("POST", f"{case}/family", {"family_detail_id": member}, 404),
        ("POST", f"{case}/family", {"family_detail_id": MOTHER, "family_id": str(family.id)}, 409),
        ("POST", f"{case}/family", {"family_detail_id": MOTHER, "id": str(theirs.id)}, 409),
        ("POST", f"{V1}/cases/{mine.id}/family", {"id": str(theirs.id)}, 409),
        ("POST", f"{V1}/cases/{theirs.id}/family", {}, 404),
        ("POST", f"{V2}/families/{family.id}/case", {"family_member_id": member}, 404),
        ("POST", f"{V2}/families/{mine.id}/case", {"family_member_id": MOTHER}, 404),
        ("POST", f"{V2}/families/{family.id}/assigns", {"transitioned_to": "amina"}, 403),
        ("POST", f"{case}/case_relationships", {"case_id": str(theirs.id), "relationship_type": "farmer_on"}, 422),
        ("POST", f"{case}/case_relationships", {"case_id": str(family.id), "relationship_type": "farmer_on"}, 422),
        ("PATCH", f"{case}/case_relationships/{row.id}", {"disabled": True}, 404),
        ("DELETE", f"{case}/case_relationships/{row.id}", None, 404),
        ("DELETE", f"{case}/case_relationships/{uuid4()}", None, 404),
    ]
    for method, path, values, status in attempts:
        reply = caller.send(method, path, None if values is None else {"data": values})
        assert reply.status == status, (method, path, values, reply.status, reply.raw[:200])
        told = reply.raw.decode()
        for sent in (theirs.id, family.id, farm.id):  # what she named herself may stand in the answer
            told = told.replace(str(sent), "")
        for secret in (theirs.display_id, family.display_id, farm.display_id, "Lina"):
            assert secret not in told
    assert ChangeEntry.objects.count() == before and FamilyLink.objects.count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_of_links_leaves_every_row_in_one_home(cast, seed):
    """Linking, unlinking, adding, removing, relating in any order: a member has one case, every row one home, every link one row."""
    put_families()
    draw, cases = random.Random(100 + seed), [noor(name_first=f"Child{n}", **{ROWS: []}) for n in range(3)]
    families = [register_kind("family", family_name=f"F{n}", family_members=[]) for n in range(2)]
    refused = 0

    def step() -> None:
        case = Record.objects.get(pk=draw.choice(cases).pk)
        rows = as_("amina").get(f"{V2}/cases/{case.id}").data.get(ROWS, [])
        kind = draw.choice(("link", "link", "unlink", "add", "edit", "remove", "relate", "end"))
        if kind == "link":
            change(case, family_id=str(draw.choice(families).id))
        elif kind == "unlink":
            change(case, family_id=None)
        elif kind == "add":
            change(
                case, **{ROWS: [{"unique_id": str(uuid4()), "relation_name": f"P{draw.random()}", "relation": "aunt"}]}
            )
        elif kind in ("edit", "remove") and rows:
            row = draw.choice(rows)
            edit = {"relation_nickname": "N", "relation": "uncle"} if kind == "edit" else {"_destroy": True}
            change(case, **{ROWS: [{"unique_id": row["unique_id"]} | edit]})
        elif kind == "relate":
            other = draw.choice([one for one in cases if one.id != case.id])
            relate_cases(case_id=case.id, other_id=other.id, kind="sibling_of", actor=viewer("amina"), at=LATER)
        elif kind == "end":
            row = CaseRelationship.objects.filter(disabled=False).first()
            if row is not None:
                amend_relationship(
                    case_id=row.to_case_id, relationship_id=row.id, disabled=True, actor=viewer("amina"), at=LATER
                )

    for _ in range(60):
        before = ChangeEntry.objects.count()
        try:
            with transaction.atomic():
                step()
        except Refusal as refusal:
            refused += 1
            assert ChangeEntry.objects.count() == before, refusal
        homes: list[str] = []
        for family in Record.objects.of_kind("family"):
            members = [row["unique_id"] for row in family.data.get("family_members") or []]
            assert len(members) == len(set(members))
            linked = set(FamilyLink.objects.filter(family=family).values_list("member_id", flat=True))
            assert linked <= set(members)
            homes += members
        for case in Record.objects.of_kind("case"):
            link = FamilyLink.objects.filter(case=case).first()
            kept = case.state.get("linked_family")
            assert (link is None) == (kept is None)
            if link is None:
                homes += [row["unique_id"] for row in case.data.get(ROWS) or []]
            else:
                assert kept is not None and (str(link.family_id), link.member_id) == (kept["family"], kept["member"])
                assert not any("relation_name" in row for row in case.data.get(ROWS) or [])
        doubled = {one for one in homes if homes.count(one) > 1}
        for one in doubled:  # only somebody of whom two children speak, one of whom was unlinked
            speaks = [
                c for c in Record.objects.of_kind("case") if any(r["unique_id"] == one for r in c.data.get(ROWS) or [])
            ]
            assert len(speaks) >= 2
    assert refused < 40
