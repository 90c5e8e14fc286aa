"""Pairing, choosing, approving, promoting, receiving, and finding out what was changed by another road."""
