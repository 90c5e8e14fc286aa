"""Lists that are small enough to be whole: cut into pages only when a page was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from cpims.api.http.query import page_of

Row = TypeVar("Row")


def sliced(
    rows: Sequence[Row], query: dict[str, Any], *, per: int = 20, cap: int | None = 1000, always: bool = False
) -> tuple[Sequence[Row], dict[str, Any]]:
    """The page that was asked for and the list's metadata; everything when no page was (unless ``always``)."""
    if not always and not query.get("page") and not query.get("per"):
        return rows, {"total": len(rows), "per": None, "page": None}
    page = page_of(query, per=per, cap=cap)
    return rows[page.offset : page.offset + page.per], {"total": len(rows), "per": page.per, "page": page.number}
