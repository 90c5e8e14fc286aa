"""Measurements: what the product does at the size of a country, on the machine where they run."""
