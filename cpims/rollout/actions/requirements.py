"""Bringing what a country asks for, accepting where the system is otherwise, and putting a name to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record
from cpims.configuration.formats.canonical import hash_of, packed
from cpims.imports.formats import address
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.json import canonical
from cpims.lib.transactions import atomic
from cpims.rollout.events import AcceptanceWithdrawn, AlignmentAttested, DifferencesAccepted, RequirementsBrought
from cpims.rollout.formats.workbook import read_workbook
from cpims.rollout.models import AcceptedDifference, Attestation, Requirements
from cpims.rollout.queries.evidence import errors_of
from cpims.rollout.queries.requirements import Compared, compared_with_requirements
from cpims.rollout.rules.filling import BadCell, Filled
from cpims.rollout.rules.refusals import (
    AcceptanceNotFound,
    DifferenceGone,
    NotAligned,
    NotTheDemo,
    ReasonInvalid,
    RequirementsSame,
    RequirementsUnusable,
    reason_problems,
    require_may_decide,
)
from cpims.settings.actions import hold_configuration
from cpims.settings.queries import settings_at

#: So many wrong cells are told one by one.
MOST_BAD = 1_000


@atomic
def bring_requirements(*, content: bytes, actor: Viewer, at: datetime) -> tuple[Requirements, Filled]:
    """Somebody brings the workbook that says what the country asks for; what was asked before stays to be seen.

    Raises: Forbidden, NotTheDemo, SheetUnreadable, RequirementsUnusable (every cell that is wrong), RequirementsSame.
    Records: RequirementsBrought.
    """
    require_may_decide(actor)
    instance = hold_configuration()
    if not instance.is_demo:
        raise NotTheDemo
    filled = read_workbook(content, settings_at(instance.configuration).locales)
    if filled.bad:
        raise RequirementsUnusable([_problem(cell) for cell in filled.bad[:MOST_BAD]], count=len(filled.bad))
    said = canonical(filled.workbook)
    newest = Requirements.objects.order_by("-number").first()
    if newest is not None and newest.hash == hash_of(said):
        raise RequirementsSame(number=newest.number)
    counts = {name: len(sheet["rows"]) for name, sheet in filled.workbook["sheets"].items()}
    kept = Requirements.objects.create(
        number=newest.number + 1 if newest else 1,
        hash=hash_of(said),
        content=packed(said),
        counts=counts,
        at=at,
        by=actor.user_name,
    )
    record(
        RequirementsBrought(subject=f"requirements:{kept.number}", about={"hash": kept.hash, "rows": counts}),
        actor=actor,
        at=at,
    )
    return kept, filled


def _problem(cell: BadCell) -> Problem:
    where = "" if cell.row is None else address(cell.row, cell.column)
    return Problem(
        "/data_base64", f"admin.rollout.bad.{cell.code}", {**cell.params, "sheet": cell.sheet, "cell": where}
    )


@atomic
def accept_differences(*, ids: Sequence[str], reason: str, actor: Viewer, at: datetime) -> Compared:
    """Somebody accepts that the system is otherwise than was asked for, and says why.

    Raises: Forbidden, ReasonInvalid, DifferenceGone.
    Records: DifferencesAccepted.
    """
    require_may_decide(actor)
    hold_configuration()
    problems = reason_problems(reason)
    if problems:
        raise ReasonInvalid(problems)
    found = compared_with_requirements()
    known = {one.id: one for one in found.differences}
    gone = [id_ for id_ in ids if id_ not in known]
    if gone or not ids:
        raise DifferenceGone(count=len(gone))
    wanted = [known[id_] for id_ in dict.fromkeys(ids) if id_ not in found.accepted]
    AcceptedDifference.objects.bulk_create(
        AcceptedDifference(
            id=new_id(),
            difference=one.id,
            sheet=one.sheet,
            place=[*one.key, one.column],
            wanted=one.wanted,
            found=one.found,
            reason=reason.strip(),
            at=at,
            by=actor.user_name,
        )
        for one in wanted
    )
    if wanted:
        about = {
            "reason": reason.strip(),
            "differences": [[one.sheet, *one.key, one.column, one.wanted, one.found] for one in wanted],
        }
        record(DifferencesAccepted(subject="rollout:requirements", about=about), actor=actor, at=at)
    return compared_with_requirements() if wanted else found


@atomic
def withdraw_acceptance(*, acceptance_id: UUID | None, actor: Viewer, at: datetime) -> AcceptedDifference:
    """Somebody no longer accepts a difference; what was accepted, and by whom, stays to be seen.

    Raises: Forbidden, AcceptanceNotFound.
    Records: AcceptanceWithdrawn.
    """
    require_may_decide(actor)
    hold_configuration()
    row = (
        AcceptedDifference.objects.filter(pk=acceptance_id, withdrawn_at__isnull=True).first()
        if acceptance_id
        else None
    )
    if row is None:
        raise AcceptanceNotFound
    row.withdrawn_at, row.withdrawn_by = at, actor.user_name
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    about = {"place": [row.sheet, *row.place], "reason": row.reason, "by": row.by}
    record(AcceptanceWithdrawn(subject="rollout:requirements", about=about), actor=actor, at=at)
    return row


@atomic
def attest_alignment(*, hash: str, requirements: int, actor: Viewer, at: datetime) -> Attestation:
    """Somebody puts her name to it that the demo, as it stands, is what these requirements ask for.

    ``hash`` and ``requirements`` are what she looked at: what changed meanwhile is not attested.
    Raises: Forbidden, NotTheDemo, NotAligned.
    Records: AlignmentAttested.
    """
    require_may_decide(actor)
    if not hold_configuration().is_demo:
        raise NotTheDemo
    found = compared_with_requirements()
    newest = found.requirements
    if newest is None or (newest.number, found.hash) != (requirements, hash) or found.open or errors_of(found.document):
        raise NotAligned(open=len(found.open))
    kept = Attestation.objects.create(id=new_id(), hash=hash, requirements=newest, at=at, by=actor.user_name)
    about = {"hash": hash, "requirements": newest.number, "accepted": len(found.differences)}
    record(AlignmentAttested(subject="gate:g2", about=about), actor=actor, at=at)
    return kept
