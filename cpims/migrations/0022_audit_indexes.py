"""Who did what, and when, is found in the books without reading them through."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two indexes for each book."""

    dependencies = [("cpims", "0021_import_runs")]
    operations = [
        operation
        for model, book in (("changeentry", "changes"), ("sightingentry", "sightings"))
        for operation in (
            migrations.AddIndex(model, models.Index(fields=["actor_name", "-id"], name=f"{book}_of_actor")),
            migrations.AddIndex(model, BrinIndex(fields=["recorded_at"], name=f"{book}_by_day")),
        )
    ]
