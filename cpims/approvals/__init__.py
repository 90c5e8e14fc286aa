"""A supervisor's yes or no to an assessment, a plan, a closure."""
