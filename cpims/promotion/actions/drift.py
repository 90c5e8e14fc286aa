"""Finding out that a closed instance was configured by another road than a promotion."""

from __future__ import annotations

from datetime import datetime

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record
from cpims.lib.transactions import atomic
from cpims.promotion.actions.pairing import follow_state
from cpims.promotion.events import DriftEnded, DriftFound
from cpims.promotion.models import Drift, Pair
from cpims.promotion.queries.standing import own_standing
from cpims.settings.actions import hold_configuration


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
    elif told.changed and found is not None and found.found != told.hash:
        found.found = told.hash
        found.save(update_fields=["found"])
    if found is not held:
        pair = Pair.objects.select_for_update().filter(ended_at__isnull=True).first()
        if pair is not None:
            follow_state(pair, actor=None, at=at)
    return found
