"""Conditions as the form builder shows them: a short list of rows joined by and / or."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cpims.forms.rules.conditions import COMPARISONS


def condition_from_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The expression that the builder's rows mean; "and" binds tighter than "or"."""
    groups: list[list[dict[str, Any]]] = []
    for row in rows:
        if not groups or row.get("type") == "or":
            groups.append([])
        groups[-1].append(_comparison(row))
    members = [group[0] if len(group) == 1 else {"and": group} for group in groups]
    if not members:
        return {}
    return members[0] if len(members) == 1 else {"or": members}


def rows_from_condition(expression: Any) -> list[dict[str, Any]] | None:
    """The builder's rows of an expression, or nothing when the builder cannot show it."""
    if expression == {}:
        return []
    members = expression["or"] if _is(expression, "or") else [expression]
    rows: list[dict[str, Any]] = []
    for member in members:
        parts = member["and"] if _is(member, "and") else [member]
        for position, part in enumerate(parts):
            row = _row(part)
            if row is None:
                return None
            if rows:
                row["type"] = "and" if position else "or"
            rows.append(row)
    return rows


def _comparison(row: Mapping[str, Any]) -> dict[str, Any]:
    value = row.get("value")
    asked = row.get("constraint")
    operator = "in" if isinstance(value, list) else asked if asked in COMPARISONS else "eq"
    return {
        str(operator): {str(row["attribute"]): [value] if operator == "in" and not isinstance(value, list) else value}
    }


def _is(expression: Any, operator: str) -> bool:
    return (
        isinstance(expression, Mapping)
        and len(expression) == 1
        and isinstance(expression.get(operator), list)
        and len(expression[operator]) > 0
    )


def _row(part: Any) -> dict[str, Any] | None:
    if not isinstance(part, Mapping) or len(part) != 1:
        return None
    operator, operand = next(iter(part.items()))
    if operator not in COMPARISONS or not isinstance(operand, Mapping) or len(operand) != 1:
        return None
    attribute, value = next(iter(operand.items()))
    return {"attribute": attribute, "constraint": operator, "value": value}
