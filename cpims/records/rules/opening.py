"""What a record begins with: the part of the work it belongs to, whose it is, and when it was made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from cpims.access.rules.viewer import Viewer
from cpims.lib.errors import Problem
from cpims.lib.json import read_moment

#: State that may be said when a record is registered.
ON_CREATE: Final = frozenset(
    {"module_id", "owned_by", "created_at", "hidden_name", "id", "status", "record_state", "workflow"}
)


def module_wanted(wanted: Any, actor: Viewer, there: Collection[str]) -> tuple[str, list[Problem]]:
    """The module that a new record belongs to: hers, if she has one only; a super-user may name any of those ``there``."""
    mine = sorted(actor.modules)
    if wanted is None and len(mine) == 1:
        return mine[0], []
    if isinstance(wanted, str) and (wanted in actor.modules or (actor.is_super and wanted in there)):
        return wanted, []
    code = "case.module_missing" if wanted is None else "case.module_unknown"
    return (mine or [""])[0], [Problem("/module_id", code)]


def owner_wanted(wishes: Mapping[str, Any], actor: Viewer, kind: str, ignored: list[Problem]) -> str:
    """Whose a new record will be: hers, unless she may assign such records and names somebody else."""
    wanted = wishes.get("owned_by")
    if wanted in (None, "", actor.user_name):
        return actor.user_name
    if not isinstance(wanted, str) or not actor.may(kind, "assign"):
        ignored.append(Problem("/owned_by", "not_permitted", {"name": "owned_by"}))
        return actor.user_name
    return wanted


def created_when(wishes: Mapping[str, Any], at: datetime, problems: list[Problem]) -> datetime:
    """When a new record was made: never later than now."""
    wanted = wishes.get("created_at")
    if wanted is None:
        return at
    moment = read_moment(wanted)
    if moment is None:
        problems.append(Problem("/created_at", "invalid_date"))
        return at
    return min(moment, at)


def unusual(wishes: Mapping[str, Any]) -> list[Problem]:
    """What nobody decides while registering: a new record is open and switched on."""
    usual = {"status": "open", "record_state": True, "workflow": "new"}
    return [
        Problem(f"/{name}", "not_writable", {"name": name})
        for name, value in usual.items()
        if wishes.get(name, value) not in (value, None)
    ]
