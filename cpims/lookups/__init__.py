"""Option lists."""
