"""Versions of the configuration."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Versions of the configuration."""

    dependencies = [("cpims", "0016_incidents")]

    operations = []
