"""Rules about incidents."""
