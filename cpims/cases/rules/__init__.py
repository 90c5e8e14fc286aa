"""Decisions about cases."""
