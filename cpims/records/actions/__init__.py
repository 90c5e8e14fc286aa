"""Acts on records of every kind; the rooms above give them their names."""
