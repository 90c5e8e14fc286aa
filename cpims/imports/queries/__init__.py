"""What stands already of what a table names."""
