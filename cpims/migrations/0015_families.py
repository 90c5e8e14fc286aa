"""Whose case belongs to which family, and how cases are related."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Whose case belongs to which family, and how cases are related."""

    dependencies = [("cpims", "0014_tracing")]

    operations = []
