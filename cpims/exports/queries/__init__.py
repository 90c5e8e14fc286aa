"""Papers for whoever asks, with what she may read and nothing else."""
