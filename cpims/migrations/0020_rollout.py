"""Gates with their evidence, requirements and waivers."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION requirements_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was asked for or attested stays: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER rollout_requirements_stay BEFORE UPDATE OR DELETE ON rollout_requirements
  FOR EACH ROW EXECUTE FUNCTION requirements_stay();
CREATE TRIGGER rollout_attestations_stay BEFORE UPDATE OR DELETE ON rollout_attestations
  FOR EACH ROW EXECUTE FUNCTION requirements_stay();
"""
UNGUARD = """
DROP TRIGGER rollout_requirements_stay ON rollout_requirements;
DROP TRIGGER rollout_attestations_stay ON rollout_attestations;
DROP FUNCTION requirements_stay();
"""


class Migration(migrations.Migration):
    """Gates with their evidence, requirements and waivers."""

    dependencies = [("cpims", "0019_invitations")]

    operations = [
        migrations.CreateModel(
            name="Requirements",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("hash", models.TextField()),
                ("content", models.BinaryField()),
                ("counts", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
            ],
            options={"db_table": "rollout_requirements"},
        ),
        migrations.CreateModel(
            name="AcceptedDifference",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("difference", models.TextField()),
                ("sheet", models.TextField()),
                ("place", models.JSONField(default=list)),
                ("wanted", models.TextField(null=True)),
                ("found", models.TextField(null=True)),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.TextField(null=True)),
            ],
            options={
                "db_table": "rollout_accepted_differences",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["difference"], name="accepted_once", condition=models.Q(withdrawn_at__isnull=True)
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("hash", models.TextField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                (
                    "requirements",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.requirements"
                    ),
                ),
            ],
            options={"db_table": "rollout_attestations"},
        ),
        migrations.CreateModel(
            name="Waiver",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("gate", models.TextField()),
                ("reason", models.TextField()),
                ("until", models.DateField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField()),
                ("by_name", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.TextField(null=True)),
            ],
            options={"db_table": "rollout_waivers"},
        ),
        migrations.CreateModel(
            name="GateStanding",
            fields=[
                ("gate", models.TextField(primary_key=True, serialize=False)),
                ("state", models.TextField()),
                ("since", models.DateTimeField()),
                ("looked_at", models.DateTimeField()),
                ("rule_version", models.IntegerField()),
            ],
            options={"db_table": "rollout_gate_standings"},
        ),
        migrations.CreateModel(
            name="OtherSide",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("said", models.JSONField()),
            ],
            options={
                "db_table": "rollout_other_side",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(id=1), name="rollout_other_side_is_one_row")
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
