"""How changes come together: a PATCH into a stored record, and two edits made from the same base."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from cpims.forms.rules.calculations import with_total
from cpims.forms.rules.values import escaped, same

Answers = Mapping[str, Any]
NewId = Callable[[], str]

IDENTITY: Final = "unique_id"
REMOVED: Final = "_destroy"


def merge_patch(before: Answers, patch: Answers, new_id: NewId) -> dict[str, Any]:
    """The record after a PATCH: objects merge key by key, rows by ``unique_id``, everything else is replaced."""
    merged = dict(before)
    for key, value in patch.items():
        merged[key] = _patched(merged.get(key), value, new_id)
    return merged


def merge_three_way(
    base: Answers, mine: Answers, theirs: Answers, fields: Sequence[Answers] = ()
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Two edits of one record brought together, and the conflicts that only a person can decide.

    In a conflict the merged record holds what ``theirs`` has; mine stands in the conflict, so nothing is lost.
    """
    conflicts: list[dict[str, Any]] = []
    merged = _objects(base, mine, theirs, _by_name(fields), "", conflicts)
    return merged, conflicts


def merge_edit(
    seen: Answers, patch: Answers, stored: Answers, fields: Sequence[Answers], new_id: NewId
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A worker's change applied to what is stored now, given the answers she saw when she made it.

    A key she sent without saying what she saw overwrites, as a plain PATCH does.
    """
    base = {key: seen.get(key) if key in seen else stored.get(key) for key in patch}
    mine = merge_patch(base, patch, new_id)
    theirs = {key: stored.get(key) for key in patch}
    merged, conflicts = merge_three_way(base, mine, theirs, fields)
    return {**stored, **merged}, conflicts


def as_filled(seen: Any, stored: Any, names: Collection[str]) -> Any:
    """Rows as a worker saw them, with what was written into them by us since: her own unsent row is not another's for it."""
    if not names or not _is_rows(seen) or not _is_rows(stored):
        return seen
    known = _by_identity(stored)
    filled: list[Any] = []
    for row in seen:
        there = known.get(_identity(row) or "", {})
        filled.append(dict(row) | {name: there[name] for name in names if row.get(name) is None and name in there})
    return filled


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _patched(before: Any, value: Any, new_id: NewId) -> Any:
    if isinstance(value, Mapping):
        return merge_patch(before if isinstance(before, Mapping) else {}, value, new_id)
    if _is_rows(value):
        return _patched_rows(before if _is_rows(before) else [], value, new_id)
    if isinstance(value, list) and not value and _is_rows(before):
        return before
    return value


def _patched_rows(before: list[Answers], sent: list[Answers], new_id: NewId) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for row in before:
        identity = _identity(row) or new_id()
        rows[identity] = {IDENTITY: identity, **row} if row.get(IDENTITY) is None else dict(row)
        rows[identity][IDENTITY] = identity
    for row in sent:
        identity = _identity(row) or new_id()
        if row.get(REMOVED) is True:
            rows.pop(identity, None)
            continue
        change = {key: value for key, value in row.items() if key != REMOVED}
        change[IDENTITY] = identity
        rows[identity] = merge_patch(rows.get(identity, {}), change, new_id)
    return list(rows.values())


def _identity(row: Answers) -> str | None:
    identity = row.get(IDENTITY)
    return identity if isinstance(identity, str) and identity else None


def _by_name(fields: Any) -> Mapping[str, Answers]:
    return {str(field["name"]): field for field in reversed(fields or ())}


def _objects(
    base: Answers,
    mine: Answers,
    theirs: Answers,
    fields: Mapping[str, Answers],
    pointer: str,
    conflicts: list[dict[str, Any]],
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in dict.fromkeys((*theirs, *mine, *base)):
        merged[key] = _value(
            base.get(key), mine.get(key), theirs.get(key), fields.get(key), f"{pointer}/{escaped(key)}", conflicts
        )
    return merged


def _value(
    base: Any, mine: Any, theirs: Any, field: Answers | None, pointer: str, conflicts: list[dict[str, Any]]
) -> Any:
    if same(mine, theirs) or same(base, mine):
        return theirs
    if same(base, theirs):
        return mine
    if field is not None and (field.get("calculation") or field.get("subform_summary")):
        return theirs
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping) and (base is None or isinstance(base, Mapping)):
        return _tally(base or {}, mine, theirs, field, pointer, conflicts)
    sides = (base, mine, theirs)
    if any(map(_is_rows, sides)) and all(_is_rows(side) or side is None or side == [] for side in sides):
        return _rows(base or [], mine or [], theirs or [], field, pointer, conflicts) or _emptied(mine, theirs)
    conflicts.append({"pointer": pointer, "kind": "value", "base": base, "mine": mine, "theirs": theirs})
    return theirs


def _emptied(mine: Any, theirs: Any) -> Any:
    if not theirs:
        return theirs
    return [] if mine else mine


def _tally(
    base: Answers, mine: Answers, theirs: Answers, field: Answers | None, pointer: str, conflicts: list[dict[str, Any]]
) -> Any:
    if field is None or field.get("autosum_total") is not True:
        return _objects(base, mine, theirs, {}, pointer, conflicts)
    was, has, holds = ({key: count for key, count in side.items() if key != "total"} for side in (base, mine, theirs))
    return with_total(field, _objects(was, has, holds, {}, pointer, conflicts))


def _rows(
    base: list[Answers],
    mine: list[Answers],
    theirs: list[Answers],
    field: Answers | None,
    pointer: str,
    conflicts: list[dict[str, Any]],
) -> list[Any]:
    nested = _by_name(((field or {}).get("subform") or {}).get("fields"))
    was, has = _by_identity(base), _by_identity(mine)
    merged: list[Any] = []
    for row in theirs:
        identity = _identity(row)
        at = f"{pointer}/{escaped(identity or '')}"
        if identity is None or (identity not in was and identity not in has):
            merged.append(row)
        elif identity in has:
            merged.append(_objects(was.get(identity, {}), has[identity], row, nested, at, conflicts))
        elif not same(was[identity], row):
            conflicts.append(_removal(at, "removed_by_mine", was[identity], None, row))
            merged.append(row)
    kept = _by_identity(theirs)
    for row in mine:
        identity = _identity(row)
        if identity is None:
            if not any(same(row, other) for other in (*theirs, *base)):
                merged.append(row)
        elif identity not in kept and identity not in was:
            merged.append(row)
        elif identity not in kept and not same(was[identity], row):
            at = f"{pointer}/{escaped(identity)}"
            conflicts.append(_removal(at, "removed_by_theirs", was[identity], row, None))
    return merged


def _by_identity(rows: list[Answers]) -> dict[str, Answers]:
    return {identity: row for row in rows if (identity := _identity(row)) is not None}


def _removal(pointer: str, kind: str, base: Any, mine: Any, theirs: Any) -> dict[str, Any]:
    return {"pointer": pointer, "kind": kind, "base": base, "mine": mine, "theirs": theirs}
