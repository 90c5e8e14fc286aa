"""From a paper's description to its pages."""
