"""Bytes of a table that somebody has, as rows of texts."""

from cpims.imports.formats.sheets import LARGEST, MOST_ROWS, Sheet, SheetUnreadable, address, read_sheet

__all__ = ["LARGEST", "MOST_ROWS", "Sheet", "SheetUnreadable", "address", "read_sheet"]
