"""What the records room needs to know of a registry record. Field names are Primero's (records.md §1, api.md §5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cpims.access.rules.viewer import Viewer
from cpims.records.rules.kinds import COMMON_SHORT, Answers, Kind, register


def _fixed_readable(viewer: Viewer) -> Mapping[str, str]:
    return {"registry_id_display": ""}


def _defaults(today: date) -> Answers:
    return {"registration_date": today.isoformat()}


REGISTRY_RECORD = register(
    Kind(
        name="registry_record",
        plural="registry_records",
        short_fields=COMMON_SHORT
        | frozenset(
            "registry_type registry_id_display name registration_date module_id location_current registry_no".split()
        ),
        immutable=frozenset(
            (
                "id unique_identifier unique_id short_id created_at created_by registry_id registry_id_display module_id "
                "owned_by status record_state"
            ).split()
        ),
        identifier_fields=("registry_no",),
        name_fields=("name",),
        phone_fields=("telephone_current",),
        masked_fields=frozenset(("name",)),
        fixed_readable=_fixed_readable,
        defaults=_defaults,
        code="registry",
        hides_names=True,
    )
)
