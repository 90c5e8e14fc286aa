"""Assignments, referrals and transfers of a case. Empty yet."""
