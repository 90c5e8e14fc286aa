"""The stage on which cases are shared: roles that send and receive, questions about consent, a case that may go."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Role, User
from cpims.forms.models import Field, Form
from cpims.lib.json import dumps
from cpims.records.models import Record
from cpims.settings.models import Instance
from cpims.transitions.actions import answer_transition, assign_case, refer_case, revoke_transition, transfer_case
from cpims.transitions.models import Transition
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.wishes import read_wish
from tests.cast import SUPERVISOR, WORKER, register, viewer

LATER = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
SHARES = [
    *("referral", "referral_from_service", "transfer", "receive_referral", "receive_transfer", "request_transfer"),
    "remove_assigned_users",
]
AGREED = {"disclosure_other_orgs": True, "consent_for_services": True}


def let_them_share() -> None:
    """Workers and supervisors send and receive; the consent form asks about sharing; supervisors answer for others."""
    consent = Form.objects.get(unique_id="consent")
    for name in AGREED:
        Field.objects.create(form=consent, name=name, type="tick_box", order=9, display_name={"en": name})
    lists = {"role-worker": WORKER, "role-group-worker": WORKER, "role-supervisor": SUPERVISOR}
    for name, held in lists.items():
        role = Role.objects.get(unique_id=name)
        more = ["consent_override", "accept_or_reject_transfer"] if name == "role-supervisor" else []
        role.permissions = role.permissions | {"case": [*held, *SHARES, *more]}
        role.save()
    User.objects.update(access_epoch=F("access_epoch") + 1)
    Instance.objects.update(configuration=F("configuration") + 1)


def agreed_case(**values: Any) -> Record:
    """Noor's case, Amina's, with consent to share it."""
    return register(**(AGREED | values))


def share(kind: Kind, case: UUID, by: str, to: str = "", at: datetime = LATER, **more: Any) -> Transition:
    """Somebody hands a case on."""
    act = {Kind.ASSIGN: assign_case, Kind.REFERRAL: refer_case, Kind.TRANSFER: transfer_case}[kind]
    wish, unknown = read_wish({"transitioned_to": to, **more})
    assert not unknown
    row = act(case_id=case, wish=wish, actor=viewer(by), at=at).transition
    assert row is not None
    return row


def answer(row: Transition, by: str, status: Status, reason: str = "", at: datetime = LATER) -> Transition:
    """Somebody answers, or takes it back."""
    actor: Viewer = viewer(by)
    if status is Status.REVOKED:
        done = revoke_transition(case_id=row.record_id, transition_id=row.id, kind=row.kind, actor=actor, at=at)
    else:
        done = answer_transition(
            case_id=row.record_id, transition_id=row.id, kind=row.kind, status=status, reason=reason, actor=actor, at=at
        )
    assert done.transition is not None
    return done.transition


def sees(name: str, case: UUID) -> bool:
    """Does somebody see a case now?"""
    return Record.objects.visible_to(viewer(name)).filter(pk=case).exists()


def as_stored(case: UUID) -> str:
    """Everything that is stored of a case and its sharing, to compare."""
    record = Record.objects.values().get(pk=case)
    rows = list(Transition.objects.filter(record_id=case).order_by("created_at", "id").values())
    return dumps([{k: str(v) for k, v in one.items()} for one in (record, *rows)]).decode()
