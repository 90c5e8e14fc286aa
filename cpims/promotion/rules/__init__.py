"""What may be chosen, who may approve, and how two instances stand to each other."""
