"""The child's case: register, amend, close, reopen."""
