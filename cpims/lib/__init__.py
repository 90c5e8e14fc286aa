"""What any program might need; no word of our domain."""
