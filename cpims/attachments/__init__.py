"""Photos, sounds, papers and signatures: what belongs to which record, and where its sealed bytes lie."""
