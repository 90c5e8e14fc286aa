"""What a record room above tells about its kind of record: the one permitted inversion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cpims.access.rules.viewer import Viewer

Answers = dict[str, Any]


def _nothing(_: Answers, __: Mapping[str, Any]) -> Answers:
    return {}


def _nothing_due(_: Answers, __: Mapping[str, Any]) -> tuple[list[Answers], Answers]:
    return [], {}


@dataclass(frozen=True)
class Kind:
    """One kind of record. Field names are Primero's."""

    name: str
    plural: str
    short_fields: frozenset[str]
    immutable: frozenset[str]
    identifier_fields: tuple[str, ...]
    name_fields: tuple[str, ...]
    phone_fields: tuple[str, ...]
    masked_fields: frozenset[str]
    #: The names that the kind itself lets a viewer read, each with the permission that opens it (``""``: none needed).
    fixed_readable: Callable[[Viewer], Mapping[str, str]]
    defaults: Callable[[date], Answers]
    computed: Callable[[Answers, Mapping[str, Any]], Answers] = field(default=_nothing)
    #: What is still to be done, from the answers and what the instance decides; and the same as days to narrow by.
    due: Callable[[Answers, Mapping[str, Any]], tuple[list[Answers], Answers]] = field(default=_nothing_due)
    due_names: frozenset[str] = frozenset()
    #: Answers inside rows that are written by us when a worker leaves them empty: who signed a note, when it is due.
    filled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: Names beyond the forms by which lists are narrowed (computed, or kept beside the answers), each with its type;
    #: ``place`` is a code of the tree of places.
    narrowed_by: Mapping[str, str] = field(default_factory=dict)
    #: How the record's own codes begin: ``<code>_id`` and ``<code>_id_display``; its name unless said otherwise.
    code: str = ""
    #: Columns that are served under further names.
    also: Mapping[str, str] = field(default_factory=dict)
    #: The question that names a record of this kind on lists; the empty word: it has no name.
    called_by: str = "name"
    #: The question that says when it was registered.
    dated_by: str = "registration_date"
    #: Does an age on it grow? The one on an incident is that of its day.
    grows_older: bool = True
    #: May its name be hidden from others?
    hides_names: bool = False
    #: Links to records of other kinds that a companion takes, each with the permission that it needs.
    links: Mapping[str, str] = field(default_factory=dict)
    #: What companions lay over the rows of a section when they are shown; it is never stored.
    laid: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def own_id(self) -> str:
        """The name under which its id is served beside ``id``."""
        return f"{self.code or self.name}_id"

    @property
    def own_code(self) -> str:
        """The name of its display code."""
        return f"{self.own_id}_display"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known to the records room."""
    KINDS[kind.name] = kind
    return kind


#: Core keys that everybody who may read a record reads.
CORE = frozenset(
    (
        "id status state case_status_reopened record_state incident_case_id family_id created_at "
        "source_case_display_id owned_by module_id"
    ).split()
)
#: Keys that lists filter by; readable wherever the type is.
FILTERS = frozenset(
    (
        "record_in_scope associated_user_names not_edited_by_owner has_photo survivor_code survivor_code_no "
        "case_id_display created_at has_incidents short_id record_state sex age registration_date date_closure "
        "reassigned_transferred_on current_alert_types location_current reporting_location_hierarchy followup_dates "
        "reunification_dates tracing_dates service_implemented_day_times"
    ).split()
)
#: Who holds a record, when it was made and changed: for whoever may read the type.
RECORD_INFORMATION = frozenset(
    (
        "alert_count assigned_user_names created_at created_by created_by_agency owned_by owned_by_agency_id "
        "owned_by_text owned_by_agency_office previous_agency previously_owned_by reassigned_tranferred_on "
        "reopened_logs last_updated_at last_updated_by owned_by_groups previously_owned_by_agency "
        "created_organization consent_for_services disclosure_other_orgs case_type assign identified_by"
    ).split()
)
#: Core keys that somebody who sees only the case about herself does not read, and what she reads in their place.
NOT_FOR_IDENTIFIED = frozenset({"created_at", "owned_by", "registry_record_id", "family_id"})
OF_IDENTIFIED = frozenset({"identified_at", "identified_by", "identified_by_full_name"})
COMMON_SHORT = frozenset(
    ("created_at owned_by owned_by_agency_id photos flag_count status record_in_scope short_id alert_count").split()
)
MASK = "*******"
