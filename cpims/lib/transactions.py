"""Transactions: an action is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def atomic(action: Callable[P, R]) -> Callable[P, R]:
    """Run an action in one transaction: all of it happens, or nothing."""
    wrapped: Callable[P, R] = transaction.atomic(action)
    return wrapped


after_commit = transaction.on_commit
