"""One act for many cases."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """One act for many cases."""

    dependencies = [("cpims", "0012_attachments")]

    operations = [
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("act", models.TextField()),
                ("status", models.TextField(default="waiting")),
                ("recipient", models.TextField(default="")),
                ("sealed", models.BinaryField()),
                ("refusal", models.TextField(default="")),
                ("created_at", models.DateTimeField()),
                ("chosen_at", models.DateTimeField(null=True)),
                ("worked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField(db_default=Now())),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={"db_table": "bulk_jobs"},
        ),
        migrations.CreateModel(
            name="BulkCase",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("state", models.TextField(default="waiting")),
                ("errors", models.JSONField(default=list)),
                ("transition_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField(null=True)),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cpims.bulkjob",
                    ),
                ),
            ],
            options={"db_table": "bulk_cases"},
        ),
        migrations.AddField(
            model_name="notice",
            name="batch",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["batch", "user"], name="notices_of_batch", condition=~models.Q(batch="")),
        ),
        migrations.AddIndex(
            model_name="bulkjob",
            index=models.Index(fields=["user", "-created_at", "-id"], name="bulk_of_user"),
        ),
        migrations.AddIndex(
            model_name="bulkjob",
            index=models.Index(
                fields=["worked_at"], name="bulk_under_way", condition=models.Q(status__in=["waiting", "running"])
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkcase",
            constraint=models.UniqueConstraint(fields=["job", "record_id"], name="one_result_of_a_case"),
        ),
        migrations.AddIndex(
            model_name="bulkcase",
            index=models.Index(fields=["job", "state", "id"], name="bulk_results"),
        ),
        # the role whose forms a referral lends
        migrations.AddField("Transition", "authorized_role", models.TextField(db_default="", default="")),
    ]
