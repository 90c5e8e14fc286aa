"""Tracing requests, traces and their matches. Empty yet."""
