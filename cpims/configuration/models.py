"""Versions of the configuration: what was configured here, when, and by whom."""

from __future__ import annotations

from django.db import models


class ConfigurationDocument(models.Model):
    """One configuration, whole, under its own hash: kept once, however often it comes back."""

    hash = models.TextField(primary_key=True)
    content = models.BinaryField()
    length = models.IntegerField()

    class Meta:
        app_label = "cpims"
        db_table = "configuration_documents"


class ConfigurationVersion(models.Model):
    """The configuration as it stood at a moment. Nothing of it changes any more; ``put_away_at`` takes it off the list.

    ``configuration`` is the number that the instance had then, which rows of the books name too; below nought for a
    configuration that was only sent here and has never held.
    """

    id = models.UUIDField(primary_key=True)
    number = models.IntegerField(unique=True)
    document = models.ForeignKey(ConfigurationDocument, on_delete=models.PROTECT, related_name="versions")
    configuration = models.IntegerField()
    at = models.DateTimeField()
    by = models.TextField(null=True)
    cause = models.TextField()
    reason = models.TextField(default="")
    name = models.TextField(default="")
    version = models.TextField(unique=True)
    put_away_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "configuration_versions"
