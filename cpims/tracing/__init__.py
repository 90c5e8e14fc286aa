"""Tracing requests, traces and their matches."""
