"""Incidents and violations. Empty yet."""
