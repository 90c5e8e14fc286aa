"""Alerts on records; each person's notices, and the mails about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.audit.models import ChangeEntry
from cpims.lib.clock import today
from cpims.lib.ids import new_id
from cpims.lib.mail import CannotSend, send_mail
from cpims.lib.messages import sentence
from cpims.lib.transactions import atomic
from cpims.notices.events import AlertRemoved
from cpims.notices.models import Alert, Notice, NoticeMark
from cpims.notices.queries import alert_settings
from cpims.notices.rules import (
    ASSOCIATED,
    MOST_TRIES,
    TOLD,
    AlertFor,
    AlertNotFound,
    forms_alerted,
    incident_form,
    pause_after,
    wants_mail,
)
from cpims.records.actions.writing import derive_columns, hold_record
from cpims.records.models import Record
from cpims.records.rules.kinds import KINDS
from cpims.settings.queries import system_name

TYPES = "current_alert_types"


def raise_alert(record: Record, *, alert_for: AlertFor, type: str, form: str, at: datetime) -> None:
    """Lay an alert on a record that an act holds; the act derives it, saves it and writes it down.

    One of the same reason and type is replaced: its day is the newest.
    """
    day = today(settings.ENVIRONMENT.time_zone, at)
    Alert.objects.update_or_create(
        record=record,
        alert_for=alert_for.value,
        type=type,
        defaults={"form_unique_id": form, "date": day},
        create_defaults={"id": new_id(), "form_unique_id": form, "date": day},
    )
    _count(record)


def clear_alerts(record: Record, *, alert_for: Collection[AlertFor], types: Collection[str] | None = None) -> None:
    """Take alerts off a record that an act holds: those of these reasons, and (when named) of these types."""
    if not record.alert_count:
        return
    rows = Alert.objects.filter(record=record, alert_for__in=[reason.value for reason in alert_for])
    (rows if types is None else rows.filter(type__in=types)).delete()
    _count(record)


def alert_to_changes(record: Record, changed: Iterable[str], *, actor: Viewer, at: datetime) -> None:
    """Raise the alerts that a change of answers calls for; what its owner does clears those that tell her of others' work."""
    decided = alert_settings(actor.configuration, record.module)
    by_owner = record.owner_id == actor.user_id
    if by_owner and record.alert_count:
        lasting = {form for form, strategy in decided.fields.values() if strategy == ASSOCIATED}
        types = {form for form, _ in decided.fields.values()} | {incident_form(decided)}
        types -= lasting
        clear_alerts(record, alert_for=[AlertFor.FIELD_CHANGE], types=types)
    for form in forms_alerted(changed, decided, by_owner=by_owner):
        raise_alert(record, alert_for=AlertFor.FIELD_CHANGE, type=form, form=form, at=at)


def alert_to_incident(record: Record, *, actor: Viewer, at: datetime) -> None:
    """An incident came to a case that an act holds: its owner is alerted, unless it was she."""
    if record.owner_id != actor.user_id:
        form = incident_form(alert_settings(actor.configuration, record.module))
        raise_alert(record, alert_for=AlertFor.FIELD_CHANGE, type=form, form=form, at=at)


@atomic
def drop_alert(*, kind: str, record_id: UUID, alert_id: UUID | None, actor: Viewer, at: datetime) -> None:
    """Somebody has seen to it: the alert comes off the record.

    Raises: Forbidden, RecordNotFound, AlertNotFound.
    Records: AlertRemoved.
    """
    require(actor, kind, "remove_alert")
    require(actor, kind, "read")
    record = hold_record(kind=kind, record_id=record_id, actor=actor)
    found = Alert.objects.filter(record=record, pk=alert_id).first() if alert_id else None
    if found is None:
        raise AlertNotFound
    before = {TYPES: record.state.get(TYPES)}
    found.delete()
    _count(record)
    day = today(settings.ENVIRONMENT.time_zone, record.created_at)
    derive_columns(record, KINDS[kind], configuration=actor.configuration, today=day)
    record.revision += 1
    record.save(update_fields=["alert_count", "state", "facets", "facet_keys", "revision"])
    changes = differences(before, {TYPES: record.state.get(TYPES)})
    about = {"kind": kind, "alert_for": found.alert_for, "type": found.type}
    write_down(
        AlertRemoved(record=record.id, revision=record.revision, changes=changes, about=about), actor=actor, at=at
    )


def _count(record: Record) -> None:
    types = list(Alert.objects.filter(record=record).values_list("type", flat=True))
    record.alert_count = len(types)
    record.state.pop(TYPES, None)
    if types:
        record.state[TYPES] = sorted(set(types))


@dataclass(frozen=True)
class Happened:
    """One sealed entry of the book that may be told to somebody."""

    entry: int
    event: str
    record: UUID
    actor: int | None
    at: datetime
    #: What it was done in the course of, when it was done to many records at once.
    batch: str = ""


