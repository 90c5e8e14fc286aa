"""Decisions on records: refusals, merging."""
