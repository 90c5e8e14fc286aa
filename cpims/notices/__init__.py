"""What waits for whom: alerts, mail, push. Empty yet."""
