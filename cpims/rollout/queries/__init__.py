"""Evidence, how the gates stand, what was asked for and what differs."""
