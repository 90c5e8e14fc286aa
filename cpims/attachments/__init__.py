"""Photos, audio and documents of a record. Empty yet."""
