"""Versions of the configuration, which nobody changes afterwards."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE FUNCTION configuration_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'put_away_at' = to_jsonb(OLD) - 'put_away_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a configuration that was published stays: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER configuration_versions_stay BEFORE UPDATE OR DELETE ON configuration_versions
  FOR EACH ROW EXECUTE FUNCTION configuration_stays();
CREATE TRIGGER configuration_documents_stay BEFORE UPDATE OR DELETE ON configuration_documents
  FOR EACH ROW EXECUTE FUNCTION configuration_stays();
"""
UNGUARD = """
DROP TRIGGER configuration_versions_stay ON configuration_versions;
DROP TRIGGER configuration_documents_stay ON configuration_documents;
DROP FUNCTION configuration_stays();
"""
CAUSES = [("pack", "pack"), ("publish", "publish"), ("snapshot", "snapshot")]


class Migration(migrations.Migration):
    """Versions of the configuration."""

    dependencies = [("cpims", "0016_incidents")]

    operations = [
        migrations.CreateModel(
            name="ConfigurationDocument",
            fields=[
                ("hash", models.TextField(primary_key=True, serialize=False)),
                ("content", models.BinaryField()),
                ("length", models.IntegerField()),
            ],
            options={"db_table": "configuration_documents"},
        ),
        migrations.CreateModel(
            name="ConfigurationVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(unique=True)),
                ("configuration", models.IntegerField()),
                ("at", models.DateTimeField()),
                ("by", models.TextField(null=True)),
                ("cause", models.TextField(choices=CAUSES)),
                ("reason", models.TextField(default="")),
                ("name", models.TextField(default="")),
                ("version", models.TextField(unique=True)),
                ("put_away_at", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="cpims.configurationdocument",
                    ),
                ),
            ],
            options={"db_table": "configuration_versions"},
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
