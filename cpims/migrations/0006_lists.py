"""What lists are filtered and paged by: who may have a record on her list, in order; indexes for the usual orders."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now

#: One row for each worker, team and agency that a record is associated with. A trigger keeps them, so that no road of
#: writing (an act, a set of cases at once, COPY) can forget them.
FOLLOW = """
CREATE FUNCTION record_sights_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM record_sights WHERE record_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO record_sights (record_id, sight, kind, created_at, status, record_state, module)
    SELECT NEW.id, s.sight, NEW.kind, NEW.created_at, NEW.status, NEW.record_state, NEW.module
      FROM (SELECT 'u:' || unnest(NEW.associated_user_names)
             UNION SELECT 'g:' || unnest(NEW.associated_user_groups)
             UNION SELECT 'a:' || unnest(NEW.associated_user_agencies)) AS s(sight);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER record_sights_made AFTER INSERT OR DELETE ON records
  FOR EACH ROW EXECUTE FUNCTION record_sights_follow();
CREATE TRIGGER record_sights_changed AFTER UPDATE ON records
  FOR EACH ROW WHEN (
    (OLD.associated_user_names, OLD.associated_user_groups, OLD.associated_user_agencies, OLD.kind, OLD.created_at,
     OLD.status, OLD.record_state, OLD.module)
    IS DISTINCT FROM
    (NEW.associated_user_names, NEW.associated_user_groups, NEW.associated_user_agencies, NEW.kind, NEW.created_at,
     NEW.status, NEW.record_state, NEW.module))
  EXECUTE FUNCTION record_sights_follow();
INSERT INTO record_sights (record_id, sight, kind, created_at, status, record_state, module)
SELECT r.id, s.sight, r.kind, r.created_at, r.status, r.record_state, r.module
  FROM records r, LATERAL (
       SELECT 'u:' || unnest(r.associated_user_names)
        UNION SELECT 'g:' || unnest(r.associated_user_groups)
        UNION SELECT 'a:' || unnest(r.associated_user_agencies)) AS s(sight);
"""
UNFOLLOW = """
DROP TRIGGER record_sights_changed ON records;
DROP TRIGGER record_sights_made ON records;
DROP FUNCTION record_sights_follow();
"""
#: Records that are there already were derived by an earlier edition: the worker brings them up.
BEHIND = """
INSERT INTO record_derivations (kind, held, wanted, done, changed, configuration)
SELECT DISTINCT kind, 'before', '', 0, 0, 0 FROM records;
"""
#: Lists look at many rows and at few columns: what is long moves out of the row early; what lists are made of, ordered
#: and seen by stays in it (else each small array would be fetched from elsewhere for every row that is looked at).
INSIDE = (
    "row associated_user_names associated_user_groups associated_user_agencies owned_by_groups assigned_user_names name "
    "name_sort"
).split()
NARROW = "ALTER TABLE records SET (toast_tuple_target = 512);" + "".join(
    f"ALTER TABLE records ALTER COLUMN {name} SET STORAGE MAIN;" for name in INSIDE
)
WIDE = "ALTER TABLE records RESET (toast_tuple_target);" + "".join(
    f"ALTER TABLE records ALTER COLUMN {name} SET STORAGE EXTENDED;" for name in INSIDE
)


class Migration(migrations.Migration):
    """What lists are filtered and paged by."""

    dependencies = [("cpims", "0005_devices")]

    operations = [
        migrations.CreateModel(
            name="Sighted",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "record_id", "sight", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("record_id", models.UUIDField()),
                ("sight", models.TextField()),
                ("kind", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("status", models.TextField()),
                ("record_state", models.BooleanField()),
                ("module", models.TextField()),
            ],
            options={"db_table": "record_sights"},
        ),
        migrations.CreateModel(
            name="Derivation",
            fields=[
                ("kind", models.TextField(primary_key=True, serialize=False)),
                ("held", models.TextField(default="")),
                ("wanted", models.TextField(default="")),
                ("reached", models.UUIDField(null=True)),
                ("done", models.IntegerField(default=0)),
                ("changed", models.IntegerField(default=0)),
                ("configuration", models.IntegerField(default=0)),
                ("updated_at", models.DateTimeField(db_default=Now())),
            ],
            options={"db_table": "record_derivations"},
        ),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.RunSQL(BEHIND, migrations.RunSQL.noop),
        migrations.RunSQL(NARROW, WIDE),
        migrations.AddIndex(
            model_name="sighted",
            index=models.Index(
                fields=["sight", "kind", "-created_at", "-record_id", "status", "record_state", "module"],
                name="sights_newest",
            ),
        ),
        migrations.RemoveIndex(model_name="record", name="records_newest"),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["kind", "-created_at", "-id", "status", "record_state", "module"], name="records_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                F("kind"), F("registration_date").desc(nulls_last=True), F("id").desc(), name="records_by_day"
            ),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["kind", "-last_updated_at", "-id"], name="records_changed"),
        ),
        migrations.AddIndex(
            model_name="record",
            index=models.Index(fields=["kind", "name_sort", "id"], name="records_by_name"),
        ),
        *(
            migrations.RemoveIndex(model_name="record", name=name)
            for name in ("records_user_names", "records_groups", "records_agencies", "records_facet_keys")
        ),
        migrations.AddIndex(
            model_name="record",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["facet_keys", "associated_user_names", "associated_user_groups", "associated_user_agencies"],
                name="records_keys",
            ),
        ),
        migrations.AddIndex(
            model_name="sightingentry",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=Q(outcome="seen", action__in=("sync", "show")),
                fastupdate=False,
                fields=["record_ids"],
                name="sightings_sent",
                opclasses=["array_ops"],
            ),
        ),
    ]
