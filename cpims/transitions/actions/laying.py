"""What a move leaves on the case: owner, helpers, what lists ask for; one change in the book for one move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.rules.kind import CASE
from cpims.incidents.actions.linking import take_people
from cpims.incidents.events import IncidentFollowed
from cpims.incidents.rules.kind import INCIDENT
from cpims.lib.clock import iso, today
from cpims.notices.actions import clear_alerts
from cpims.notices.rules import AlertFor
from cpims.records.actions.ownership import HANDED_OVER
from cpims.records.actions.writing import derive_record, own, touch
from cpims.records.models import Record
from cpims.records.rules.fields import LENT
from cpims.transitions.events import IncidentHandedOver, TransitionEvent
from cpims.transitions.models import Transition
from cpims.transitions.queries.recipients import whole
from cpims.transitions.queries.transitions import groups_of
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.sharing import helpers_after, sharing_state

COLUMNS = (
    *("owned_by", "owned_by_agency_id", "owned_by_groups", "assigned_user_names", "status", "workflow"),
    *("associated_user_names", "associated_user_groups", "associated_user_agencies"),
)
#: What is kept of the owner before.
BEFORE = {
    "previously_owned_by": "owned_by",
    "previously_owned_by_agency": "owned_by_agency_id",
    "previously_owned_by_full_name": "owned_by_full_name",
    "previously_owned_by_location": "owned_by_location",
    "previously_owned_by_agency_office": "owned_by_agency_office",
}


@dataclass
class Held:
    """A case that an act holds, with its transitions, and how it stood before."""

    case: Record
    rows: list[Transition]
    standing: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Record, rows: list[Transition]) -> Held:
        """A case as it stands, before anything is laid on it."""
        return cls(case, rows, standing_of(case), dict(case.data))


def standing_of(case: Record) -> dict[str, Any]:
    """Who holds a case and what lists know of its sharing."""
    columns = {name: list(v) if isinstance(v := getattr(case, name), list) else v for name in COLUMNS}
    return dict(case.state) | columns


def take_hold(case: Record) -> Held:
    """The transitions of a case that is locked, in their order: nobody else moves one meanwhile."""
    rows = (
        Transition.objects.filter(record_id=case.id).select_related("recipient").order_by("recorded_at", "created_at")
    )
    return Held.of(case, list(rows))


def clear_answered(held: Held) -> None:
    """Take the alert of a referral or a transfer off a case on which none waits for an answer any more."""
    for kind, reason in ((Kind.REFERRAL, AlertFor.REFERRAL), (Kind.TRANSFER, AlertFor.TRANSFER)):
        if not any(row.kind is kind and row.status == Status.IN_PROGRESS for row in held.rows):
            clear_alerts(held.case, alert_for=[reason])


def lay(held: Held, *, owner: User, actor: Viewer, at: datetime) -> None:
    """Bring a case up to its transitions and its owner, without saving it."""
    case = held.case
    if owner.user_name != held.standing["owned_by"]:
        case.state |= {name: held.standing.get(source) for name, source in BEFORE.items()}
        case.state["reassigned_transferred_on"] = iso(at)
    shares = [row.share for row in held.rows]
    case.assigned_user_names = helpers_after(case.assigned_user_names, shares)
    if any(share.kind.value != "Assign" for share in shares):
        case.state |= sharing_state(shares)
    case.state = {name: value for name, value in case.state.items() if value is not None}
    own(case, owner, groups_of(owner))
    day = today(settings.ENVIRONMENT.time_zone, at)
    derive_record(case, CASE, configuration=actor.configuration, today=day)


def keep(held: Held, event: type[TransitionEvent], *, about: dict[str, Any], actor: Viewer, at: datetime) -> None:
    """Save the case and write down the one change that the move made."""
    case = held.case
    changes = differences(held.answers, case.data) | differences(held.standing, standing_of(case))
    touch(case, actor=actor, at=at)
    case.save()
    many = f"bulk:{about['bulk']}" if about.get("bulk") else ""
    told = event(record=case.id, subject=many, revision=case.revision, changes=changes, about=about)
    write_down(told, actor=actor, at=at)
    _incidents_follow(held, changes, actor=actor, at=at)
    held.changes |= changes
    held.standing, held.answers = standing_of(case), dict(case.data)


def _incidents_follow(held: Held, changes: Mapping[str, tuple[Any, Any]], *, actor: Viewer, at: datetime) -> None:
    """The incidents of a case go with it: those of its owner before go to the one after, and on all of them work those
    who work on the case, with the forms that were lent to them."""
    case = held.case
    if changes.keys().isdisjoint(("owned_by", "assigned_user_names", LENT)):
        return
    day = today(settings.ENVIRONMENT.time_zone, at)
    rows = Record.objects.select_for_update(of=("self",)).filter(kind="incident", state__incident_case_id=str(case.id))
    for incident in rows.order_by("id"):
        before = standing_of(incident)
        goes = "owned_by" in changes and incident.owned_by == changes["owned_by"][0]
        take_people(incident, case, owner=case.owner if goes else None)
        derive_record(incident, INCIDENT, configuration=actor.configuration, today=day)
        touch(incident, actor=actor, at=at)
        incident.save()
        event = IncidentHandedOver if goes else IncidentFollowed
        told = differences(before, standing_of(incident))
        about = {"case": str(case.id)}
        write_down(event(record=incident.id, revision=incident.revision, changes=told, about=about), actor=actor, at=at)


def hand_over(case: Record, owner: User, *, actor: Viewer, at: datetime) -> None:
    """What rooms above do when a case changes hands; its tasks are read off the case and go by themselves."""
    for follow in HANDED_OVER:
        follow(case, actor=actor, at=at)


def owner_now(case: Record) -> User:
    """Who owns a case, with what is needed of her."""
    return whole(User.objects.all()).get(pk=case.owner_id)


def about_of(row: Transition, **more: Any) -> dict[str, Any]:
    """What the book keeps of a move beside the changes: which transition, between whom."""
    told = {"transition": str(row.id), "type": row.type, "status": row.status, "by": row.transitioned_by}
    told |= {"to": row.transitioned_to} if row.transitioned_to else {}
    told |= {"notes": row.notes} if row.notes else {}
    told |= {"role": row.authorized_role} if row.authorized_role else {}
    return told | {name: value for name, value in more.items() if value}
