"""Commands for operators, and what starts, examines, saves and restores an instance."""
