"""The road from a plan to a system in use: its gates, each computed from evidence, what a country asked for, and waivers."""
