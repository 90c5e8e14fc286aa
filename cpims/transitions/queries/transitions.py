"""What was shared of a case, and what was said about sharing it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User, UserGroup
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.reading import get_record
from cpims.transitions.models import Consent, Transition
from cpims.transitions.rules.consent import Statement
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.people import VIEWS_REFERRALS, may_answer, may_revoke

CASE = "case"
OPEN = (Status.IN_PROGRESS.value, Status.ACCEPTED.value)


@dataclass(frozen=True)
class Shown:
    """A transition, and what this viewer may do with it."""

    transition: Transition
    may_answer: bool
    may_revoke: bool


def find_transitions(
    *, record_id: UUID | None, viewer: Viewer, kinds: Collection[Kind] = tuple(Kind)
) -> tuple[Record, list[Shown]]:
    """The transitions of a case in sight, the newest first.

    Raises: Forbidden, RecordNotFound.
    Shows: of referrals those that are hers, or her team's when her role works on referrals.
    """
    case = get_record(kind=CASE, record_id=record_id, viewer=viewer)
    rows = _whole(Transition.objects.filter(record_id=case.id, type__in=[str(kind) for kind in kinds]))
    hers = _referrals(viewer, case)
    rows = (rows if hers is None else rows.filter(~Q(type=Kind.REFERRAL.value) | hers)).order_by("-created_at", "id")
    owner = User.objects.select_related("agency").prefetch_related("groups").get(pk=case.owner_id)
    return case, [_shown(row, case, owner, viewer) for row in rows]


def transitions_known_to(viewer: Viewer, case: Record) -> frozenset[str]:
    """The ids of the transitions of a case in sight that this viewer may know of."""
    rows = Transition.objects.filter(record_id=case.id)
    hers = _referrals(viewer, case)
    rows = rows if hers is None else rows.filter(~Q(type=Kind.REFERRAL.value) | hers)
    return frozenset(str(key) for key in rows.values_list("id", flat=True))


def show_transition(transition_id: UUID, *, case: Record, viewer: Viewer) -> Shown:
    """One transition of a case that this viewer has just acted on."""
    row = _whole(Transition.objects.filter(pk=transition_id, record_id=case.id)).get()
    owner = User.objects.select_related("agency").prefetch_related("groups").get(pk=case.owner_id)
    return _shown(row, case, owner, viewer)


def has_asked_for(record_id: UUID | None, transition_id: UUID | None, *, viewer: Viewer) -> bool:
    """Is this her own request for a case? She may take it back without seeing the case."""
    if record_id is None or transition_id is None:
        return False
    own = Transition.objects.filter(pk=transition_id, record_id=record_id, sender_id=viewer.user_id)
    return own.filter(type=Kind.REQUEST.value).exists()


def may_answer_of(row: Transition, case: Record, owner: User, viewer: Viewer) -> bool:
    """May this viewer answer it? A request for a case is answered by who owns the case now."""
    person = owner if row.kind is Kind.REQUEST else row.recipient
    return may_answer(
        viewer,
        sender_id=row.sender_id,
        answerer_id=person.id if person else None,
        agency=person.agency.unique_id if person else "",
        groups=groups_of(person) if person else (),
    )


def groups_of(user: User) -> list[str]:
    """The groups that somebody works in."""
    return sorted(group.unique_id for group in user.groups.all() if not group.disabled)


def statements_of(case: Record) -> list[Statement]:
    """What was said about sharing a case that an act holds, in the order in which it was said."""
    rows = Consent.objects.filter(record_id=case.id).order_by("said_at", "recorded_at")
    return [Statement(row.given, row.said_at, row.purpose, row.agency) for row in rows]


def find_consents(*, record_id: UUID | None, viewer: Viewer) -> tuple[Record, list[dict[str, Any]]]:
    """What was said about sharing a case in sight, the newest first.

    Raises: Forbidden, RecordNotFound.
    """
    case = get_record(kind=CASE, record_id=record_id, viewer=viewer)
    rows = Consent.objects.filter(record_id=case.id).order_by("-said_at", "-recorded_at")
    return case, [consent_json(row) for row in rows]


def consent_json(row: Consent) -> dict[str, Any]:
    """What was said, as it is shown."""
    return {
        "id": str(row.id),
        "given": row.given,
        "purpose": row.purpose or None,
        "agency": row.agency or None,
        "reason": row.reason or None,
        "said_at": iso(row.said_at),
        "written_by": row.written_by,
    }


def require_read(viewer: Viewer) -> None:
    """Refuse who may not read cases.

    Raises: Forbidden.
    """
    require(viewer, CASE, "read")


def _whole(rows: QuerySet[Transition]) -> QuerySet[Transition]:
    return rows.select_related("recipient__agency").prefetch_related("recipient__groups")


def _shown(row: Transition, case: Record, owner: User, viewer: Viewer) -> Shown:
    status = Status(row.status)
    revocable = status is Status.IN_PROGRESS or (row.kind is Kind.REFERRAL and status is Status.ACCEPTED)
    return Shown(
        row,
        status is Status.IN_PROGRESS and may_answer_of(row, case, owner, viewer),
        revocable and may_revoke(viewer, kind=row.kind, sender_id=row.sender_id, owner_id=case.owner_id),
    )


def _referrals(viewer: Viewer, case: Record) -> Q | None:
    """Which referrals of a case she sees: all (nothing to narrow by) of her own cases and with the widest scope; else by team."""
    if viewer.scope is Scope.ALL or case.owner_id == viewer.user_id:
        return None
    hers = Q(recipient_id=viewer.user_id) | Q(sender_id=viewer.user_id)
    views = viewer.may_any(CASE, *VIEWS_REFERRALS)
    if viewer.scope is Scope.GROUP and viewer.groups:
        if views and not viewer.groups.isdisjoint(case.owned_by_groups):
            return None
        group = UserGroup.objects.filter(unique_id__in=viewer.groups, disabled=False)
        members = User.groups.through.objects.filter(usergroup__in=group).values("user_id")
        return hers | Q(recipient_id__in=members) if views else hers & Q(status__in=OPEN)
    if viewer.scope is Scope.AGENCY and viewer.agency:
        if views and viewer.agency == case.owned_by_agency_id:
            return None
        return hers | Q(recipient__agency__unique_id=viewer.agency) if views else hers & Q(status__in=OPEN)
    return hers
