"""Cases: what is done with every kind of record, and the case about oneself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer, require
from cpims.api.http.auth import viewer_of
from cpims.api.records import Noun, add_records, read_one
from cpims.cases.actions import amend_case, register_case
from cpims.cases.actions.amend import require_may_edit
from cpims.cases.queries import get_identified_case
from cpims.cases.rules.editing import OPENS
from cpims.cases.rules.kind import CASE
from cpims.records.actions.writing import Outcome
from cpims.records.rules.editing import Edit

router = Router(tags=["cases"])
ours = Router(tags=["cases"])


def _register(
    *, values: Mapping[str, Any], actor: Viewer, at: datetime, record_id: UUID | None, strict: bool
) -> Outcome:
    return register_case(values=values, actor=actor, at=at, case_id=record_id, strict=strict)


def _amend(*, record_id: UUID, edit: Edit, actor: Viewer, at: datetime) -> Outcome:
    return amend_case(case_id=record_id, edit=edit, actor=actor, at=at)


def _may_register(viewer: Viewer) -> None:
    require(viewer, CASE.name, "create")


CASES = Noun(
    kind=CASE,
    one="a case",
    register=_register,
    amend=_amend,
    may_register=_may_register,
    may_amend=require_may_edit,
    acts=OPENS.keys(),
)


@router.get("/cases/identified", summary="Read the case about oneself")
def read_own_case(request: HttpRequest) -> HttpResponse:
    """The one case that is about the viewer herself, where she registered it or was linked to it."""
    return read_one(request, CASES, get_identified_case(viewer_of(request)))


add_records(router, ours, CASES)
