"""One table for every form-driven record, so that links, sight, search, history and export are written once."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from cpims.access.rules.viewer import Viewer
from cpims.access.rules.visibility import Sight, is_in_sight, sight_of
from cpims.accounts.models import User
from cpims.records.rules.refusals import RecordNotFound


class RecordQuerySet(models.QuerySet["Record"]):
    """Adjectives of records."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those in this viewer's sight: the one place that says so."""
        return self.filter(sight_condition(sight_of(viewer)))

    def of_kind(self, kind: str) -> Self:
        """Those of one kind."""
        return self.filter(kind=kind)

    def hold(self, record_id: UUID) -> Record:
        """Lock one record until the action ends.

        Raises: RecordNotFound.
        """
        found = self.select_for_update(of=("self",)).filter(pk=record_id).first()
        if found is None:
            raise RecordNotFound(id=str(record_id))
        return found


def sight_condition(sight: Sight) -> Q:
    """A sight as a condition on rows; agrees with :func:`is_in_sight` (a property test says so)."""
    if sight.everything:
        condition = Q()
    elif sight.agency is not None:
        condition = Q(associated_user_agencies__contains=[sight.agency])
    elif sight.groups:
        condition = Q(associated_user_groups__overlap=sorted(sight.groups))
    elif sight.identified_by is not None:
        condition = Q(identified_by=sight.identified_by)
    else:
        condition = Q(associated_user_names__contains=[sight.user_name])
    if sight.modules is not None:
        condition &= Q(module__in=sorted(sight.modules))
    return condition


class Record(models.Model):
    """A child's case, an incident, a tracing request, a family or a registry record.

    ``data`` holds the answers as the API shapes them. State columns are changed by actions alone; projections
    (from ``name`` down) are derived from both by one pure function on every write, never by hand.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    revision = models.IntegerField(default=1)
    data = models.JSONField(default=dict)

    display_id = models.TextField()
    short_id = models.TextField()
    module = models.TextField()
    record_state = models.BooleanField(default=True)
    status = models.TextField(default="open")
    workflow = models.TextField(default="new")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    owned_by = models.TextField()
    owned_by_agency_id = models.TextField(default="")
    owned_by_groups = ArrayField(models.TextField(), default=list)
    assigned_user_names = ArrayField(models.TextField(), default=list)
    associated_user_names = ArrayField(models.TextField(), default=list)
    associated_user_groups = ArrayField(models.TextField(), default=list)
    associated_user_agencies = ArrayField(models.TextField(), default=list)
    identified_by = models.TextField(null=True)
    hidden_name = models.BooleanField(default=False)
    case_status_reopened = models.BooleanField(null=True)
    date_closure = models.DateField(null=True)
    created_by = models.TextField()
    created_at = models.DateTimeField()
    last_updated_by = models.TextField()
    last_updated_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    state = models.JSONField(default=dict)
    flag_count = models.IntegerField(default=0)
    alert_count = models.IntegerField(default=0)

    name = models.TextField(null=True)
    name_sort = models.TextField(null=True)
    sex = models.TextField(null=True)
    birth_on = models.DateField(null=True)
    birth_from = models.DateField(null=True)
    birth_to = models.DateField(null=True)
    risk_level = models.TextField(null=True)
    registration_date = models.DateField(null=True)
    protection_concerns = ArrayField(models.TextField(), default=list)
    row = models.JSONField(default=dict)
    facet_keys = ArrayField(models.TextField(), default=list)
    facets = models.JSONField(default=dict)
    name_keys = ArrayField(models.TextField(), default=list)
    identifiers = ArrayField(models.TextField(), default=list)
    phones = ArrayField(models.TextField(), default=list)
    incomplete = models.JSONField(default=list)

    objects = RecordQuerySet.as_manager()

    class Meta:
        app_label = "cpims"
        db_table = "records"
        constraints = [
            models.UniqueConstraint(fields=["kind", "display_id"], name="one_record_of_a_display_id"),
            models.UniqueConstraint(
                fields=["kind", "identified_by"],
                condition=Q(identified_by__isnull=False),
                name="one_record_about_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-created_at", "-id"], name="records_newest"),
            models.Index(fields=["kind", "owned_by", "status", "-created_at", "-id"], name="records_of_owner"),
            models.Index(fields=["short_id"], name="records_short_id"),
            GinIndex(fields=["associated_user_names"], name="records_user_names"),
            GinIndex(fields=["associated_user_groups"], name="records_groups"),
            GinIndex(fields=["associated_user_agencies"], name="records_agencies"),
            GinIndex(fields=["name_keys"], name="records_name_keys"),
            GinIndex(fields=["identifiers"], name="records_identifiers"),
            GinIndex(fields=["phones"], name="records_phones"),
            GinIndex(fields=["facet_keys"], name="records_facet_keys"),
        ]

    def is_visible_to(self, viewer: Viewer) -> bool:
        """Does this record lie in the viewer's sight?"""
        return is_in_sight(
            sight_of(viewer),
            user_names=self.associated_user_names,
            groups=self.associated_user_groups,
            agencies=self.associated_user_agencies,
            identified_by=self.identified_by,
            module=self.module,
        )

    def is_masked_for(self, viewer: Viewer) -> bool:
        """Are the child's names hidden from this viewer? The owner alone still reads them."""
        return self.hidden_name and self.owned_by != viewer.user_name

    def state_values(self) -> dict[str, Any]:
        """The state columns under the names that the API uses."""
        return {
            "id": str(self.id),
            "short_id": self.short_id,
            "module_id": self.module,
            "record_state": self.record_state,
            "status": self.status,
            "workflow": self.workflow,
            "case_status_reopened": self.case_status_reopened,
            "date_closure": self.date_closure,
            f"{self.kind}_id": str(self.id),
            f"{self.kind}_id_display": self.display_id,
            "owned_by": self.owned_by,
            "owned_by_agency_id": self.owned_by_agency_id,
            "owned_by_groups": self.owned_by_groups,
            "assigned_user_names": self.assigned_user_names,
            "associated_user_names": self.associated_user_names,
            "associated_user_groups": self.associated_user_groups,
            "associated_user_agencies": self.associated_user_agencies,
            "identified_by": self.identified_by,
            "hidden_name": self.hidden_name,
            "created_by": self.created_by,
            "created_at": self.created_at,
            "last_updated_by": self.last_updated_by,
            "last_updated_at": self.last_updated_at,
            "flag_count": self.flag_count,
            "alert_count": self.alert_count,
            "flagged": self.flag_count > 0,
            "not_edited_by_owner": self.last_updated_by != self.owned_by,
            "unique_identifier": str(self.id),
            **self.state,
        }


class Quarantine(models.Model):
    """What somebody wrote into a record that was no longer hers, kept sealed for its owner.

    ``resolution`` is what the owner decided: ``take_over`` or ``put_aside``; empty while she has not.
    """

    id = models.UUIDField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="quarantine")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    sealed = models.BinaryField()
    resolution = models.TextField(default="", db_default="")
    resolved_by = models.TextField(default="", db_default="")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "quarantine"
