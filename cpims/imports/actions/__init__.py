"""Bringing in a table: first what it would do, then doing it."""

from cpims.imports.actions.tables import import_table, plan_import

__all__ = ["import_table", "plan_import"]
