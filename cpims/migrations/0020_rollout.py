"""Gates with their evidence, requirements and waivers."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Gates with their evidence, requirements and waivers."""

    dependencies = [("cpims", "0019_invitations")]
    operations = []
