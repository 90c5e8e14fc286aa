"""Questions about incidents."""
