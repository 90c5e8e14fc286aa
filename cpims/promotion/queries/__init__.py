"""The pair, the sets of changes, and what the other instance answers."""
