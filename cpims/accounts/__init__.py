"""People, agencies, user groups, roles, sign-in."""
