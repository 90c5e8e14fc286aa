"""Bringing in tables of people and places."""

from cpims.imports.actions.tables import import_table, plan_import
from cpims.imports.actions.watching import cancel_import, watched

__all__ = ["cancel_import", "import_table", "plan_import", "watched"]
