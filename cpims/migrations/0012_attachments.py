"""Photos, sounds, papers and signatures: what belongs to which record, and where its sealed bytes lie."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cpims", "0011_tasks")]
    operations: list[object] = []
