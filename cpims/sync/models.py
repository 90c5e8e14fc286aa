"""What the server remembers of deliveries, so that sending twice does not act twice."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import User


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
