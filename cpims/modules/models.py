"""The parts of the work that a country switches on: child protection first."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Module(models.Model):
    """A part of the work, with its options (workflow, list columns and filters, labels)."""

    unique_id = models.TextField(unique=True)
    name = models.TextField(unique=True)
    description = models.TextField(default="")
    associated_record_types = ArrayField(models.TextField(), default=list)
    field_map = models.JSONField(null=True)
    creation_field_map = models.JSONField(null=True)
    options = models.JSONField(default=dict)
    core_resource = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "modules"
