"""What is due, and when."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Value

#: One row for each task of an open case that is switched on. A trigger keeps them, so that no road of writing (an act, a
#: set of cases at once, COPY, deriving anew) can forget them.
FOLLOW = """
CREATE FUNCTION case_tasks_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM case_tasks WHERE record_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.record_state AND NEW.status = 'open' THEN
    INSERT INTO case_tasks (record_id, number, type, detail, due_on, "row", owned_by, module)
    SELECT NEW.id, t.number, t.task ->> 'type', coalesce(t.task ->> 'detail', ''), (t.task ->> 'due_on')::date,
           coalesce(t.task ->> 'row', ''), NEW.owned_by, NEW.module
      FROM jsonb_array_elements(NEW.tasks) WITH ORDINALITY AS t(task, number);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_tasks_made AFTER INSERT ON records
  FOR EACH ROW WHEN (NEW.tasks <> '[]'::jsonb) EXECUTE FUNCTION case_tasks_follow();
CREATE TRIGGER case_tasks_gone AFTER DELETE ON records
  FOR EACH ROW WHEN (OLD.tasks <> '[]'::jsonb) EXECUTE FUNCTION case_tasks_follow();
CREATE TRIGGER case_tasks_changed AFTER UPDATE ON records
  FOR EACH ROW WHEN (
    (OLD.tasks, OLD.status, OLD.record_state, OLD.owned_by, OLD.module)
    IS DISTINCT FROM
    (NEW.tasks, NEW.status, NEW.record_state, NEW.owned_by, NEW.module))
  EXECUTE FUNCTION case_tasks_follow();
"""
UNFOLLOW = """
DROP TRIGGER case_tasks_changed ON records;
DROP TRIGGER case_tasks_gone ON records;
DROP TRIGGER case_tasks_made ON records;
DROP FUNCTION case_tasks_follow();
"""


class Migration(migrations.Migration):
    """What is due, and when."""

    dependencies = [("cpims", "0010_notices")]

    operations = [
        migrations.AddField(
            model_name="record",
            name="tasks",
            field=models.JSONField(db_default=Value([], models.JSONField()), default=list),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "record_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cpims.record",
                    ),
                ),
                ("number", models.IntegerField()),
                ("type", models.TextField()),
                ("detail", models.TextField(default="")),
                ("due_on", models.DateField()),
                ("row", models.TextField(default="")),
                ("owned_by", models.TextField()),
                ("module", models.TextField()),
            ],
            options={"db_table": "case_tasks"},
        ),
        migrations.CreateModel(
            name="DuplicateCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "record",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cpims.record",
                    ),
                ),
                ("field", models.TextField()),
                ("key", models.TextField()),
            ],
            options={"db_table": "duplicate_checks"},
        ),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["owned_by", "due_on", "record", "number", "type", "module"], name="tasks_of_owner"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["due_on", "record", "number", "type", "module"], name="tasks_by_day"),
        ),
    ]
