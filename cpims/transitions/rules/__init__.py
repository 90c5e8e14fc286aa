"""What may be shared with whom, how a transition moves, and how this room says no."""
