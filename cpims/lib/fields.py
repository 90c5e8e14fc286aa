"""Column types that PostgreSQL has and Django has not."""

from __future__ import annotations

from typing import Any

from django.db import models


class TransactionIdField(models.BigIntegerField):  # type: ignore[type-arg]
    """The 64-bit id of the writing transaction (``xid8``), filled by the database."""

    def db_type(self, connection: Any) -> str:
        """The column's type in PostgreSQL."""
        return "xid8"


class CurrentTransactionId(models.Func):
    """The id of the running transaction."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()


__all__ = ["CurrentTransactionId", "TransactionIdField"]
