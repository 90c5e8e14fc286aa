"""Pairs, sets of changes and promotions as we show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.api.configuration_versions import change_json
from cpims.lib.clock import iso
from cpims.lib.signing import public_key_of
from cpims.promotion.models import ChangeSet, Pair, Promotion
from cpims.promotion.queries.change_sets import Choice
from cpims.promotion.queries.problems import problems_of
from cpims.promotion.queries.standing import Standing, signing_seed
from cpims.promotion.rules.moves import acts_for

#: So many changes of a drift are shown.
SHOWN: Final = 200


def _moment(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def pair_json(standing: Standing, locale: str) -> dict[str, Any]:
    """Both instances and how they stand."""
    own, other, drift = standing.own, standing.other, standing.drift
    return {
        "self": {
            "uuid": str(own.uuid),
            "name": own.name,
            "kind": own.kind,
            "url": settings.ENVIRONMENT.public_url.rstrip("/"),
            "public_key": public_key_of(signing_seed()),
            "hash": standing.told.hash,
            "version": standing.told.version or None,
            "closed": own.closed,
        },
        "other": _other(other) if other else None,
        "state": standing.state,
        "since": _moment(other.state_since) if other else None,
        "drift": {
            "found_at": iso(drift.found_at),
            "expected": drift.expected,
            "found": drift.found,
            "changes": [change_json(change, locale) for change in standing.changes[:SHOWN]],
            "total": len(standing.changes),
        }
        if drift
        else None,
        "checked_at": _moment(other.last_seen_at) if other else None,
    }


def _other(pair: Pair) -> dict[str, Any]:
    return {
        "uuid": str(pair.uuid),
        "name": pair.name,
        "kind": pair.kind,
        "url": pair.url,
        "public_key": pair.public_key,
        "hash": pair.last_hash,
        "version": pair.last_version or None,
        "closed": pair.last_closed,
        "paired_at": iso(pair.paired_at),
    }


def set_json(row: ChangeSet, viewer: Viewer) -> dict[str, Any]:
    """A set of changes, without them."""
    return {
        "id": str(row.pk),
        "number": row.number,
        "title": row.title,
        "reason": row.reason,
        "state": row.state,
        "base_hash": row.base_id,
        "target_hash": row.target_id,
        "total": row.total,
        "chosen": row.total - len(row.left_out),
        "created_by": row.created_by,
        "created_at": iso(row.created_at),
        "proposed_by": row.proposed_by,
        "proposed_at": _moment(row.proposed_at),
        "approved_by": row.approved_by,
        "approved_at": _moment(row.approved_at),
        "rejected_by": row.rejected_by,
        "rejected_at": _moment(row.rejected_at),
        "rejected_reason": row.rejected_reason,
        "promoted_by": row.promoted_by,
        "promoted_at": _moment(row.promoted_at),
        "actions": acts_for(row.state, proposed_by=row.proposed_by_id, viewer=viewer.user_id),
    }


def whole_set_json(choice: Choice, viewer: Viewer, locale: str, *, start: int, end: int) -> dict[str, Any]:
    """A set with a page of its changes."""
    chosen = choice.chosen
    return set_json(choice.row, viewer) | {
        "changes": [
            {"id": one, "chosen": one in chosen, "needs": choice.needs[one], **change_json(change, locale)}
            for one, change in list(choice.changes.items())[start:end]
        ],
        "problems": [
            {"code": found.code, "params": dict(found.params), "change": found.change} for found in problems_of(choice)
        ],
    }


def promotion_json(row: Promotion, *, last: Promotion | None, again: bool = False) -> dict[str, Any]:
    """A promotion that came here; ``last`` is the one that may be taken back."""
    return {
        "id": str(row.pk),
        "title": row.title,
        "reason": row.reason,
        "before": row.before,
        "after": row.after,
        "version": row.version,
        "source": row.source,
        "proposed_by": row.proposed_by,
        "approved_by": row.approved_by,
        "received_by": row.received_by,
        "received_at": iso(row.received_at),
        "again": again,
        "rolled_back_at": _moment(row.rolled_back_at),
        "rolled_back_by": row.rolled_back_by,
        "can_roll_back": last is not None and last.pk == row.pk,
    }
