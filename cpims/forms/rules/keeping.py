"""Rows that may not be taken away, and rows that may only be added (forms.md §2; upstream leaves both to the screen)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpims.forms.rules.validation import Problem
from cpims.forms.rules.values import escaped, same

Rows = dict[str, Mapping[str, Any]]


def keeping_problems(field: Mapping[str, Any], stored: Any, after: Any) -> list[Problem]:
    """What a change of a subform breaks of its form's promises: removed rows, changed rows of an append-only form."""
    nested = field.get("subform") or {}
    append_only = nested.get("subform_append_only") is True
    if field.get("type") != "subform" or not (append_only or nested.get("subform_prevent_item_removal") is True):
        return []
    before, now = _by_id(stored), _by_id(after)
    pointer = "/" + escaped(str(field["name"]))
    found = [_problem(f"{pointer}/{escaped(i)}", "row_not_removable") for i in before if i not in now]
    if append_only:
        changed = (i for i, row in before.items() if i in now and not same(dict(row), dict(now[i])))
        found += [_problem(f"{pointer}/{escaped(i)}", "row_not_changeable") for i in changed]
    return found


def _by_id(rows: Any) -> Rows:
    if not isinstance(rows, list):
        return {}
    return {str(row["unique_id"]): row for row in rows if isinstance(row, Mapping) and row.get("unique_id")}


def _problem(pointer: str, code: str) -> Problem:
    return Problem(pointer, code, "wrong", {})
