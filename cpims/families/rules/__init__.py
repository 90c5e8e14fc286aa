"""Rules about families and their members."""
