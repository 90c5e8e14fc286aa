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
from cpims.lib.json import read_moment
from cpims.lib.transactions import atomic
from cpims.modules.models import Module
from cpims.records.actions.writing import Outcome, check, derive_record, insert, new_record, own
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.editing import sort_edit
from cpims.records.rules.merging import merge_patch
from cpims.records.rules.refusals import AnswersInvalid

ON_CREATE = frozenset(
    {"module_id", "owned_by", "created_at", "hidden_name", "id", "status", "record_state", "workflow"}
)
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
    module, problems = _module(values.get("module_id"), actor)
    readable = readable_fields(actor, "case", module)
    parts = sort_edit(
        values, writable=writable_fields(actor, "case", module, True), wishes=ON_CREATE, readable=readable
    )
    ignored = parts.ignored
    owner_name = _owner_name(parts.wishes, actor, ignored)
    created_at = _created_at(parts.wishes, at, problems)
    for name, usual in (("status", "open"), ("record_state", True), ("workflow", "new")):
        if parts.wishes.get(name, usual) not in (usual, None):
            ignored.append(Problem(f"/{name}", "not_writable", {"name": name}))
    if strict:
        problems += ignored
    answers = merge_patch(CASE.defaults(today(zone, created_at)), parts.answers, lambda: str(new_id()))
    answers = settle({}, answers, author=actor.user_name, at=created_at)
    answers = with_due_days({}, answers, module=module, configuration=actor.configuration)
    notices: list[Problem] = []
    try:
        notices = check(
            CASE, parts.answers, after=answers, stored={}, module=module,
            configuration=actor.configuration, now=at, partial=False,
        )  # fmt: skip
    except AnswersInvalid as refusal:
        problems += refusal.problems
    if problems:
        raise AnswersInvalid(problems)
    found = owners or _users({owner_name})
    owner = found.get(owner_name)
    if owner is None:
        raise AnswersInvalid([Problem("/owned_by", "case.owner_unknown", {"name": owner_name})])
    case = new_record(kind=CASE, record_id=case_id, module=module, actor=actor, at=created_at, answers=answers)
    case.hidden_name = parts.wishes.get("hidden_name") is True or module == "primeromodule-gbv"
    case.state |= {"age_recorded_on": today(zone, created_at).isoformat(), "posted_at": at.isoformat()}
    own(case, owner, [g.unique_id for g in owner.groups.all() if not g.disabled])
    if actor.category == CATEGORY:
        identify(case, actor.user_name, at=at)
        case.status = Status.IDENTIFIED
    derive_record(case, CASE, configuration=actor.configuration, today=today(zone, created_at))
    return Outcome(record=case, ignored=[] if strict else ignored, notices=notices)


def _module(wanted: Any, actor: Viewer) -> tuple[str, list[Problem]]:
    mine = sorted(actor.modules)
    if wanted is None and len(mine) == 1:
        return mine[0], []
    if isinstance(wanted, str) and (
        wanted in actor.modules or (actor.is_super and Module.objects.filter(unique_id=wanted).exists())
    ):
        return wanted, []
    code = "case.module_missing" if wanted is None else "case.module_unknown"
    return (mine or [""])[0], [Problem("/module_id", code)]


def _owner_name(wishes: Mapping[str, Any], actor: Viewer, ignored: list[Problem]) -> str:
    wanted = wishes.get("owned_by")
    if wanted in (None, "", actor.user_name):
        return actor.user_name
    if not isinstance(wanted, str) or not actor.may("case", "assign"):
        ignored.append(Problem("/owned_by", "not_permitted", {"name": "owned_by"}))
        return actor.user_name
    return wanted


def _created_at(wishes: Mapping[str, Any], at: datetime, problems: list[Problem]) -> datetime:
    wanted = wishes.get("created_at")
    if wanted is None:
        return at
    moment = read_moment(wanted)
    if moment is None:
        problems.append(Problem("/created_at", "invalid_date"))
        return at
    return min(moment, at)


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
