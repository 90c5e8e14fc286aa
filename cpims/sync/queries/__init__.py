"""What a device asks for: what changed, what is in scope, what is kept in quarantine."""
