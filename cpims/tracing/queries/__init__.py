"""Traces, what may match them, and the way of a child back to the family."""
