"""The incidents of a case are found by its id, however many records there are."""

from __future__ import annotations

from django.db import migrations

INDEX = """
CREATE INDEX records_incidents_of_case ON records ((state -> 'incident_case_id')) WHERE kind = 'incident'
"""


class Migration(migrations.Migration):
    """Incidents."""

    dependencies = [("cpims", "0015_families")]

    operations = [migrations.RunSQL(INDEX, "DROP INDEX records_incidents_of_case")]