def tell_of_happenings(*, whom: Callable[[Happened], Collection[int]], limit: int = 500) -> int:
    """Read the sealed book on from where it was left, and lay a notice for each person to whom a happening is told.

    The notices and the mark move in one transaction: cut off anywhere, it is done again, and nobody is told twice.
    Answers how many entries were read.
    """
    return _tell(whom=whom, limit=limit)


@atomic
def _tell(*, whom: Callable[[Happened], Collection[int]], limit: int) -> int:
    mark = NoticeMark.objects.select_for_update(skip_locked=True).first()
    if mark is None:
        return 0
    rows = ChangeEntry.objects.filter(seq__gt=mark.seq).order_by("seq")
    fields = ("seq", "id", "event", "record_id", "actor_id", "happened_at", "subject")
    entries = list(rows.values_list(*fields)[:limit])
    if not entries:
        return 0
    told: list[tuple[Happened, int]] = []
    for _, entry, event, record, actor, happened, subject in entries:
        if event in TOLD and record is not None:
            one = Happened(entry, event, record, actor, happened, subject)
            told += [(one, user) for user in whom(one) if user != actor]
    people = {user.id: user for user in User.objects.filter(pk__in={user for _, user in told}, disabled=False)}
    mailed = _mailed(told)
    Notice.objects.bulk_create(
        [
            Notice(
                id=new_id(),
                entry=one.entry,
                event=one.event,
                user_id=user,
                record_id=one.record,
                happened_at=one.at,
                batch=one.batch,
                mail="wanted" if _is_first(one, user, mailed) and _wants(people[user], one.event) else "",
            )
            for one, user in told
            if user in people
        ],
        ignore_conflicts=True,
    )
    mark.seq = entries[-1][0]
    mark.save(update_fields=["seq"])
    return len(entries)


def _mailed(told: Collection[tuple[Happened, int]]) -> set[tuple[str, int]]:
    """Who was told already of something that was done to many records at once."""
    batches = {one.batch for one, _ in told if one.batch}
    return set(Notice.objects.filter(batch__in=batches).values_list("batch", "user_id")) if batches else set()


def _is_first(one: Happened, user: int, mailed: set[tuple[str, int]]) -> bool:
    if not one.batch:
        return True
    is_first = (one.batch, user) not in mailed
    mailed.add((one.batch, user))
    return is_first


def _wants(user: User, event: str) -> bool:
    return wants_mail(event, email=user.email, send_mail=user.send_mail, disabled=user.disabled, settings=user.settings)


def send_waiting_mail(*, at: datetime) -> bool:
    """Hand the oldest mail that waits over; answers whether there was one.

    A mail that was handed over just before a crash is handed over again under the same Message-ID: none is lost, and
    whoever receives it knows the second one for what it is; kept as a file it is the same file.
    """
    return _send_next(at=at)


@atomic
def _send_next(*, at: datetime) -> bool:
    due = Q(mail_after__isnull=True) | Q(mail_after__lte=at)
    waiting = Notice.objects.select_for_update(of=("self",), skip_locked=True).filter(due, mail="wanted")
    notice = waiting.select_related("user").order_by("entry", "id").first()
    if notice is None:
        return False
    user = notice.user
    if not _wants(user, notice.event):
        notice.mail = ""
    else:
        try:
            _mail(notice, user)
            notice.mail = "sent"
        except CannotSend:
            notice.mail_tries += 1
            notice.mail_after = at + pause_after(notice.mail_tries)
            notice.mail = "wanted" if notice.mail_tries < MOST_TRIES else "failed"
    notice.save(update_fields=["mail", "mail_tries", "mail_after"])
    return True


def _mail(notice: Notice, user: User) -> None:
    locale = user.locale or settings.ENVIRONMENT.default_locale
    words = {
        "system": system_name(locale),
        "what": sentence(locale, f"event.{notice.event}"),
        "link": f"{settings.ENVIRONMENT.public_url}/app/{'inbox' if notice.batch else _place_of(notice)}",
    }
    text = "mail.notice.many" if notice.batch else "mail.notice.text"
    send_mail(
        to=user.email or "",
        subject=sentence(locale, "mail.notice.subject", **words),
        text=sentence(locale, text, **words),
        key=f"notice-{notice.id}",
    )


def _place_of(notice: Notice) -> str:
    kind = Record.objects.values_list("kind", flat=True).get(pk=notice.record_id)
    return f"{KINDS[kind].plural}/{notice.record_id}"


@atomic
def put_notices_away(*, ids: Collection[UUID] | None, actor: Viewer, at: datetime) -> int:
    """She has read these notices of hers, or all of them."""
    rows = Notice.objects.filter(user_id=actor.user_id, read_at__isnull=True)
    return (rows if ids is None else rows.filter(pk__in=ids)).update(read_at=at)
