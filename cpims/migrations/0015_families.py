"""Whose case belongs to which family, and how cases are related."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whose case belongs to which family, and how cases are related."""

    dependencies = [("cpims", "0014_tracing")]

    operations = [
        migrations.CreateModel(
            name="FamilyLink",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="family_link",
                        serialize=False, to="cpims.record",
                    ),
                ),
                ("member_id", models.TextField()),
                ("linked_at", models.DateTimeField()),
                ("linked_by", models.TextField()),
                ("behind", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="case_links", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "family_links",
                "indexes": [
                    models.Index(condition=models.Q(("behind", True)), fields=["case"], name="family_links_behind")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("family", "member_id"), name="one_case_of_a_member")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseRelationship",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("relationship_type", models.TextField()),
                ("primary", models.BooleanField(default=False)),
                ("disabled", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.TextField()),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.TextField()),
                (
                    "from_case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relationships_from",
                        to="cpims.record",
                    ),
                ),
                (
                    "to_case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="relationships_to", to="cpims.record"
                    ),
                ),
            ],
            options={
                "db_table": "case_relationships",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("disabled", False)),
                        fields=("from_case", "to_case", "relationship_type"),
                        name="one_relationship_of_a_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_case", models.F("to_case")), _negated=True),
                        name="no_case_related_to_itself",
                    ),
                ],
            },
        ),
    ]
