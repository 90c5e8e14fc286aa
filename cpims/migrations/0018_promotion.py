"""Pairs of instances and sets of changes."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Pairs of instances and sets of changes."""

    dependencies = [("cpims", "0017_configuration")]
    operations = []
