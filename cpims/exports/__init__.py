"""What leaves the house as a file: a case on paper, empty forms; spreadsheets and bundles are to come."""
