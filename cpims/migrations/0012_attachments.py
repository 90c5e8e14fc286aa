"""Photos, sounds, papers and signatures: what belongs to which record, and where its sealed bytes lie."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Files on their way, files of records, bytes that are to be erased."""

    dependencies = [("cpims", "0011_tasks")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("names", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "erasures"},
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("upload_id", models.UUIDField(unique=True)),
                ("field_name", models.TextField()),
                ("attachment_type", models.TextField()),
                ("file_name", models.TextField()),
                ("date", models.DateField(null=True)),
                ("description", models.TextField(null=True)),
                ("comments", models.TextField(null=True)),
                ("is_current", models.BooleanField(default=False)),
                ("signature_provided_by", models.TextField(null=True)),
                ("attached_by_name", models.TextField()),
                ("content_id", models.UUIDField(unique=True)),
                ("wrapped", models.BinaryField()),
                ("content_type", models.TextField()),
                ("size", models.BigIntegerField()),
                ("has_thumbnail", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "attached_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "attachments",
                "indexes": [models.Index(fields=["record", "id"], name="attachments_of_record")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("record_id", models.UUIDField()),
                ("field_name", models.TextField()),
                ("attachment_type", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sha256", models.TextField()),
                ("content_id", models.UUIDField(unique=True)),
                ("wrapped", models.BinaryField()),
                ("state", models.TextField(default="open")),
                ("problem", models.TextField(default="")),
                ("received", models.BigIntegerField(default=0)),
                (
                    "pieces",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("content_type", models.TextField(default="")),
                ("content_size", models.BigIntegerField(default=0)),
                ("has_thumbnail", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={
                "db_table": "uploads",
                "indexes": [
                    models.Index(fields=["user", "id"], name="uploads_of_user"),
                    models.Index(fields=["touched_at"], name="uploads_untouched"),
                ],
            },
        ),
    ]
