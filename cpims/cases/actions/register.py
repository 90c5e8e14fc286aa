"""Registering children: one, or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import User
from cpims.audit.actions import make_subject_keys, record, record_many
from cpims.audit.events import differences
from cpims.cases.actions.duplicates import compare_identifiers
from cpims.cases.actions.identifying import identify
from cpims.cases.events import CaseClosed, CaseRegistered
from cpims.cases.queries import with_due_days
from cpims.cases.rules.identifying import CATEGORY
from cpims.cases.rules.kind import CASE
from cpims.cases.rules.moves import Status
from cpims.cases.rules.settling import settle
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.records.actions.companions import settle_with, take_out
from cpims.records.actions.registering import links_wanted, others_modules
from cpims.records.actions.writing import Outcome, check, derive_record, insert, new_record, own
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.editing import sort_edit
from cpims.records.rules.merging import merge_patch
from cpims.records.rules.opening import ON_CREATE, created_when, module_wanted, owner_wanted, unusual
from cpims.records.rules.refusals import AnswersInvalid

BATCH = 5_000


@dataclass(frozen=True)
class NewCase:
    """One of many cases to be registered: by whom (she becomes the owner), the answers, when, and whether it was closed."""

    actor: Viewer
    values: Mapping[str, Any]
    created_at: datetime
    case_id: UUID | None = None
    closed_on: date | None = None
    workflow: str | None = None


@atomic
def register_case(
    *, values: Mapping[str, Any], actor: Viewer, at: datetime, case_id: UUID | None = None, strict: bool = False
) -> Outcome:
    """A worker registers a child; or somebody registers herself, who may see that one case and no other.

    Raises: Forbidden, AnswersInvalid, RecordExists, IdentificationRefused.
    Records: CaseRegistered.
    """
    require(actor, "case", "create")
    outcome = _prepare(values, actor=actor, at=at, case_id=case_id, strict=strict)
    case = outcome.record
    insert(case)
    compare_identifiers([(case, [])], configuration=actor.configuration)
    key = make_subject_keys([case.id])
    assert key
    record(_registered(case), actor=actor, at=case.created_at)
    settle_with(case, actor=actor, at=at)
    outcome.changes = differences({}, case.data)
    return outcome


@atomic
def register_cases(*, cases: Sequence[NewCase], at: datetime) -> int:
    """Register many children at once: same rules, same derivation, one ledger row for each.

    Raises: Forbidden, AnswersInvalid, ValueError for more than 5,000.
    Records: CaseRegistered, CaseClosed.
    """
    if len(cases) > BATCH:
        raise ValueError(f"at most {BATCH} cases at once")
    owners = _users({case.actor.user_name for case in cases})
    made: list[tuple[Record, NewCase]] = []
    for new in cases:
        require(new.actor, "case", "create")
        outcome = _prepare(
            {"created_at": new.created_at.isoformat()} | dict(new.values),
            actor=new.actor, at=at, case_id=new.case_id, strict=True, owners=owners,
        )  # fmt: skip
        case = outcome.record
        if new.workflow:
            case.workflow = new.workflow
        if new.closed_on:
            case.status, case.workflow, case.date_closure = "closed", "closed", new.closed_on
        made.append((case, new))
    _unique_display_ids([case for case, _ in made])
    Record.objects.bulk_create([case for case, _ in made], batch_size=500)
    if made:
        compare_identifiers([(case, []) for case, _ in made], configuration=made[0][1].actor.configuration)
    keys = make_subject_keys([case.id for case, _ in made])
    record_many([(_registered(case), new.actor, case.created_at) for case, new in made], keys)
    record_many(
        [
            (
                CaseClosed(
                    record=case.id, revision=1,
                    changes={"status": ("open", "closed"), "date_closure": (None, case.date_closure)},
                ),
                new.actor,
                datetime.combine(new.closed_on, case.created_at.timetz()),
            )
            for case, new in made
            if new.closed_on
        ],
        keys,
    )  # fmt: skip
    for case, new in made:
        settle_with(case, actor=new.actor, at=at)
    return len(made)


def _registered(case: Record) -> CaseRegistered:
    state = {"owned_by": case.owned_by, "status": "open", "module_id": case.module, "hidden_name": case.hidden_name}
    if case.identified_by is not None:
        state |= {"status": Status.IDENTIFIED, "identified_by": case.identified_by}
    return CaseRegistered(record=case.id, revision=1, changes=differences({}, case.data | state))


def _users(names: set[str]) -> dict[str, User]:
    rows = User.objects.filter(user_name__in=names, disabled=False).select_related("agency").prefetch_related("groups")
    return {user.user_name: user for user in rows}


def _prepare(
    values: Mapping[str, Any],
    *,
    actor: Viewer,
    at: datetime,
    case_id: UUID | None,
    strict: bool,
    owners: dict[str, User] | None = None,
) -> Outcome:
    zone = settings.ENVIRONMENT.time_zone
    module, problems = module_wanted(values.get("module_id"), actor, others_modules(values.get("module_id"), actor))
    readable = readable_fields(actor, "case", module)
    parts = sort_edit(
        values,
        writable=writable_fields(actor, "case", module, True),
        wishes=ON_CREATE | CASE.links.keys(),
        readable=readable,
        laid=CASE.laid,
    )
    links = links_wanted(CASE, parts.wishes, actor, parts.ignored)
    ignored = parts.ignored
    owner_name = owner_wanted(parts.wishes, actor, "case", ignored)
    created_at = created_when(parts.wishes, at, problems)
    ignored += unusual(parts.wishes)
    if strict:
        problems += ignored
    owner = (owners or _users({owner_name})).get(owner_name)
    case = new_record(kind=CASE, record_id=case_id, module=module, actor=actor, at=created_at, answers={})
    case.hidden_name = parts.wishes.get("hidden_name") is True or module == "primeromodule-gbv"
    case.state |= {"age_recorded_on": today(zone, created_at).isoformat(), "posted_at": at.isoformat()}
    left = parts.answers
    if owner is not None and not problems:
        own(case, owner, [g.unique_id for g in owner.groups.all() if not g.disabled])
        left = take_out(case, parts.answers | links, actor=actor, at=at)
    elsewhere = {name: value for name, value in parts.answers.items() if name not in left}
    answers = merge_patch(CASE.defaults(today(zone, created_at)), left, lambda: str(new_id()))
    answers = settle({}, answers, author=actor.user_name, at=created_at)
    answers = with_due_days({}, answers, module=module, configuration=actor.configuration)
    notices: list[Problem] = []
    try:
        notices = check(
            CASE, parts.answers, after=answers | elsewhere, stored={}, module=module,
            configuration=actor.configuration, now=at, partial=False,
        )  # fmt: skip
    except AnswersInvalid as refusal:
        problems += refusal.problems
    if owner is None and not problems:
        problems.append(Problem("/owned_by", "case.owner_unknown", {"name": owner_name}))
    if problems:
        raise AnswersInvalid(problems)
    case.data = answers
    if actor.category == CATEGORY:
        identify(case, actor.user_name, at=at)
        case.status = Status.IDENTIFIED
    derive_record(case, CASE, configuration=actor.configuration, today=today(zone, created_at))
    return Outcome(record=case, ignored=[] if strict else ignored, notices=notices)


def _unique_display_ids(cases: Sequence[Record]) -> None:
    taken = set(
        Record.objects.filter(kind="case", display_id__in=[c.display_id for c in cases]).values_list(
            "display_id", flat=True
        )
    )
    for case in cases:
        for length in (7, 10, 13, 36):
            case.display_id = str(case.id)[-length:]
            if case.display_id not in taken:
                break
        taken.add(case.display_id)
        case.identifiers = [
            f"case_id_display={case.display_id}" if i.startswith("case_id_display=") else i for i in case.identifiers
        ]
