"""Traces, and what was decided of their matches."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Traces, and what was decided of their matches."""

    dependencies = [("cpims", "0013_bulk")]

    operations = []
