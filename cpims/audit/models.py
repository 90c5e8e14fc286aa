"""Two append-only books under one sealer: what was changed, and what was seen."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models.functions import Now

from cpims.lib.fields import CurrentTransactionId, TransactionIdField


class SubjectKey(models.Model):
    """The key under which the history of one record is sealed. Erasing it erases what the history says."""

    subject = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()

    class Meta:
        app_label = "cpims"
        db_table = "audit_subject_keys"


class Entry(models.Model):
    """What the rows of both books have: when, who, in which request, and their place in the chain."""

    id = models.BigAutoField(primary_key=True)
    xid = TransactionIdField(db_default=CurrentTransactionId())
    seq = models.BigIntegerField(null=True, unique=True)
    link = models.BinaryField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField(default="")
    request_id = models.UUIDField(null=True)
    device = models.TextField(default="")

    class Meta:
        abstract = True


class ChangeEntry(Entry):
    """Somebody changed something. ``payload`` is sealed under the record's own key."""

    event = models.TextField()
    record_kind = models.TextField(default="")
    record_id = models.UUIDField(null=True)
    subject = models.TextField(default="")
    revision = models.IntegerField(null=True)
    happened_at = models.DateTimeField()
    configuration = models.IntegerField(default=0)
    payload = models.BinaryField()
    payload_digest = models.BinaryField()

    class Meta:
        app_label = "cpims"
        db_table = "audit_changes"
        indexes = [
            models.Index(fields=["record_id", "-id"], name="changes_of_record"),
            models.Index(fields=["id"], name="changes_unsealed", condition=models.Q(seq__isnull=True)),
            models.Index(fields=["subject", "-id"], name="changes_of_subject", condition=~models.Q(subject="")),
            models.Index(fields=["actor_name", "-id"], name="changes_of_actor"),
            BrinIndex(fields=["recorded_at"], name="changes_by_day"),
        ]


class SightingEntry(Entry):
    """Somebody looked, or was refused. ``query_digest`` lets a search be recognised, never read."""

    road = models.TextField()
    action = models.TextField()
    outcome = models.TextField(default="seen")
    role = models.TextField(default="")
    record_kind = models.TextField(default="")
    record_ids = ArrayField(models.UUIDField(), default=list)
    fields = models.TextField(default="")
    query_digest = models.BinaryField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "audit_sightings"
        indexes = [
            GinIndex(fields=["record_ids"], name="sightings_of_record", opclasses=["array_ops"]),
            GinIndex(
                fields=["record_ids"],
                name="sightings_sent",
                opclasses=["array_ops"],
                fastupdate=False,
                condition=models.Q(outcome="seen", action__in=("sync", "show")),
            ),
            models.Index(fields=["id"], name="sightings_unsealed", condition=models.Q(seq__isnull=True)),
            models.Index(fields=["actor_name", "-id"], name="sightings_of_actor"),
            BrinIndex(fields=["recorded_at"], name="sightings_by_day"),
        ]
