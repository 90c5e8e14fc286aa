"""Traces, and what was decided of their matches."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

PENDING = 512


def _texts() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(models.TextField(), default=list)


class Migration(migrations.Migration):
    """Traces, and what was decided of their matches."""

    dependencies = [("cpims", "0013_bulk")]

    operations = [
        migrations.CreateModel(
            name="Trace",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.SmallIntegerField(default=0)),
                ("removed", models.BooleanField(default=False)),
                ("open", models.BooleanField(default=True)),
                ("name_keys", _texts()),
                ("phones", _texts()),
                ("mark", models.TextField(default="")),
                ("matched_at", models.DateTimeField(null=True)),
                ("matched_by", models.TextField(default="")),
                ("proposed", django.contrib.postgres.fields.ArrayField(models.UUIDField(), default=list)),
                (
                    "matched_case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matched_traces",
                        to="cpims.record",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="traces", to="cpims.record"
                    ),
                ),
            ],
            options={"db_table": "traces"},
        ),
        migrations.CreateModel(
            name="TraceMatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("decision", models.TextField()),
                ("score", models.FloatField()),
                ("likelihood", models.TextField()),
                ("reasons", models.JSONField(default=list)),
                ("trace_mark", models.TextField(default="")),
                ("case_mark", models.TextField(default="")),
                ("laid", models.JSONField(default=dict)),
                ("note", models.TextField(default="")),
                ("by", models.TextField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=Now())),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trace_decisions", to="cpims.record"
                    ),
                ),
                (
                    "trace",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="cpims.trace",
                    ),
                ),
            ],
            options={"db_table": "trace_matches"},
        ),
        migrations.CreateModel(
            name="Rematch",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("status", models.TextField(default="running")),
                ("begun_by", models.TextField(default="")),
                ("total", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("found", models.IntegerField(default=0)),
                ("reached", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("worked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "trace_rematches"},
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(condition=models.Q(("open", True)), fields=["id"], name="traces_open"),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name_keys"], gin_pending_list_limit=PENDING, name="traces_name_keys"
            ),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["phones"], gin_pending_list_limit=PENDING, name="traces_phones"
            ),
        ),
        migrations.AddIndex(
            model_name="tracematch",
            index=models.Index(fields=["trace", "case", "-id"], name="trace_matches_of_pair"),
        ),
        migrations.AddConstraint(
            model_name="rematch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["running"])), fields=("status",), name="one_rematch_at_a_time"
            ),
        ),
    ]
