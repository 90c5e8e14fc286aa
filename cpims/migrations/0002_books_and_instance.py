"""The books can only be written on, and the instance knows who it is."""

import uuid

from django.conf import settings
from django.db import migrations

GUARD = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
     AND to_jsonb(NEW) - 'seq' - 'link' = to_jsonb(OLD) - 'seq' - 'link' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the books are append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_changes_append_only BEFORE UPDATE OR DELETE ON audit_changes
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_sightings_append_only BEFORE UPDATE OR DELETE ON audit_sightings
  FOR EACH ROW EXECUTE FUNCTION audit_append_only();
"""
UNGUARD = """
DROP TRIGGER audit_changes_append_only ON audit_changes;
DROP TRIGGER audit_sightings_append_only ON audit_sightings;
DROP FUNCTION audit_append_only();
"""


def name_the_instance(apps, schema_editor):
    Instance = apps.get_model("cpims", "Instance")
    Instance.objects.get_or_create(
        id=1,
        defaults={"uuid": uuid.uuid4(), "kind": settings.ENVIRONMENT.kind, "name": settings.ENVIRONMENT.data.name},
    )


class Migration(migrations.Migration):
    dependencies = [("cpims", "0001_first")]
    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunPython(name_the_instance, migrations.RunPython.noop),
    ]
