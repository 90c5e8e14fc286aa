"""What comes into the house as a file. Empty yet."""
