"""Entry points of background work."""
