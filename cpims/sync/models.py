"""What the server remembers of deliveries, so that sending twice does not act twice; and what devices handed over."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import Device, User


class Receipt(models.Model):
    """The first answer to a request that carried an idempotency key, kept sealed for 30 days."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    request_digest = models.BinaryField()
    status = models.SmallIntegerField(default=0)
    reply = models.BinaryField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "receipts"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_receipt_per_key")]
        indexes = [models.Index(fields=["at"], name="receipts_by_age")]


class Handover(models.Model):
    """An act that a device could not deliver any more and handed over before it wiped itself, kept sealed.

    ``item`` is the act's id on the device. It waits until somebody decides (``state``); what lies in a case's
    quarantine is decided there, and nothing of it is kept here. What no key opens is kept as it came.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="handovers")
    item = models.TextField()
    action = models.TextField(default="")
    record_id = models.UUIDField(null=True)
    module = models.TextField(default="")
    written_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    state = models.TextField(default="waiting")
    sealed = models.BinaryField(null=True)
    resolved_by = models.TextField(default="")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "handovers"
        constraints = [models.UniqueConstraint(fields=["user", "item"], name="one_handover_of_an_item")]
        indexes = [models.Index(fields=["state", "user"], name="handovers_by_state")]
