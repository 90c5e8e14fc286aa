"""Laying the terms of use of an agency down, and taking them away."""

from __future__ import annotations

from datetime import datetime

from cpims.accounts.models import Agency
from cpims.accounts.queries.terms import terms_key, terms_store
from cpims.lib.crypto import seal
from cpims.lib.transactions import after_commit


def lay_terms(agency: Agency, content: bytes | None, *, at: datetime) -> None:
    """Keep a paper as the terms of use of an agency from this moment on, or none; for an action that saves the agency.

    The bytes are there before the row speaks of them. What was there before goes when the action has ended.
    """
    if agency.terms_of_use_uploaded_at is not None:
        old, _ = terms_key(agency, agency.terms_of_use_uploaded_at)
        after_commit(lambda: terms_store().remove(old))
    agency.terms_of_use_uploaded_at = at if content is not None else None
    if content is not None:
        name, key = terms_key(agency, at)
        terms_store().put(name, seal(key, content, name.encode()))
