"""What follows from what happened: who is told, and the mails about it. It may come late and may be done again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError, connection
from django.db.models import Q

from cpims.access.rules.catalogue import Scope
from cpims.access.rules.leading import leads
from cpims.accounts.models import User
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import Happening, find_happenings
from cpims.cases.actions import resolve_duplicate
from cpims.families.actions import follow_family
from cpims.forms.queries.viewers import viewer_of
from cpims.lib.clock import now
from cpims.notices.actions import Happened, send_waiting_mail, tell_of_happenings
from cpims.records.models import Record
from cpims.settings.queries import configuration_number
from cpims.transitions.models import Transition

log = logging.getLogger("cpims.reactions")
PAUSE = 1.0
#: So far back the author of an overwritten answer is looked for.
LOOKED_THROUGH = 200


def keep_telling(stop: threading.Event) -> None:
    """Tell people until told to stop; a database that is away is waited for."""
    while not stop.is_set():
        try:
            busy = react(at=now())
        except OperationalError as error:
            log.warning("notices cannot be laid: %s", error)
            connection.close()
            stop.wait(5)
            continue
        except Exception:
            log.exception("telling people failed")
            connection.close()
            stop.wait(5)
            continue
        if not busy:
            stop.wait(PAUSE)
    connection.close()


def react(*, at: datetime) -> bool:
    """One round: lay notices for what was sealed since, let a case follow its family, compare an identifier, hand one mail over; answers whether there was anything."""
    read = tell_of_happenings(whom=whom_to_tell)
    followed = follow_family(at=at)
    compared = resolve_duplicate(at=at)
    return send_waiting_mail(at=at) or compared or followed or bool(read)


def whom_to_tell(one: Happened) -> Collection[int]:
    """The people to whom a happening is told; an entry that cannot be read is told to nobody, and stops no other."""
    try:
        happening = next(find_happenings(one.record, before_id=one.entry + 1), None)
        return WHOM[one.event](one, happening) if happening is not None and happening.id == one.entry else ()
    except DatabaseError:
        raise
    except Exception:
        log.exception("an entry of the book cannot be told")
        return ()


def _approvers(one: Happened, happening: Happening) -> Collection[int]:
    """Who may give this approval and sees the case; with the groups of its owner, or wherever her sight reaches."""
    record = Record.objects.get(pk=one.record)
    kind, number = str(happening.about.get("approval")), configuration_number()
    near = Q(groups__unique_id__in=record.associated_user_groups) | Q(
        role__group_permission="agency", agency__unique_id__in=record.associated_user_agencies
    )
    rights = Q(role__permissions__case__contains=[f"approve_{kind}"]) | Q(role__permissions__case__contains=["manage"])
    people = User.objects.filter(near, rights, disabled=False, role__disabled=False).distinct()
    found = []
    for pk, epoch in people.values_list("pk", "access_epoch"):
        viewer = viewer_of(pk, epoch, number)
        if viewer.may("case", "read") and viewer.may("case", f"approve_{kind}") and record.is_visible_to(viewer):
            found.append(pk)
    return found


def _asker_and_owner(one: Happened, happening: Happening) -> Collection[int]:
    return {*_named(happening.about.get("asked_by")), *_owner(one, happening)}


def _owner(one: Happened, _: Happening) -> Collection[int]:
    return set(Record.objects.filter(pk=one.record).values_list("owner_id", flat=True))


def _owner_once(one: Happened, happening: Happening) -> Collection[int]:
    """Who owns many of the records that one run told of hears of the first."""
    owners = _owner(one, happening)
    earlier = ChangeEntry.objects.filter(event=one.event, subject=one.batch, id__lt=one.entry).values("record_id")
    return () if Record.objects.filter(pk__in=earlier, owner_id__in=owners).exists() else owners


def _flagger(_: Happened, happening: Happening) -> Collection[int]:
    return _named(happening.about.get("raised_by"))


def _named(*names: Any) -> Collection[int]:
    return set(User.objects.filter(user_name__in=[n for n in names if isinstance(n, str)]).values_list("pk", flat=True))


def _transition(happening: Happening) -> Transition | None:
    named = happening.about.get("transition")
    return Transition.objects.filter(pk=UUID(named)).first() if isinstance(named, str) else None


def _recipient(_: Happened, happening: Happening) -> Collection[int]:
    row = _transition(happening)
    return {row.recipient_id} if row and row.recipient_id else ()


def _sender(_: Happened, happening: Happening) -> Collection[int]:
    row = _transition(happening)
    return {row.sender_id} if row else ()


def _unanswered(one: Happened, happening: Happening) -> Collection[int]:
    """Whom it was sent to and who sent it; and who answers for her work, else who answers for the sender's."""
    row = _transition(happening)
    if row is None:
        return ()
    people = [user for user in (row.recipient, row.sender) if user is not None]
    leaders = next((found for user in people if (found := _leaders_of(user, one.record))), set())
    return {user.pk for user in people} | leaders


