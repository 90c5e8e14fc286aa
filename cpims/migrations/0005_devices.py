"""Devices, and what they hand over."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

NOW = django.db.models.functions.datetime.Now


class Migration(migrations.Migration):
    """Devices, and what they hand over."""

    dependencies = [("cpims", "0004_quarantine_resolved")]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("platform", models.TextField(default="")),
                ("digest", models.BinaryField()),
                ("created_at", models.DateTimeField(db_default=NOW())),
                ("seen_at", models.DateTimeField(db_default=NOW())),
                ("last_sync_at", models.DateTimeField(null=True)),
                ("unsent", models.IntegerField(default=0)),
                ("oldest_unsent_at", models.DateTimeField(null=True)),
                ("kept", models.IntegerField(default=0)),
                ("storage_used", models.BigIntegerField(null=True)),
                ("storage_quota", models.BigIntegerField(null=True)),
                ("storage_persisted", models.BooleanField(null=True)),
                ("field_mode", models.BooleanField(default=False)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_by", models.TextField(default="")),
                ("wiped_at", models.DateTimeField(null=True)),
                ("told_on", models.DateField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to="cpims.user"
                    ),
                ),
            ],
            options={
                "db_table": "devices",
                "indexes": [
                    models.Index(fields=["user", "-seen_at"], name="devices_of_user"),
                    models.Index(fields=["seen_at"], name="devices_unsent", condition=models.Q(("unsent__gt", 0))),
                ],
            },
        ),
        migrations.RemoveField(model_name="session", name="device"),
        migrations.AddField(
            model_name="session",
            name="device",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sessions", to="cpims.device"
            ),
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("item", models.TextField()),
                ("action", models.TextField(default="")),
                ("record_id", models.UUIDField(null=True)),
                ("module", models.TextField(default="")),
                ("written_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=NOW())),
                ("state", models.TextField(default="waiting")),
                ("sealed", models.BinaryField(null=True)),
                ("resolved_by", models.TextField(default="")),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="cpims.device"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={
                "db_table": "handovers",
                "indexes": [models.Index(fields=["state", "user"], name="handovers_by_state")],
                "constraints": [models.UniqueConstraint(fields=("user", "item"), name="one_handover_of_an_item")],
            },
        ),
    ]
