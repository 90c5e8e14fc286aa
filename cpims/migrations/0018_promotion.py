"""Pairs of instances, sets of changes, what was promoted, and drift."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

KINDS = [("demo", "demo"), ("production", "production")]


def document(null=False):
    """A configuration that is kept."""
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.configurationdocument"
    )


def pair():
    """The other instance."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cpims.pair")


class Migration(migrations.Migration):
    """Pairs of instances, sets of changes, what was promoted, and drift; an instance may be closed."""

    dependencies = [("cpims", "0017_configuration")]
    operations = [
        *(
            migrations.AddField(name, "retired_at", models.DateTimeField(null=True))
            for name in ("agency", "usergroup", "role", "location")
        ),
        migrations.AlterField("configurationversion", "cause", models.TextField()),
        migrations.AddField("instance", "closed", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="Pair",
            fields=[
                ("uuid", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField(choices=KINDS)),
                ("url", models.TextField()),
                ("public_key", models.TextField()),
                ("paired_at", models.DateTimeField()),
                ("paired_by", models.TextField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("last_seen_at", models.DateTimeField(null=True)),
                ("last_hash", models.TextField(null=True)),
                ("last_version", models.IntegerField(null=True)),
                ("last_cause", models.TextField(default="")),
                ("last_changed", models.BooleanField(default=False)),
                ("last_closed", models.BooleanField(null=True)),
                ("agreed_hash", models.TextField(null=True)),
                ("state", models.TextField(default="unknown")),
                ("state_since", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "pairs",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind"], condition=models.Q(ended_at__isnull=True), name="one_pair_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PairNonce",
            fields=[
                ("nonce", models.TextField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "pair_nonces"},
        ),
        migrations.CreateModel(
            name="ChangeSet",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(unique=True)),
                ("pair", pair()),
                ("title", models.TextField()),
                ("reason", models.TextField(default="")),
                ("state", models.TextField(default="draft")),
                ("base", document()),
                ("here", document()),
                ("target", document(null=True)),
                ("left_out", models.JSONField(default=list)),
                ("total", models.IntegerField()),
                ("created_by", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("proposed_by", models.TextField(null=True)),
                ("proposed_by_id", models.BigIntegerField(null=True)),
                ("proposed_at", models.DateTimeField(null=True)),
                ("approved_by", models.TextField(null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("rejected_by", models.TextField(null=True)),
                ("rejected_at", models.DateTimeField(null=True)),
                ("rejected_reason", models.TextField(default="")),
                ("promoted_by", models.TextField(null=True)),
                ("promoted_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "change_sets"},
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("pair", pair()),
                ("title", models.TextField()),
                ("reason", models.TextField(default="")),
                ("before", models.TextField()),
                ("before_version", models.IntegerField()),
                ("after", models.TextField()),
                ("version", models.IntegerField()),
                ("source", models.TextField(choices=[("https", "https"), ("file", "file")])),
                ("proposed_by", models.TextField()),
                ("proposed_at", models.TextField()),
                ("approved_by", models.TextField()),
                ("approved_at", models.TextField()),
                ("received_by", models.TextField(null=True)),
                ("received_at", models.DateTimeField()),
                ("rolled_back_by", models.TextField(null=True)),
                ("rolled_back_at", models.DateTimeField(null=True)),
                ("rolled_back_reason", models.TextField(default="")),
            ],
            options={"db_table": "promotions"},
        ),
        migrations.CreateModel(
            name="Drift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField()),
                ("expected", models.TextField()),
                ("found", models.TextField()),
                ("resolved_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "drifts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["expected"], condition=models.Q(resolved_at__isnull=True), name="one_open_drift"
                    )
                ],
            },
        ),
    ]