def _leaders_of(worker: User, record_id: UUID) -> set[int]:
    """Who answers for a worker and sees the case: in her groups, else in her agency."""
    record, number = Record.objects.get(pk=record_id), configuration_number()
    groups = set(worker.groups.filter(disabled=False).values_list("unique_id", flat=True))
    agency = worker.agency.unique_id
    near = Q(role__group_permission=Scope.GROUP, groups__unique_id__in=groups)
    people = User.objects.filter(
        near | Q(role__group_permission=Scope.AGENCY, agency_id=worker.agency_id), disabled=False, role__disabled=False
    ).exclude(pk=worker.pk)
    viewers = [viewer_of(pk, epoch, number) for pk, epoch in people.values_list("pk", "access_epoch").distinct()]
    found = [
        viewer
        for viewer in viewers
        if leads(viewer, agency=agency, groups=groups) and viewer.may("case", "read") and record.is_visible_to(viewer)
    ]
    close = {viewer.user_id for viewer in found if viewer.scope is Scope.GROUP}
    return close or {viewer.user_id for viewer in found}


def _helpers(one: Happened, happening: Happening) -> Collection[int]:
    told = happening.about.get("recipients")
    return {*(_named(*told) if isinstance(told, list) else ()), *_owner(one, happening)}


def _overwritten(one: Happened, happening: Happening) -> Collection[int]:
    """Whose answers were replaced by somebody who had not said what she saw."""
    if not happening.about.get("unseen"):
        return ()
    lost = {name: change.get("from") for name, change in happening.changes.items() if change.get("from") is not None}
    authors: set[str] = set()
    for number, earlier in enumerate(find_happenings(one.record, before_id=one.entry)):
        if not lost or number >= LOOKED_THROUGH:
            break
        for name in [name for name in lost if name in earlier.changes]:
            if lost.pop(name) == earlier.changes[name].get("to"):
                authors.add(earlier.actor_name)
    return _named(*authors)


#: Who is told of what; the events are those of ``cpims/notices/rules.py``.
WHOM: dict[str, Callable[[Happened, Happening], Collection[int]]] = {
    "approval.requested": _approvers,
    "approval.given": _asker_and_owner,
    "approval.rejected": _asker_and_owner,
    "flag.raised": _owner,
    "flag.resolved": _flagger,
    "case.assigned": _recipient,
    "referral.sent": _recipient,
    "referral.accepted": _sender,
    "referral.rejected": _sender,
    "referral.done": _sender,
    "referral.revoked": _recipient,
    "transfer.sent": _recipient,
    "transfer.accepted": _sender,
    "transfer.rejected": _sender,
    "transfer.revoked": _recipient,
    "transfer_request.sent": _recipient,
    "transfer_request.accepted": _sender,
    "transfer_request.rejected": _sender,
    "transition.unanswered": _unanswered,
    "consent.withdrawn": _helpers,
    "record.answers_quarantined": _owner,
    "case.amended": _overwritten,
    "incident.amended": _overwritten,
    "tracing_request.amended": _overwritten,
    "family.amended": _overwritten,
    "registry_record.amended": _overwritten,
    "case.matched": _owner,
    "case.unmatched": _owner,
    "trace.confirmed": _owner,
    "trace.undone": _owner,
    "trace.proposed": _owner_once,
    "case.incidents_added": _owner,
}
