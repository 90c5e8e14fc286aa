"""Look at this: flags on records."""
