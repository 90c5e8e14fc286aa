"""The other instance, sets of changes, what came from there, and what was changed by another road."""

from __future__ import annotations

from django.db import models

from cpims.configuration.models import ConfigurationDocument


class Pair(models.Model):
    """The other instance of this implementation, by its own uuid, with the key that it signs with and how it stood last.

    ``agreed_hash`` is where production stood when the two last agreed: after the last promotion, or at the first look.
    """

    uuid = models.UUIDField(primary_key=True)
    name = models.TextField()
    kind = models.TextField(choices=[("demo", "demo"), ("production", "production")])
    url = models.TextField()
    public_key = models.TextField()
    paired_at = models.DateTimeField()
    paired_by = models.TextField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    last_hash = models.TextField(null=True)
    last_version = models.IntegerField(null=True)
    last_cause = models.TextField(default="")
    last_changed = models.BooleanField(default=False)
    last_closed = models.BooleanField(null=True)
    agreed_hash = models.TextField(null=True)
    state = models.TextField(default="unknown")
    state_since = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "pairs"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(ended_at__isnull=True), name="one_pair_at_a_time"
            )
        ]


class PairNonce(models.Model):
    """A number that a signed request used; none is taken twice."""

    nonce = models.TextField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "cpims"
        db_table = "pair_nonces"


class ChangeSet(models.Model):
    """Changes that go to production together: of what differed between production (``base``) and here, all but ``left_out``."""

    id = models.UUIDField(primary_key=True)
    number = models.IntegerField(unique=True)
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT)
    title = models.TextField()
    reason = models.TextField(default="")
    state = models.TextField(default="draft")
    base = models.ForeignKey(ConfigurationDocument, on_delete=models.PROTECT, related_name="+")
    here = models.ForeignKey(ConfigurationDocument, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(ConfigurationDocument, on_delete=models.PROTECT, related_name="+", null=True)
    left_out = models.JSONField(default=list)
    total = models.IntegerField()
    created_by = models.TextField()
    created_at = models.DateTimeField()
    proposed_by = models.TextField(null=True)
    proposed_by_id = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.TextField(null=True)
    approved_at = models.DateTimeField(null=True)
    rejected_by = models.TextField(null=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_reason = models.TextField(default="")
    promoted_by = models.TextField(null=True)
    promoted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "change_sets"


class Promotion(models.Model):
    """A set of changes that came to this instance and was applied; it has the id that it has where it was made."""

    id = models.UUIDField(primary_key=True)
    pair = models.ForeignKey(Pair, on_delete=models.PROTECT)
    title = models.TextField()
    reason = models.TextField(default="")
    before = models.TextField()
    before_version = models.IntegerField()
    after = models.TextField()
    version = models.IntegerField()
    source = models.TextField(choices=[("https", "https"), ("file", "file")])
    proposed_by = models.TextField()
    proposed_at = models.TextField()
    approved_by = models.TextField()
    approved_at = models.TextField()
    received_by = models.TextField(null=True)
    received_at = models.DateTimeField()
    rolled_back_by = models.TextField(null=True)
    rolled_back_at = models.DateTimeField(null=True)
    rolled_back_reason = models.TextField(default="")

    class Meta:
        app_label = "cpims"
        db_table = "promotions"


class Drift(models.Model):
    """Since when this instance is configured otherwise than its newest version says, and until when it was."""

    found_at = models.DateTimeField()
    expected = models.TextField()
    found = models.TextField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "drifts"
        constraints = [
            models.UniqueConstraint(
                fields=["expected"], condition=models.Q(resolved_at__isnull=True), name="one_open_drift"
            )
        ]
