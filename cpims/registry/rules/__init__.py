"""Rules about registry records."""
