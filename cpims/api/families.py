"""Families: a case for a member, a family of a case, siblings, the drawn tree, giving a family to another worker."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_data
from cpims.api.http.prefer import once
from cpims.api.http.reply import reply
from cpims.api.shapes.families import CaseOfDetail, CaseOfMember, FamilyAssign, NewFamilyOfCase
from cpims.audit.actions import note_sighting
from cpims.families.actions import (
    assign_family,
    create_case_from_detail,
    create_case_from_member,
    create_family_of_case,
)
from cpims.families.actions.joining import CaseMade
from cpims.families.queries.kin import find_siblings, get_tree
from cpims.families.rules.rows import DETAILS, MEMBERS
from cpims.lib.clock import now, today
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.models import Record
from cpims.records.queries.lending import readable_of
from cpims.records.queries.reading import get_record, record_ids, served, served_all
from cpims.records.queries.setup import setup_of
from cpims.records.rules.refusals import AnswersInvalid

router = Router(tags=["families"])
ours = Router(tags=["families"])
OF_CASE = ("family_id", "family_number", "family_member_id", DETAILS)


@router.post("/cases/{case_id}/family", summary="Open a case for one of the people on a case")
def add_case_of_detail(request: HttpRequest, case_id: str) -> HttpResponse:
    """The family of both is made when there is none yet."""
    viewer = viewer_of(request)
    require(viewer, "case", "case_from_family")
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(CaseOfDetail, read_data(request))
        made = create_case_from_detail(
            case_id=case.id, detail_id=asked.family_detail_id, actor=viewer, at=now(),
            new_case_id=_id(asked.id, "id"), family_id=_id(asked.family_id, "family_id"),
        )  # fmt: skip
        assert made.origin is not None
        return reply(_case_with_family(made.origin, viewer) | {"record": _made(made, viewer)})

    return once(request, viewer, act)


@router.post("/families/{family_id}/case", summary="Open a case for a member of a family")
def add_case_of_member(request: HttpRequest, family_id: str) -> HttpResponse:
    """A member has one case and no second."""
    viewer = viewer_of(request)
    require(viewer, "family", "case_from_family")
    family = get_record(kind="family", record_id=read_id(family_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(CaseOfMember, read_data(request))
        made = create_case_from_member(
            family_id=family.id, member_id=asked.family_member_id, actor=viewer, at=now(), case_id=_id(asked.id, "id")
        )
        assert made.family is not None
        told = served(made.family, viewer, today=_today(), names=(MEMBERS,))
        return reply(told | {"record": _made(made, viewer)})

    return once(request, viewer, act)


@router.post("/families/{family_id}/assigns", summary="Give a family to another worker")
def add_family_assign(request: HttpRequest, family_id: str) -> HttpResponse:
    """She owns it from this moment on."""
    viewer = viewer_of(request)
    require(viewer, "family", "assign")
    family = get_record(kind="family", record_id=read_id(family_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(FamilyAssign, read_data(request))
        done = assign_family(family_id=family.id, to=asked.transitioned_to, actor=viewer, at=now()).record
        return reply(
            {
                "id": str(done.id),
                "type": "Assign",
                "status": "done",
                "record_id": str(done.id),
                "record_type": "family",
                "transitioned_by": viewer.user_name,
                "transitioned_to": done.owned_by,
                "record_access_denied": not done.is_visible_to(viewer),
            }
        )

    return once(request, viewer, act)


@ours.post("/cases/{case_id}/family", summary="Make a family of a case")
def add_family_of_case(request: HttpRequest, case_id: str) -> HttpResponse:
    """The child and its people become the members."""
    viewer = viewer_of(request)
    require(viewer, "case", "case_from_family", "link_family_record")
    case = get_record(kind="case", record_id=read_id(case_id), viewer=viewer)

    def act() -> HttpResponse:
        asked = check(NewFamilyOfCase, read_data(request, optional=True))
        values = {"family_name": asked.family_name} if asked.family_name else {}
        made = create_family_of_case(
            case_id=case.id, actor=viewer, at=now(), family_id=_id(asked.id, "id"), values=values
        )
        return reply(_case_with_family(made.record, viewer))

    return once(request, viewer, act)


@ours.get("/cases/{case_id}/siblings", summary="The other cases of a case’s family")
def list_siblings(request: HttpRequest, case_id: str) -> HttpResponse:
    """Those in sight; of others not even that there are any."""
    viewer = viewer_of(request)
    _, found = find_siblings(case_id=read_id(case_id), viewer=viewer)
    note_sighting(
        viewer, road="cases.siblings", action="list", record_kind="case", record_ids=record_ids(found), fields="short"
    )
    return reply(served_all(found, viewer, today=_today(), names=short_names(viewer), whole=False, in_sight=True))


@ours.get("/families/{family_id}/tree", summary="A family as it is drawn")
def read_tree(request: HttpRequest, family_id: str) -> HttpResponse:
    """Its members by generation, and what they are to its children."""
    viewer = viewer_of(request)
    family, tree = get_tree(family_id=read_id(family_id), viewer=viewer)
    note_sighting(viewer, road="families.tree", action="show", record_kind="family", record_ids=[family.id])
    told: dict[str, Any] = {"id": str(family.id)}
    if "family_name" in readable_of(family, viewer) and family.data.get("family_name"):
        told["family_name"] = family.data["family_name"]
    return reply(told | tree)


def short_names(viewer: Viewer) -> frozenset[str]:
    """What lists show of a case."""
    return setup_of(viewer.configuration, "case").row_fields | {"name", "age", "sex", "workflow", "status"}


def _case_with_family(case: Record, viewer: Viewer) -> dict[str, Any]:
    return served(case, viewer, today=_today(), names=OF_CASE)


def _made(made: CaseMade, viewer: Viewer) -> dict[str, Any]:
    return served(made.record, viewer, today=_today(), names=("case_id_display", "family_member_id"))


def _id(sent: str | None, name: str) -> UUID | None:
    """An id that a client made, if it made one.

    Raises: AnswersInvalid.
    """
    found = read_id(sent) if sent is not None else None
    if sent is not None and found is None:
        raise AnswersInvalid([Problem(f"/{name}", "invalid_unique_id")])
    return found


def _today() -> Any:
    return today(settings.ENVIRONMENT.time_zone)
