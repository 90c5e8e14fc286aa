"""Finding out that a closed instance was configured by another road than a promotion."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import User
from cpims.audit.actions import record
from cpims.lib.mail import send_mail
from cpims.lib.messages import sentence
from cpims.lib.queue import put_off
from cpims.lib.transactions import atomic
from cpims.promotion.actions.pairing import follow_state
from cpims.promotion.events import DriftEnded, DriftFound
from cpims.promotion.models import Drift, Pair
from cpims.promotion.queries.standing import own_standing
from cpims.settings.actions import hold_configuration
from cpims.settings.queries import system_name

#: The task of the worker that mails one administrator.
TELL: Final = "promotion.tell_of_drift"


@atomic
def raise_drift(*, actor: Viewer | None, at: datetime) -> Drift | None:
    """What stands is compared with the newest version, and a difference raises the alarm once; it ends when they agree.

    Only where configuration comes by promotion. It is asked for hourly, and whenever somebody (``actor``) looks.
    Records: DriftFound, DriftEnded, PairStateChanged; nothing when all stands as before.
    """
    if not hold_configuration().closed:
        return None
    own = own_standing()
    told = own.told()
    expected = own.newest.document_id if own.newest else told.hash
    held = Drift.objects.filter(resolved_at__isnull=True).first()
    found = held
    if held is not None and (not told.changed or held.expected != expected):
        held.resolved_at = at
        held.save(update_fields=["resolved_at"])
        record(DriftEnded(subject="drift:configuration", about={"hash": told.hash}), actor=None, at=at)
        found = None
    if told.changed and found is None:
        found = Drift.objects.create(found_at=at, expected=expected, found=told.hash)
        about = {"expected": expected, "found": told.hash}
        record(DriftFound(subject="drift:configuration", about=about), actor=None, at=at)
        for user_id in _stewards():
            put_off(TELL, drift_id=found.pk, user_id=user_id)
    elif told.changed and found is not None and found.found != told.hash:
        found.found = told.hash
        found.save(update_fields=["found"])
    if found is not held:
        pair = Pair.objects.select_for_update().filter(ended_at__isnull=True).first()
        if pair is not None:
            follow_state(pair, actor=None, at=at)
    return found


def tell_of_drift(*, drift_id: int, user_id: int) -> bool:
    """Mail an administrator that the configuration was changed by hand; answers whether that still holds.

    Raises: CannotSend.
    """
    user = User.objects.filter(pk=user_id, disabled=False).first()
    if user is None or not user.email or not Drift.objects.filter(pk=drift_id, resolved_at__isnull=True).exists():
        return False
    locale = user.locale or settings.ENVIRONMENT.default_locale
    words = {
        "system": system_name(locale),
        "name": user.full_name,
        "link": f"{settings.ENVIRONMENT.public_url}/app/admin/configuration",
    }
    subject, text = (sentence(locale, f"mail.drift.{part}", **words) for part in ("subject", "text"))
    return send_mail(to=user.email, subject=subject, text=text)


def _stewards() -> list[int]:
    """Who may manage configurations here and can be mailed."""
    people = User.objects.filter(
        disabled=False, role__disabled=False, role__permissions__primero_configuration__contains=["manage"]
    )
    return list(people.exclude(email="").exclude(email=None).order_by("pk").values_list("pk", flat=True))
