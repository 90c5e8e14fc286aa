"""Look at this: a worker's marks on a record. Empty yet."""
