"""The tree of places."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class Location(models.Model):
    """A place. ``hierarchy`` lists the codes from the country down to itself; its length less one is the level."""

    code = models.TextField(unique=True)
    type = models.TextField(default="")
    admin_level = models.SmallIntegerField(default=0)
    hierarchy = ArrayField(models.TextField(), default=list)
    placename = models.JSONField(default=dict)
    name = models.JSONField(default=dict)
    disabled = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "locations"
        indexes = [GinIndex(fields=["hierarchy"], name="locations_below")]
