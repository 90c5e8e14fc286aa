"""Counting, through one viewer's sight and readable fields."""
