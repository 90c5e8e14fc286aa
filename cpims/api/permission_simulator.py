"""What may somebody see and do with a record, and why: for whoever looks after accounts and roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.accounts.queries.people import get_user_of_known_role
from cpims.accounts.rules.users import user_name_of
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, read_body
from cpims.api.http.keys import sift, told
from cpims.api.http.reply import reply
from cpims.audit.actions import note_sighting
from cpims.forms.queries.viewers import viewer_of as viewer_at
from cpims.lib.errors import Problem
from cpims.lib.ids import read_id
from cpims.records.queries.explaining import find_explanation
from cpims.records.rules.kinds import KINDS

router = Router(tags=["permission simulator"])
ROAD = "permission_simulator"
KEYS = ("user_name", "record_type", "record_id")


@router.post("/permission_simulator", summary="What may somebody see and do with a record, and why")
def simulate(request: HttpRequest) -> HttpResponse:
    """The rights of a person in the viewer's care; about one record only when the viewer sees that record herself."""
    viewer = viewer_of(request)
    require(viewer, "user", "read")
    require(viewer, "role", "read")
    values, ignored = sift(request, read_body(request), KEYS, {}, others="simulator.key.unknown")
    name, kind = _asked(values)
    user = get_user_of_known_role(viewer, user_name_of(name))
    subject = viewer_at(user.id, user.access_epoch, viewer.configuration)
    asked = values.get("record_id")
    record_id = read_id(asked)
    found = find_explanation(kind=kind, record_id=record_id, subject=subject, viewer=viewer)
    note_sighting(
        viewer,
        road=ROAD,
        action="simulate",
        record_kind=kind,
        record_ids=[record_id] if record_id else [],
        fields=f"user:{user.user_name}"[:80],
        outcome="refused" if asked is not None and found.record is None else "seen",
    )
    who = {
        "user_name": user.user_name,
        "full_name": user.full_name,
        "role_unique_id": subject.role,
        "agency_unique_id": subject.agency,
        "user_group_unique_ids": sorted(subject.groups),
        "may_sign_in": not (user.disabled or user.unverified),
        "role_disabled": user.role.disabled,
        "is_super_user": subject.is_super,
        "is_user_administrator": subject.is_admin,
    }
    metadata = told(
        ignored,
        about="record" if found.record is not None else "record_type",
        why="record_not_in_your_sight" if asked is not None and found.record is None else None,
    )
    return reply({"user": who, "record_type": kind, **found.said}, metadata)


def _asked(values: dict[str, Any]) -> tuple[str, str]:
    problems = []
    name, kind, record_id = (values.get(key) for key in KEYS)
    if not isinstance(name, str) or not name.strip() or "\x00" in name:
        problems.append(Problem("/user_name", "simulator.user_name.required"))
    if not isinstance(kind, str) or kind not in KINDS:
        problems.append(Problem("/record_type", "simulator.record_type.unknown", {"known": sorted(KINDS)}))
    if record_id is not None and not isinstance(record_id, str):
        problems.append(Problem("/record_id", "simulator.record_id.format"))
    if problems:
        raise BodyInvalid(problems)
    return str(name), str(kind)
