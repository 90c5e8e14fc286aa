"""Imports in the background."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Imports in the background."""

    dependencies = [("cpims", "0020_rollout")]
    operations = []
