"""Incidents."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Incidents."""

    dependencies = [("cpims", "0015_families")]

    operations = []
