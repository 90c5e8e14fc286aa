"""Approvals, flags, alerts and notices."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

#: What happened before there were notices is told to nobody.
BEGIN = "INSERT INTO notice_mark (id, seq) SELECT 1, coalesce(max(seq), 0) FROM audit_changes"


class Migration(migrations.Migration):
    """Approvals, flags, alerts and notices."""

    dependencies = [("cpims", "0009_transitions")]

    operations = [
        migrations.CreateModel(
            name="NoticeMark",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "notice_mark",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="notice_mark_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("alert_for", models.TextField()),
                ("type", models.TextField()),
                ("form_unique_id", models.TextField(default="")),
                ("date", models.DateField()),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "alerts",
                "constraints": [
                    models.UniqueConstraint(fields=("record", "alert_for", "type"), name="one_alert_of_a_type")
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message", models.TextField()),
                ("date", models.DateField()),
                ("flagged_by", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("removed", models.BooleanField(default=False)),
                ("unflag_message", models.TextField(null=True)),
                ("unflagged_by", models.TextField(null=True)),
                ("unflagged_date", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "raised_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "flags",
                "indexes": [
                    models.Index(fields=["record", "id"], name="flags_of_record"),
                    models.Index(condition=models.Q(("removed", False)), fields=["-date", "-id"], name="flags_open"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField()),
                ("event", models.TextField()),
                ("happened_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("read_at", models.DateTimeField(null=True)),
                ("mail", models.TextField(default="")),
                ("mail_tries", models.SmallIntegerField(default=0)),
                ("mail_after", models.DateTimeField(null=True)),
                (
                    "record",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.record"),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={
                "db_table": "notices",
                "indexes": [
                    models.Index(fields=["user", "-entry"], name="notices_of_user"),
                    models.Index(condition=models.Q(("read_at__isnull", True)), fields=["user"], name="notices_unread"),
                    models.Index(condition=models.Q(("mail", "wanted")), fields=["entry"], name="notices_to_mail"),
                ],
                "constraints": [models.UniqueConstraint(fields=("entry", "user"), name="one_notice_of_a_happening")],
            },
        ),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
