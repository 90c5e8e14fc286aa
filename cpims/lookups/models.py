"""Option lists that forms share."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Lookup(models.Model):
    """A list of options. ``values`` holds ``{id, display_text{locale}, disabled, tags}`` in their order."""

    unique_id = models.TextField(unique=True)
    name = models.JSONField(default=dict)
    values = models.JSONField(default=list)
    locked = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "lookups"
