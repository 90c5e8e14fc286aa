"""Questions about families and how cases are related."""
