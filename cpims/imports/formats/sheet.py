"""Rows of texts, and what of a file cannot be read as such."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cpims.lib.errors import Invalid, Problem

LARGEST: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 200
#: Where in the body the file stands.
FILE: Final = "/data_base64"


class SheetUnreadable(Invalid):
    """The file is no table that can be read here; the problem says why."""

    code = "import.unreadable"


@dataclass
class Sheet:
    """The rows of a file, trimmed; cells that hold no text of their own (formulas, errors) stand in ``wrong``."""

    rows: list[list[str]]
    encoding: str
    separator: str = ""
    wrong: dict[tuple[int, int], Problem] = field(default_factory=dict)
