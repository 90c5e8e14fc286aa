"""What the records room needs to know of a tracing request. Field names are Primero's (records.md §1, api.md §5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.records.rules.kinds import COMMON_SHORT, Answers, Kind, register

#: The traces of a request: one row for each child that is looked for.
TRACES = "tracing_request_subform_section"


def _fixed_readable(viewer: Viewer) -> Mapping[str, str]:
    return {"tracing_names": "", "tracing_nicknames": "", "tracing_request_id": "", "tracing_request_id_display": ""}


def _defaults(today: date) -> Answers:
    return {"inquiry_date": today.isoformat()}


def _names(answers: Mapping[str, Any], *fields: str) -> list[str]:
    rows = answers.get(TRACES)
    found = (
        [row.get(name) for row in rows if isinstance(row, Mapping) for name in fields] if isinstance(rows, list) else []
    )
    return list(dict.fromkeys(name for name in found if isinstance(name, str) and name.strip()))


def _computed(answers: Answers, state: Mapping[str, Any]) -> Answers:
    """The names of all the children who are looked for, not only of those in the last change."""
    found = {
        "tracing_names": _names(answers, "name"),
        "tracing_nicknames": _names(answers, "name_nickname", "name_other"),
    }
    return {name: names for name, names in found.items() if names}


TRACING_REQUEST = register(
    Kind(
        name="tracing_request",
        plural="tracing_requests",
        short_fields=COMMON_SHORT | frozenset(("relation_name", "inquiry_date", "tracing_names")),
        immutable=frozenset(
            (
                "id unique_identifier unique_id short_id created_at created_by tracing_request_id "
                "tracing_request_id_display module_id owned_by status record_state tracing_names tracing_nicknames"
            ).split()
        ),
        identifier_fields=("inquirer_id_no", "monitor_number", "survivor_code"),
        name_fields=(
            "relation_name",
            "relation_nickname",
            "relation_other_family",
            "tracing_names",
            "tracing_nicknames",
        ),
        phone_fields=("relation_telephone", "telephone_last"),
        masked_fields=frozenset(),
        fixed_readable=_fixed_readable,
        defaults=_defaults,
        computed=_computed,
        called_by="relation_name",
        dated_by="inquiry_date",
    )
)
