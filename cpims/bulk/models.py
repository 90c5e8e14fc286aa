"""Jobs for many cases, and what became of each case."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import User


class BulkJob(models.Model):
    """One act that somebody asked for on many cases.

    ``sealed`` holds what she said (notes, the words of a search) under the instance's key. ``chosen_at`` is when the cases
    were known: at once where she named them, when the work began where she gave a filter. ``worked_at`` tells a job that
    nobody works on any more.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    act = models.TextField()
    status = models.TextField(default="waiting")
    recipient = models.TextField(default="")
    sealed = models.BinaryField()
    refusal = models.TextField(default="")
    created_at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "bulk_jobs"
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="bulk_of_user"),
            models.Index(
                fields=["worked_at"], name="bulk_under_way", condition=models.Q(status__in=["waiting", "running"])
            ),
        ]


class BulkCase(models.Model):
    """One case of a job and its result, written in the transaction of the act itself."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.PROTECT, related_name="cases", db_index=False)
    record_id = models.UUIDField()
    state = models.TextField(default="waiting")
    errors = models.JSONField(default=list)
    transition_id = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "bulk_cases"
        constraints = [models.UniqueConstraint(fields=["job", "record_id"], name="one_result_of_a_case")]
        indexes = [models.Index(fields=["job", "state", "id"], name="bulk_results")]
