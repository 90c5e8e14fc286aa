"""What the owner decided on answers that were kept for her."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing is ever taken out of quarantine; it is marked as decided."""

    dependencies = [("cpims", "0003_one_record_about_a_person")]

    operations = [
        migrations.AddField(
            model_name="quarantine", name="resolution", field=models.TextField(db_default="", default="")
        ),
        migrations.AddField(
            model_name="quarantine", name="resolved_by", field=models.TextField(db_default="", default="")
        ),
        migrations.AddField(model_name="quarantine", name="resolved_at", field=models.DateTimeField(null=True)),
    ]
