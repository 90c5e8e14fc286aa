"""Rules about tracing requests, traces and their matches."""
