"""Many new rows at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import AutoField, Model
from django.db.models.expressions import DatabaseDefault


def copy_in(rows: Sequence[Model]) -> None:
    """Store new rows of one table by COPY, which takes a fifth of the time of INSERT for thousands of rows.

    What the table gives by itself (its own number, defaults of the database) stays unset in the rows here.
    """
    if not rows:
        return
    fields = [
        field
        for field in rows[0]._meta.concrete_fields
        if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)
        and not (isinstance(field, AutoField) and rows[0].pk is None)
    ]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in fields)
    statement = f"COPY {quote(rows[0]._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), connection=connection) for field in fields]
            )
