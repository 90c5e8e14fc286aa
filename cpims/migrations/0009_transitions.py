"""Sharing a case: assignment, referral, transfer, who asked for it, and what was agreed."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Sharing a case: assignment, referral, transfer, who asked for it, and what was agreed."""

    dependencies = [("cpims", "0008_daily_api")]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("given", models.BooleanField()),
                ("purpose", models.TextField(default="")),
                ("agency", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("said_at", models.DateTimeField()),
                ("written_by", models.TextField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "consents",
                "indexes": [models.Index(fields=["record", "said_at"], name="consents_of_record")],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("type", models.TextField()),
                ("status", models.TextField()),
                ("transitioned_by", models.TextField()),
                ("transitioned_to", models.TextField(default="")),
                ("transitioned_to_agency", models.TextField(default="")),
                ("transitioned_to_remote", models.TextField(default="")),
                ("remote", models.BooleanField(default=False)),
                ("type_of_export", models.TextField(default="")),
                ("notes", models.TextField(default="")),
                ("rejected_reason", models.TextField(default="")),
                ("rejection_note", models.TextField(default="")),
                ("service", models.TextField(default="")),
                ("service_record_id", models.TextField(default="")),
                ("consent_overridden", models.BooleanField(default=False)),
                ("consent_individual_transfer", models.BooleanField(default=False)),
                ("allow_case_creation", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("responded_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("escalated_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("record_owned_by", models.TextField()),
                ("record_owned_by_agency", models.TextField(default="")),
                (
                    "record_owned_by_groups",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("transitioned_by_user_agency", models.TextField(default="")),
                (
                    "transitioned_by_user_groups",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("transitioned_to_user_agency", models.TextField(default="")),
                (
                    "transitioned_to_user_groups",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transitions", to="cpims.record"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.transition"
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={
                "db_table": "transitions",
                "indexes": [
                    models.Index(fields=["record", "recorded_at"], name="transitions_of_record"),
                    models.Index(fields=["recipient", "status", "-created_at"], name="transitions_to"),
                    models.Index(
                        condition=models.Q(("escalated_at__isnull", True), ("status", "in_progress")),
                        fields=["created_at"],
                        name="transitions_unanswered",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "in_progress"), ("type", "Transfer")),
                        fields=("record",),
                        name="one_transfer_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "in_progress"), ("type", "TransferRequest")),
                        fields=("record", "sender"),
                        name="one_request_at_a_time",
                    ),
                ],
            },
        ),
    ]
