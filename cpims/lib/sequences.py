"""Numbers that a client chose itself: the database's own counting must step over them."""

from __future__ import annotations

from django.db import connection

HIGHEST = 2_000_000_000


def read_number(text: str) -> int | None:
    """The row number that an address holds, or nothing when it holds none (other scripts' digits are none)."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def step_over(table: str, number: int) -> None:
    """Let a table's next own id come after a number that was given from outside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(s.name::regclass, greatest(%s::bigint, nextval(s.name::regclass))) "
            "FROM (SELECT pg_get_serial_sequence(%s, 'id') AS name) AS s",
            [number, table],
        )
