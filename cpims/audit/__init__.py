"""Who did what, and who saw what: two append-only books under one sealer."""
