"""Counts, indicators, pivots and comparisons, one engine for all of them."""
