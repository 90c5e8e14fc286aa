"""Families and the children who belong to them."""
