"""Questions about transitions: whom may she choose, what was shared, what would somebody see."""
