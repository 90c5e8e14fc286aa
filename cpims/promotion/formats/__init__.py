"""What goes between two instances, as bytes."""
