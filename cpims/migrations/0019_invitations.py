"""Invitations by a one-time link."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Invitations by a one-time link."""

    dependencies = [("cpims", "0018_promotion")]
    operations = []
