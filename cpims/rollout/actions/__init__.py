"""Bringing requirements, accepting differences, attesting, signing waivers, and looking at the gates anew."""
