"""What was asked for, accepted, attested and waived, how the gates stood, and what the other instance said of itself."""

from __future__ import annotations

from django.db import models


class Requirements(models.Model):
    """What a country asks of its system, as it filled in the workbook. A new workbook is a new row; none is changed."""

    number = models.IntegerField(primary_key=True)
    hash = models.TextField()
    content = models.BinaryField()
    counts = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "rollout_requirements"


class AcceptedDifference(models.Model):
    """A difference that somebody accepts, as it was. When either side of it changes, it is another difference.

    ``difference`` is the digest of what differs; ``sheet``, ``place``, ``wanted`` and ``found`` say it in letters.
    """

    id = models.UUIDField(primary_key=True)
    difference = models.TextField()
    sheet = models.TextField()
    place = models.JSONField(default=list)
    wanted = models.TextField(null=True)
    found = models.TextField(null=True)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "rollout_accepted_differences"
        constraints = [
            models.UniqueConstraint(
                fields=["difference"], name="accepted_once", condition=models.Q(withdrawn_at__isnull=True)
            )
        ]


class Attestation(models.Model):
    """Somebody's word that a configuration (its hash) is what these requirements ask for."""

    id = models.UUIDField(primary_key=True)
    hash = models.TextField()
    requirements = models.ForeignKey(Requirements, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "rollout_attestations"


class Waiver(models.Model):
    """Somebody's signature that a gate may be passed until the end of a day. One that ended stays to be seen."""

    id = models.UUIDField(primary_key=True)
    gate = models.TextField()
    reason = models.TextField()
    until = models.DateField()
    at = models.DateTimeField()
    by = models.TextField()
    by_name = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "rollout_waivers"


class GateStanding(models.Model):
    """How a gate stood when it was last looked at, and since when."""

    gate = models.TextField(primary_key=True)
    state = models.TextField()
    since = models.DateTimeField()
    looked_at = models.DateTimeField()
    rule_version = models.IntegerField()

    class Meta:
        app_label = "cpims"
        db_table = "rollout_gate_standings"


class OtherSide(models.Model):
    """What the other instance of the pair last said of itself; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    said = models.JSONField()

    class Meta:
        app_label = "cpims"
        db_table = "rollout_other_side"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="rollout_other_side_is_one_row")]
