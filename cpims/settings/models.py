"""What an instance decides once, and the row that says which instance this is."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Instance(models.Model):
    """This instance: who it is, whether it is a demo, its settings, and the number of its configuration.

    ``configuration`` rises with every change of forms, lookups, modules, roles or settings. ``closed``: it changes by promotion only.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    uuid = models.UUIDField()
    kind = models.TextField(choices=[("demo", "demo"), ("production", "production")])
    name = models.TextField(default="")
    configuration = models.IntegerField(default=0)
    closed = models.BooleanField(default=False, db_default=False)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "instance"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="instance_is_one_row")]

    @property
    def is_demo(self) -> bool:
        """May invented children be put here, and never real ones?"""
        return self.kind == "demo"


class ContactInformation(models.Model):
    """Whom people here turn to when something does not work; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField(null=True)
    organization = models.TextField(null=True)
    phone = models.TextField(null=True)
    location = models.TextField(null=True)
    other_information = models.TextField(null=True)
    support_forum = models.TextField(null=True)
    email = models.TextField(null=True)
    position = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "contact_information"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="contact_information_is_one_row")]
