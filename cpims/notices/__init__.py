"""What waits for whom: alerts on records, and each person's notices."""
