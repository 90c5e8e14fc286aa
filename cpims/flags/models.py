"""Flags on records of any kind."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import User
from cpims.records.models import Record


class Flag(models.Model):
    """Somebody asks that a record be looked at by a day. It is never deleted: it is resolved."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="flags")
    message = models.TextField()
    date = models.DateField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    flagged_by = models.TextField()
    created_at = models.DateTimeField()
    removed = models.BooleanField(default=False)
    unflag_message = models.TextField(null=True)
    unflagged_by = models.TextField(null=True)
    unflagged_date = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "flags"
        indexes = [
            models.Index(fields=["record", "id"], name="flags_of_record"),
            models.Index(fields=["-date", "-id"], name="flags_open", condition=models.Q(removed=False)),
        ]
