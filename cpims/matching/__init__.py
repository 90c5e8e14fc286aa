"""How alike two names, dates and persons are."""
