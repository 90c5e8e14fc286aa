"""One table for every form-driven record, so that links, sight, search, history and export are written once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from cpims.access.rules.viewer import Viewer
from cpims.access.rules.visibility import Sight, is_in_sight, sight_of
from cpims.accounts.models import User
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.refusals import RecordNotFound

#: Kilobytes of keys that wait to be put in their place: every search reads through them.
KEYS_PENDING = 512


#: Names by which lists are narrowed that a room above answers, from its own tables; its models put them here.
ASKED_ABOVE: dict[str, Callable[[Collection[str]], Q]] = {}


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
    tasks = models.JSONField(default=list, db_default=Value([], models.JSONField()))
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
            models.Index(
                fields=["kind", "-created_at", "-id", "status", "record_state", "module"], name="records_newest"
            ),
            models.Index(
                F("kind"), F("registration_date").desc(nulls_last=True), F("id").desc(), name="records_by_day"
            ),
            models.Index(fields=["kind", "-last_updated_at", "-id"], name="records_changed"),
            models.Index(fields=["kind", "name_sort", "id"], name="records_by_name"),
            models.Index(fields=["kind", "owned_by", "status", "-created_at", "-id"], name="records_of_owner"),
            models.Index(fields=["short_id"], name="records_short_id"),
            GinIndex(
                fields=["facet_keys", "associated_user_names", "associated_user_groups", "associated_user_agencies"],
                name="records_keys",
            ),
            GinIndex(fields=["name_keys"], name="records_name_keys", gin_pending_list_limit=KEYS_PENDING),
            GinIndex(fields=["identifiers"], name="records_identifiers", gin_pending_list_limit=KEYS_PENDING),
            GinIndex(fields=["phones"], name="records_phones", gin_pending_list_limit=KEYS_PENDING),
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
        return {**{name: read(self) for name, read in state_readers(self.kind).items()}, **self.state}


@lru_cache(maxsize=16)
def state_readers(kind: str) -> Mapping[str, Callable[[Record], Any]]:
    """How each state column of a kind is read, under the name that the API uses, in the order of replies."""
    columns = (
        "short_id module_id record_state status workflow case_status_reopened date_closure",
        "owned_by owned_by_agency_id owned_by_groups assigned_user_names associated_user_names",
        "associated_user_groups associated_user_agencies identified_by hidden_name created_by created_at",
        "last_updated_by last_updated_at flag_count alert_count",
    )
    plain = {name: attrgetter("module" if name == "module_id" else name) for name in " ".join(columns).split()}

    def own_id(record: Record) -> str:
        return str(record.id)

    known = KINDS[kind]
    readers: dict[str, Callable[[Record], Any]] = {"id": own_id}
    for name, read in plain.items():
        if name == "owned_by":
            readers |= {known.own_id: own_id, known.own_code: attrgetter("display_id")}
        readers[name] = read
    readers |= {name: own_id if column == "id" else attrgetter(column) for name, column in known.also.items()}
    return MappingProxyType(
        readers
        | {
            "flagged": lambda record: record.flag_count > 0,
            "not_edited_by_owner": lambda record: record.last_updated_by != record.owned_by,
            "unique_identifier": own_id,
        }
    )


class Sighted(models.Model):
    """Who may have a record on her list, ready in order: one row for each worker, team and agency it is associated with.

    Written by a trigger of the database on every write of a record, never by hand (migration ``0006_lists``).
    ``sight`` is ``u:`` and a user name, ``g:`` and a group, or ``a:`` and an agency.
    """

    pk = models.CompositePrimaryKey("record_id", "sight")
    record_id = models.UUIDField()
    sight = models.TextField()
    kind = models.TextField()
    created_at = models.DateTimeField()
    status = models.TextField()
    record_state = models.BooleanField()
    module = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "record_sights"
        indexes = [
            models.Index(
                fields=["sight", "kind", "-created_at", "-record_id", "status", "record_state", "module"],
                name="sights_newest",
            ),
        ]


class Derivation(models.Model):
    """How far the records of a kind have been brought up to the forms as they stand.

    ``wanted`` is the mark of the forms that a run is bringing records up to, ``reached`` its last finished record,
    ``held`` the mark that every record of the kind is known to be at.
    """

    kind = models.TextField(primary_key=True)
    held = models.TextField(default="")
    wanted = models.TextField(default="")
    reached = models.UUIDField(null=True)
    done = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    configuration = models.IntegerField(default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "record_derivations"


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


class SavedSearch(models.Model):
    """Filters of a list that a worker keeps under a name, for herself or for teams and roles."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    record_type = models.TextField()
    module_ids = ArrayField(models.TextField(), default=list)
    filters = models.JSONField(default=list)
    shared_groups = ArrayField(models.TextField(), default=list)
    shared_roles = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "saved_searches"
        indexes = [
            GinIndex(fields=["shared_groups"], name="saved_searches_groups"),
            GinIndex(fields=["shared_roles"], name="saved_searches_roles"),
        ]
