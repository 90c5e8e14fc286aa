"""How far a table has come that is being brought in."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A row for each run that somebody watches."""

    dependencies = [("cpims", "0020_rollout")]
    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField()),
                ("phase", models.TextField()),
                ("done", models.IntegerField()),
                ("total", models.IntegerField()),
                ("is_cancelled", models.BooleanField(default=False)),
                ("touched_at", models.DateTimeField()),
            ],
            options={"db_table": "import_runs"},
        ),
    ]
