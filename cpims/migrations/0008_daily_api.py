"""What a client asks for at its start and through the day."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now


def texts() -> django.contrib.postgres.fields.ArrayField:
    """A list of texts."""
    return django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)


class Migration(migrations.Migration):
    """What a client asks for at its start and through the day."""

    dependencies = [("cpims", "0007_names")]

    operations = [
        migrations.CreateModel(
            name="CodeOfConduct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.TextField()),
                ("content", models.TextField()),
                ("created_on", models.DateTimeField()),
                ("created_by", models.TextField()),
            ],
            options={"db_table": "codes_of_conduct"},
        ),
        migrations.CreateModel(
            name="ContactInformation",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("name", models.TextField(null=True)),
                ("organization", models.TextField(null=True)),
                ("phone", models.TextField(null=True)),
                ("location", models.TextField(null=True)),
                ("other_information", models.TextField(null=True)),
                ("support_forum", models.TextField(null=True)),
                ("email", models.TextField(null=True)),
                ("position", models.TextField(null=True)),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("updated_at", models.DateTimeField(db_default=Now())),
            ],
            options={
                "db_table": "contact_information",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="contact_information_is_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("record_type", models.TextField()),
                ("module_ids", texts()),
                ("filters", models.JSONField(default=list)),
                ("shared_groups", texts()),
                ("shared_roles", texts()),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("updated_at", models.DateTimeField(db_default=Now())),
                (
                    "user",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"),
                ),
            ],
            options={
                "db_table": "saved_searches",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["shared_groups"], name="saved_searches_groups"),
                    django.contrib.postgres.indexes.GinIndex(fields=["shared_roles"], name="saved_searches_roles"),
                ],
            },
        ),
    ]
