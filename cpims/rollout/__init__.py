"""Plans, gates with evidence, endorsements, training, acceptance, go-live. Empty yet."""
