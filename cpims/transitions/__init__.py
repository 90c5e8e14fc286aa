"""Assignments, referrals and transfers of a case, requests for one, and consent to sharing."""
