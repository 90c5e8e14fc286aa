"""The stage on which work is approved and flagged: who may ask, who may answer."""

from __future__ import annotations

from django.db.models import F

from cpims.accounts.models import Role, User
from cpims.audit.actions import seal_books
from cpims.jobs.reactions import react
from cpims.lib.clock import now
from cpims.settings.models import Instance
from tests.cast import SUPERVISOR, WORKER

ASKS = ["request_approval_case_plan", "request_approval_closure", "request_approval_assessment"]
ANSWERS = ["approve_case_plan", "approve_closure", "approve_assessment", "remove_alert", "flag_update"]


def let_them_ask(**more: list[str]) -> None:
    """Workers ask for approvals, supervisors answer; ``more`` gives a role further actions on cases."""
    for name, held in (
        ("role-worker", [*WORKER, *ASKS]),
        ("role-group-worker", [*WORKER, *ASKS, "receive_referral", "receive_transfer"]),
        ("role-supervisor", [*SUPERVISOR, *ANSWERS]),
    ):
        role = Role.objects.get(unique_id=name)
        extra = more.get(name.removeprefix("role-").replace("-", "_"), [])
        role.permissions = role.permissions | {"case": [*held, *extra], "dashboard": ["dash_flags"]}
        role.save()
    everything = Role.objects.get(unique_id="role-super")
    everything.permissions = everything.permissions | {"dashboard": ["dash_flags"]}
    everything.save()
    User.objects.update(access_epoch=F("access_epoch") + 1)
    Instance.objects.update(configuration=F("configuration") + 1)


def let_the_worker_tell() -> None:
    """Seal what was written down and do everything that follows from it."""
    while seal_books():
        pass
    while react(at=now()):
        pass
