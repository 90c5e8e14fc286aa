"""Rows as PostgreSQL's COPY reads them (text format)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, JSONField
from django.db.models.expressions import DatabaseDefault

from cpims.lib.json import dumps


def columns_of(model: Any, leave_out: Iterable[str] = ()) -> list[Field[Any, Any]]:
    """The columns of a table that we fill; those that the database fills by itself are left to it."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.column not in leave_out and not getattr(field, "generated", False)
    ]


def row(thing: Any, fields: Sequence[Field[Any, Any]]) -> bytes:
    """One model instance as a line, without its end."""
    return b"\t".join([_text(getattr(thing, field.attname), field) for field in fields])


def _text(value: Any, field: Field[Any, Any]) -> bytes:
    if value is None:
        return rb"\N"
    if isinstance(value, DatabaseDefault):
        raise TypeError(f"{field.column} is filled by the database: leave it out")
    if isinstance(field, JSONField):
        return escaped(dumps(value))
    if isinstance(field, ArrayField):
        return escaped(array(value))
    return plain(value)


def plain(value: Any) -> bytes:
    """A simple value."""
    if value is True or value is False:
        return b"t" if value else b"f"
    if isinstance(value, str):
        return escaped(value.encode())
    if isinstance(value, (bytes, memoryview)):
        return rb"\\x" + bytes(value).hex().encode()
    if isinstance(value, (int, float, UUID)):
        return str(value).encode()
    if isinstance(value, date):
        return value.isoformat().encode()
    raise TypeError(f"no idea how to write {type(value).__name__}")


def array(values: Iterable[Any]) -> bytes:
    """An array of texts or ids as PostgreSQL writes it."""
    quoted = ['"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values]
    return ("{" + ",".join(quoted) + "}").encode()


def escaped(text: bytes) -> bytes:
    """The four bytes that mean something in a line of COPY, written so that they do not."""
    return text.replace(b"\\", rb"\\").replace(b"\t", rb"\t").replace(b"\n", rb"\n").replace(b"\r", rb"\r")
