"""Invented children for demo instances: pure, from recipes in ``packs/caseload``, the same for the same seed."""

from cpims.management.demo.caseload import InventedCase, Worker, invent_caseload
from cpims.management.demo.recipes import Recipes, read_recipes

__all__ = ["InventedCase", "Recipes", "Worker", "invent_caseload", "read_recipes"]
