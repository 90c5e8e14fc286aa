"""Questions about records of every kind."""
