"""Setting up, starting, stopping, examining, saving and restoring an instance."""
