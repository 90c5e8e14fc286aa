"""What is due in open cases, a row for each task."""

from __future__ import annotations

from django.db import models

from cpims.records.models import Record


class Task(models.Model):
    """Something to be done in an open case until a day.

    Written by a trigger of the database from the tasks that a record's answers come to, never by hand (migration
    ``0011_tasks``). ``row`` is the row of a subform that it lies in; empty where there is none.
    """

    pk = models.CompositePrimaryKey("record_id", "number")
    record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    number = models.IntegerField()
    type = models.TextField()
    detail = models.TextField(default="")
    due_on = models.DateField()
    row = models.TextField(default="")
    owned_by = models.TextField()
    module = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "case_tasks"
        indexes = [
            models.Index(fields=["owned_by", "due_on", "record", "number", "type", "module"], name="tasks_of_owner"),
            models.Index(fields=["due_on", "record", "number", "type", "module"], name="tasks_by_day"),
        ]


class DuplicateCheck(models.Model):
    """An identifier that came into a case, or went out of it, and is still to be compared with all others."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        Record, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    field = models.TextField()
    key = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "duplicate_checks"
