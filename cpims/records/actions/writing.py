"""The one write path of records: hold, merge, check, derive, save. The rooms above give it its acts and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.audit.actions import record as write_down
from cpims.audit.queries import has_written
from cpims.forms.rules.keeping import keeping_problems
from cpims.forms.rules.validation import check_answers, find_incomplete
from cpims.forms.rules.values import same
from cpims.lib.clock import iso
from cpims.lib.crypto import derive, seal
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id, short_id
from cpims.lib.json import dumps
from cpims.lib.secrets import secret
from cpims.records.events import AnswersQuarantined
from cpims.records.models import Quarantine, Record
from cpims.records.queries.companions import whole_answers
from cpims.records.queries.files import FILES
from cpims.records.queries.setup import checks_of, decided_of, setup_of
from cpims.records.rules.editing import Base, Edit
from cpims.records.rules.invented import real_looking
from cpims.records.rules.kinds import KINDS, Kind
from cpims.records.rules.merging import as_filled, merge_edit, merge_patch
from cpims.records.rules.projections import project
from cpims.records.rules.refusals import (
    AnswersInvalid,
    EditConflict,
    NoLongerYours,
    RecordExists,
    RecordNotFound,
    RecordStale,
)
from cpims.settings.queries import settings_at


@dataclass
class Outcome:
    """What came of a write: the record, the names that changed, what was not used and what should be told."""

    record: Record
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    ignored: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)


def hold_record(*, kind: str, record_id: UUID, actor: Viewer, if_match: int | None = None) -> Record:
    """Lock a record in the actor's sight until the action ends.

    Raises: RecordNotFound, RecordStale.
    """
    record = Record.objects.visible_to(actor).of_kind(kind).hold(record_id)
    if if_match is not None and if_match != record.revision:
        raise RecordStale(revision=record.revision)
    return record


def quarantine_answers(
    *, record_id: UUID, values: Mapping[str, Any], actor: Viewer, at: datetime, quarantine_id: UUID | None = None
) -> None:
    """Keep, for its owner, what somebody wrote into a record that is no longer hers.

    A delivery that may come twice names ``quarantine_id``: it is kept once.
    Raises: NoLongerYours when she once held it, RecordNotFound otherwise.
    Records: AnswersQuarantined.
    """
    if not has_written(record_id, actor.user_id):
        raise RecordNotFound
    keep_answers(record_id=record_id, values=values, actor=actor, at=at, quarantine_id=quarantine_id or new_id())
    raise NoLongerYours


def keep_answers(
    *, record_id: UUID, values: Mapping[str, Any], actor: Viewer, at: datetime, quarantine_id: UUID
) -> bool:
    """Lay somebody's answers into a record's quarantine, once for an id; answers whether they were new.

    Records: AnswersQuarantined.
    """
    key = derive(secret("instance"), "quarantine")
    with transaction.atomic():
        kept, is_new = Quarantine.objects.get_or_create(
            id=quarantine_id,
            defaults={
                "record_id": record_id,
                "author_id": actor.user_id,
                "written_at": at,
                "sealed": seal(key, dumps(dict(values)), record_id.bytes),
            },
        )
        if is_new:
            event = AnswersQuarantined(record=record_id, about={"quarantine": str(kept.id), "author": actor.user_name})
            write_down(event, actor=actor, at=at)
    return is_new


def merged_answers(
    record: Record, sent: Mapping[str, Any], base: Base | None, kind: Kind, configuration: int
) -> dict[str, Any]:
    """The answers after an edit: merged three ways when the worker told what she saw, else as Primero merges.

    Raises: EditConflict with both values of each question that two people answered differently.
    """
    if base is None:
        return merge_patch(record.data, sent, _fresh)
    fields = [f for name, f in setup_of(configuration, kind.name).fields.items() if name in sent]
    # What is assembled for her is not what is stored. The revision alone says nothing: she may have typed over an
    # answer of her own that was then refused, and what stands in its place she was never shown.
    assembled = kind.computed(record.data, record.state) | kind.due(record.data, decided_of(configuration))[1]
    seen = {
        name: as_filled(value, record.data.get(name), kind.filled.get(name, ()))
        for name, value in base.values.items()
        if name not in assembled or not same(value, assembled[name])
    }
    merged, conflicts = merge_edit(seen, sent, record.data, fields, _fresh)
    if conflicts:
        raise EditConflict(conflicts=[_told(entry, record) for entry in conflicts], revision=record.revision)
    return merged


def _told(conflict: Mapping[str, Any], record: Record) -> dict[str, Any]:
    return dict(conflict) | {"author": record.last_updated_by, "at": iso(record.last_updated_at)}


def _fresh() -> str:
    return str(new_id())


def check(
    kind: Kind,
    sent: Mapping[str, Any],
    *,
    after: Mapping[str, Any],
    stored: Mapping[str, Any],
    module: str,
    configuration: int,
    now: datetime,
    partial: bool,
) -> list[Problem]:
    """Check the answers that were sent, on the record as it would stand; answers the notices. A demo takes nobody's
    telephone, address or number.

    Raises: AnswersInvalid with every wrong answer.
    """
    checks = checks_of(configuration, kind.name, module)
    found = check_answers(
        checks.fields, sent, record=after, stored=stored, lookups=checks.options, now=iso(now), partial=partial
    )
    fields = setup_of(configuration, kind.name).fields
    for name in sent:
        if name in fields and stored.get(name):
            found += keeping_problems(fields[name], stored[name], after.get(name))
    wrong = [Problem(p.pointer, p.code, p.params) for p in found if p.kind == "wrong"]
    if settings_at(configuration).is_demo:
        wrong += real_looking(sent, stored)
    if wrong:
        raise AnswersInvalid(wrong)
    return [Problem(p.pointer, p.code, p.params) for p in found if p.kind == "notice"]


def missing(kind: Kind, answers: Mapping[str, Any], *, module: str, configuration: int) -> list[dict[str, Any]]:
    """What is still missing on a record: pointer, code and the form it stands on. Hidden questions are not asked."""
    return [
        {"pointer": problem.pointer, "code": problem.code, "form": form}
        for form, fields in checks_of(configuration, kind.name, module).forms
        for problem in find_incomplete(fields, answers)
    ]


def derive_record(record: Record, kind: Kind, *, configuration: int, today: date) -> None:
    """Bring every derived column of a record up to its answers and state."""
    record.data = checks_of(configuration, kind.name, record.module).plan(record.data)
    derive_columns(record, kind, configuration=configuration, today=today)


def derive_columns(record: Record, kind: Kind, *, configuration: int, today: date) -> None:
    """Bring every derived column of a record up to its answers as they are stored, and to its state."""
    setup = setup_of(configuration, kind.name)
    recorded = record.state.get("age_recorded_on")
    answers = whole_answers([record])[record.id]
    values = project(
        kind,
        answers | kind.computed(record.data, record.state),
        setup=setup,
        hidden_name=record.hidden_name,
        identifiers={
            "short_id": record.short_id,
            kind.own_code: record.display_id,
            "unique_identifier": str(record.id),
        },
        age_recorded_on=date.fromisoformat(recorded) if recorded else today,
        state=record.state,
    )
    for name, value in vars(values).items():
        setattr(record, name, value)
    given = answers | (record.state.get(FILES) or {})
    record.incomplete = missing(kind, given, module=record.module, configuration=configuration)


def own(record: Record, owner: User, groups: list[str]) -> None:
    """Give a record its owner: name, agency, groups and place as they stand now, and the associations that follow."""
    record.owner_id = owner.id
    record.owned_by = owner.user_name
    record.owned_by_agency_id = owner.agency.unique_id
    record.owned_by_groups = groups
    record.state |= {
        "owned_by_full_name": owner.full_name,
        "owned_by_location": owner.location,
        "owned_by_user_code": owner.code,
        "owned_by_agency_office": owner.agency_office,
    }
    named = User.objects.filter(user_name__in=record.assigned_user_names)
    helpers = list(named.select_related("agency").prefetch_related("groups")) if record.assigned_user_names else []
    record.associated_user_names = sorted({owner.user_name, *record.assigned_user_names})
    record.associated_user_groups = sorted(
        {*groups, *(g.unique_id for helper in helpers for g in helper.groups.all() if not g.disabled)}
    )
    record.associated_user_agencies = sorted({owner.agency.unique_id, *(h.agency.unique_id for h in helpers)})


def new_record(
    *, kind: Kind, record_id: UUID | None, module: str, actor: Viewer, at: datetime, answers: dict[str, Any]
) -> Record:
    """A record not yet saved, with its codes and the day on which a typed age is true."""
    chosen = record_id or new_id()
    return Record(
        id=chosen,
        kind=kind.name,
        module=module,
        short_id=short_id(chosen),
        display_id=short_id(chosen),
        data=answers,
        created_by=actor.user_name,
        created_at=at,
        last_updated_by=actor.user_name,
        last_updated_at=at,
        state={
            "created_by_full_name": actor.full_name,
            "created_organization": actor.agency,
            "created_by_groups": sorted(actor.groups),
        },
    )


def insert(record: Record) -> None:
    """Store a new record; a display code that is taken is lengthened, an id that is taken is refused.

    Raises: RecordExists.
    """
    code = f"{KINDS[record.kind].own_code}="
    for length in (7, 10, 13, 36):
        record.display_id = str(record.id)[-length:]
        record.identifiers = [f"{code}{record.display_id}" if i.startswith(code) else i for i in record.identifiers]
        try:
            with transaction.atomic():
                record.save(force_insert=True)
        except IntegrityError as error:
            if "one_record_of_a_display_id" not in str(error):
                raise RecordExists(id=str(record.id)) from error
        else:
            return
    raise RecordExists(id=str(record.id))


def touch(record: Record, *, actor: Viewer, at: datetime) -> None:
    """Mark a record as changed once more, by whom and when."""
    record.revision += 1
    record.last_updated_by = actor.user_name
    record.last_updated_at = max(at, record.last_updated_at)


def kind_of(name: str) -> Kind:
    """The kind of a record by its name."""
    return KINDS[name]


__all__ = [
    "Edit",
    "Outcome",
    "check",
    "derive_columns",
    "derive_record",
    "hold_record",
    "insert",
    "keep_answers",
    "kind_of",
    "merged_answers",
    "missing",
    "new_record",
    "own",
    "quarantine_answers",
    "touch",
]
