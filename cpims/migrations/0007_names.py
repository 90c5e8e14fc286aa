"""Search keys of names, identifiers and telephones."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

#: Records written before know fewer keys: they are derived anew, as after a change of the forms.
DERIVE = """
INSERT INTO record_derivations (kind, held, wanted, done, changed, configuration)
SELECT DISTINCT kind, '', '', 0, 0, 0 FROM records
ON CONFLICT (kind) DO UPDATE SET held = '', wanted = '';
"""


class Migration(migrations.Migration):
    """Search keys of names, identifiers and telephones."""

    dependencies = [("cpims", "0006_lists")]

    operations = [
        *(
            operation
            for column in ("name_keys", "identifiers", "phones")
            for operation in (
                migrations.RemoveIndex(model_name="record", name=f"records_{column}"),
                migrations.AddIndex(
                    model_name="record",
                    index=GinIndex(fields=[column], name=f"records_{column}", gin_pending_list_limit=512),
                ),
            )
        ),
        migrations.RunSQL(DERIVE, migrations.RunSQL.noop),
    ]
