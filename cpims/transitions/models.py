"""Transitions of cases in one table, and what was said about sharing them."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpims.accounts.models import User
from cpims.records.models import ASKED_ABOVE, Record
from cpims.transitions.rules.moves import Kind, Status
from cpims.transitions.rules.sharing import Share


class Transition(models.Model):
    """An assignment, a referral, a transfer, or a request for one. Names of people and agencies stay as they were then."""

    id = models.UUIDField(primary_key=True)
    type = models.TextField()
    status = models.TextField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="transitions")
    sender = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    transitioned_by = models.TextField()
    transitioned_to = models.TextField(default="")
    transitioned_to_agency = models.TextField(default="")
    transitioned_to_remote = models.TextField(default="")
    remote = models.BooleanField(default=False)
    type_of_export = models.TextField(default="")
    notes = models.TextField(default="")
    rejected_reason = models.TextField(default="")
    rejection_note = models.TextField(default="")
    service = models.TextField(default="")
    service_record_id = models.TextField(default="")
    consent_overridden = models.BooleanField(default=False)
    consent_individual_transfer = models.BooleanField(default=False)
    allow_case_creation = models.BooleanField(default=False)
    authorized_role = models.TextField(default="", db_default="")
    request = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    responded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    record_owned_by = models.TextField()
    record_owned_by_agency = models.TextField(default="")
    record_owned_by_groups = ArrayField(models.TextField(), default=list)
    transitioned_by_user_agency = models.TextField(default="")
    transitioned_by_user_groups = ArrayField(models.TextField(), default=list)
    transitioned_to_user_agency = models.TextField(default="")
    transitioned_to_user_groups = ArrayField(models.TextField(), default=list)

    class Meta:
        app_label = "cpims"
        db_table = "transitions"
        constraints = [
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(type=Kind.TRANSFER.value, status=Status.IN_PROGRESS.value),
                name="one_transfer_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["record", "sender"],
                condition=Q(type=Kind.REQUEST.value, status=Status.IN_PROGRESS.value),
                name="one_request_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["record", "recorded_at"], name="transitions_of_record"),
            models.Index(fields=["recipient", "status", "-created_at"], name="transitions_to"),
            models.Index(
                fields=["created_at"],
                name="transitions_unanswered",
                condition=Q(status=Status.IN_PROGRESS.value, escalated_at__isnull=True),
            ),
        ]

    @property
    def kind(self) -> Kind:
        """What it is."""
        return Kind(self.type)

    @property
    def share(self) -> Share:
        """What of it decides what its case carries."""
        to = "" if self.recipient_id is None else self.transitioned_to
        groups = tuple(self.transitioned_to_user_groups)
        return Share(self.kind, Status(self.status), to, groups, self.ended_at, self.authorized_role)


class Consent(models.Model):
    """What the child or the caregiver said about sharing: yes or no, for a purpose and an agency, or (empty) for all."""

    id = models.UUIDField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="consents")
    given = models.BooleanField()
    purpose = models.TextField(default="")
    agency = models.TextField(default="")
    reason = models.TextField(default="")
    said_at = models.DateTimeField()
    written_by = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "consents"
        indexes = [models.Index(fields=["record", "said_at"], name="consents_of_record")]


def assigned_to(names: Collection[str]) -> Q:
    """Cases that were assigned to one of these people, now or once."""
    rows = Transition.objects.filter(type=Kind.ASSIGN.value, recipient__user_name__in=names)
    return Q(pk__in=rows.values("record_id"))


ASKED_ABOVE["assign"] = assigned_to
