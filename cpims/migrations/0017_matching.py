"""How alike two persons are."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """How alike two persons are."""

    dependencies = [("cpims", "0016_incidents")]

    operations = []
