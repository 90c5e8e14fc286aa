"""Which case is of which member of a family, and how cases are related. The answers stand in the records themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpims.records.models import Record


class FamilyLink(models.Model):
    """The case of a member of a family: a case belongs to one family, and a member has one case."""

    case = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, related_name="family_link")
    family = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="case_links")
    member_id = models.TextField()
    linked_at = models.DateTimeField()
    linked_by = models.TextField()
    #: The family was changed elsewhere, and the case does not know yet.
    behind = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "family_links"
        constraints = [models.UniqueConstraint(fields=["family", "member_id"], name="one_case_of_a_member")]
        indexes = [models.Index(fields=["case"], condition=Q(behind=True), name="family_links_behind")]


class CaseRelationship(models.Model):
    """How one case is related to another, from its side; from the other side it goes by the inverse of its type."""

    id = models.UUIDField(primary_key=True)
    from_case = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="relationships_from")
    to_case = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="relationships_to")
    relationship_type = models.TextField()
    primary = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.TextField()
    updated_at = models.DateTimeField()
    updated_by = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "case_relationships"
        constraints = [
            models.UniqueConstraint(
                fields=["from_case", "to_case", "relationship_type"],
                condition=Q(disabled=False),
                name="one_relationship_of_a_type",
            ),
            models.CheckConstraint(condition=~Q(from_case=models.F("to_case")), name="no_case_related_to_itself"),
        ]
