"""At most one case is about the same person."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Held by the database too, for two who come at once."""

    dependencies = [("cpims", "0002_books_and_instance")]

    operations = [
        migrations.AddConstraint(
            model_name="record",
            constraint=models.UniqueConstraint(
                condition=models.Q(("identified_by__isnull", False)),
                fields=("kind", "identified_by"),
                name="one_record_about_a_person",
            ),
        ),
    ]
