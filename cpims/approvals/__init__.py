"""A supervisor's yes or no to an assessment, a case plan, a closure. Empty yet."""
