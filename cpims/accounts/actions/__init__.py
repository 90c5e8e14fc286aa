"""Acts on accounts, roles, agencies and user groups; signing in and out."""
