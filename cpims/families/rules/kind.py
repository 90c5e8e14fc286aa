"""What the records room needs to know of a family. Field names are Primero's (records.md §1, api.md §5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from cpims.access.rules.viewer import Viewer
from cpims.records.rules.kinds import COMMON_SHORT, Answers, Kind, register

MEMBERS = "family_members"


def _fixed_readable(viewer: Viewer) -> Mapping[str, str]:
    return {"family_id_display": ""}


def _defaults(today: date) -> Answers:
    return {"family_registration_date": today.isoformat()}


FAMILY = register(
    Kind(
        name="family",
        plural="families",
        short_fields=COMMON_SHORT
        | frozenset(
            (
                "family_registration_date family_id_display family_name family_number module_id family_location_current"
            ).split()
        ),
        immutable=frozenset(
            (
                "id unique_identifier unique_id short_id created_at created_by family_id family_id_display module_id "
                "owned_by status record_state date_closure"
            ).split()
        ),
        identifier_fields=("family_number",),
        name_fields=("family_name",),
        phone_fields=("family_telephone_current", f"{MEMBERS}.relation_telephone"),
        masked_fields=frozenset(),
        fixed_readable=_fixed_readable,
        defaults=_defaults,
        filled={"notes_section": frozenset(("note_created_by", "note_date"))},
        called_by="family_name",
        dated_by="family_registration_date",
        laid={MEMBERS: frozenset(("case_id", "case_id_display", "can_read_record"))},
    )
)
