"""How far a table has come that is being read or brought in just now."""

from __future__ import annotations

from django.db import models


class ImportRun(models.Model):
    """One run of a table that somebody watches, under the id that she chose. It goes when the run ends."""

    id = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    phase = models.TextField()
    done = models.IntegerField()
    total = models.IntegerField()
    is_cancelled = models.BooleanField(default=False)
    touched_at = models.DateTimeField()

    class Meta:
        app_label = "cpims"
        db_table = "import_runs"
