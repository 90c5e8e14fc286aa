"""Children who are looked for, what was decided about their matches, and runs over all of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpims.records.models import KEYS_PENDING, Record
from cpims.tracing.rules.rematching import UNDER_WAY


class Trace(models.Model):
    """One child whom a request looks for: a row of the request, with what is needed to find it by.

    ``id`` is the row's ``unique_id``. What the row tells stays in the request; all of this but the match is derived from it
    on every write (``Tracing.settle``), never by hand. ``open``: somebody looks for this child still, and it was not found.
    ``mark`` is the same as long as nothing that weighs has changed; ``proposed`` are the cases that a run over all
    traces has told of already.
    """

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="traces")
    number = models.SmallIntegerField(default=0)
    removed = models.BooleanField(default=False)
    open = models.BooleanField(default=True)
    name_keys = ArrayField(models.TextField(), default=list)
    phones = ArrayField(models.TextField(), default=list)
    mark = models.TextField(default="")
    matched_case = models.ForeignKey(Record, null=True, on_delete=models.PROTECT, related_name="matched_traces")
    matched_at = models.DateTimeField(null=True)
    matched_by = models.TextField(default="")
    proposed = ArrayField(models.UUIDField(), default=list)

    class Meta:
        app_label = "cpims"
        db_table = "traces"
        indexes = [
            models.Index(fields=["id"], name="traces_open", condition=Q(open=True)),
            GinIndex(fields=["name_keys"], name="traces_name_keys", gin_pending_list_limit=KEYS_PENDING),
            GinIndex(fields=["phones"], name="traces_phones", gin_pending_list_limit=KEYS_PENDING),
        ]


class TraceMatch(models.Model):
    """One decision about a trace and a case; the newest of a pair holds.

    ``trace_mark`` and ``case_mark`` are what weighed then: when either changes, a rejected pair is offered again. ``laid``
    is what confirming wrote into both records, so that undoing takes back that and nothing else.
    """

    id = models.BigAutoField(primary_key=True)
    trace = models.ForeignKey(Trace, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    case = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="trace_decisions")
    decision = models.TextField()
    score = models.FloatField()
    likelihood = models.TextField()
    reasons = models.JSONField(default=list)
    trace_mark = models.TextField(default="")
    case_mark = models.TextField(default="")
    laid = models.JSONField(default=dict)
    note = models.TextField(default="")
    by = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "trace_matches"
        indexes = [models.Index(fields=["trace", "case", "-id"], name="trace_matches_of_pair")]


class Rematch(models.Model):
    """One run over all open traces. ``reached`` is the last trace that was compared; ``worked_at`` tells a run that nobody
    works on any more. ``begun_by`` is empty for the run of the night."""

    id = models.UUIDField(primary_key=True)
    status = models.TextField(default="running")
    begun_by = models.TextField(default="")
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    found = models.IntegerField(default=0)
    reached = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    worked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "trace_rematches"
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=Q(status__in=[one.value for one in UNDER_WAY]),
                name="one_rematch_at_a_time",
            )
        ]
