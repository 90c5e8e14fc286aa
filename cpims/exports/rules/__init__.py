"""What goes on paper, decided from values in hand."""
