"""Carrying a configuration from the demo to production and back: pairs of instances, sets of changes, approvals, drift."""
