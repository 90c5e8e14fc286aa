"""What holds for accounts, roles, agencies and user groups, whoever asks."""
