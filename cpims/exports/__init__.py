"""What leaves the house as a file: spreadsheets, PDF, bundles. Empty yet."""
