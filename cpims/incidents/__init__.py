"""Incidents and violations."""
