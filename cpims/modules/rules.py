"""What a part of the work may be told, which lists it shows by default, and the steps of its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cpims.access.rules.catalogue import RECORD_TYPES
from cpims.lib.errors import Invalid, NotFound, Problem


class ModuleNotFound(NotFound):
    """There is no such part of the work."""

    code = "module.not_found"


class ModuleInvalid(Invalid):
    """Some of what was sent about a part of the work is wrong; nothing was stored."""

    code = "module.invalid"


KINDS: Final[Mapping[str, type]] = {
    "unique_id": str,
    "name": str,
    "description": str,
    "associated_record_types": list,
    "field_map": dict,
    "creation_field_map": dict,
    "options": dict,
    "core_resource": bool,
}

#: The parts whose cases have no row of steps.
WITHOUT_STEPS: Final = frozenset({"primeromodule-gbv", "primeromodule-mrm"})

_COMMON_FILTERS: Final = (
    "flagged",
    "owned_by",
    "my_cases",
    "workflow",
    "owned_by_agency_id",
    "status",
    "age",
    "sex",
    "approval_status_assessment",
    "approval_status_case_plan",
    "approval_status_closure",
    "approval_status_action_plan",
    "approval_status_gbv_closure",
    "protection_concerns",
)
LIST_FILTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "primeromodule-cp": (
        *_COMMON_FILTERS,
        "protection_status",
        "urgent_protection_concern",
        "type_of_risk",
        "risk_level",
        "location_current",
        "reporting_location",
        "last_updated_by",
        "cases_by_date",
        "record_state",
        "has_photo",
        "last_updated_at",
        "module_id",
    ),
    "primeromodule-gbv": (
        *_COMMON_FILTERS,
        "gbv_displacement_status",
        "owned_by_agency_office",
        "owned_by_groups",
        "last_updated_by",
        "record_state",
        "last_updated_at",
    ),
    "primeromodule-mrm": (*_COMMON_FILTERS, "last_updated_by", "record_state", "last_updated_at"),
}
LIST_HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "primeromodule-cp": (
        "id",
        "case_id_display",
        "short_id",
        "name",
        "complete",
        "age",
        "sex",
        "registration_date",
        "photo",
        "owned_by",
        "alert_count",
        "flag_count",
    ),
    "primeromodule-gbv": (
        "case_id_display",
        "short_id",
        "complete",
        "survivor_code_no",
        "created_at",
        "owned_by",
        "alert_count",
        "flag_count",
    ),
    "primeromodule-mrm": ("case_id_display", "short_id", "complete", "owned_by", "alert_count", "flag_count"),
}


def module_problems(values: Mapping[str, Any], pointer: str = "") -> list[Problem]:
    """Everything that is wrong with what was sent about a part of the work."""
    problems: list[Problem] = []
    for key, value in values.items():
        kind = KINDS.get(key)
        if kind is None:
            problems.append(Problem(f"{pointer}/{key}", "module.unknown_key"))
        elif value is not None and not isinstance(value, kind):
            problems.append(Problem(f"{pointer}/{key}", "module.wrong_type", {"kind": kind.__name__}))
    kinds = values.get("associated_record_types")
    if isinstance(kinds, list) and (not kinds or any(kind not in RECORD_TYPES for kind in kinds)):
        problems.append(
            Problem(
                f"{pointer}/associated_record_types",
                "module.record_types",
                {"primero": "errors.models.primero_module.associated_record_types_presence"},
            )
        )
    return problems


def lists_of(unique_id: str, options: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Which columns and filters its lists show: what was decided, or the usual ones."""
    known = unique_id if unique_id in LIST_HEADERS else "primeromodule-cp"
    return {
        "list_filters": {"cases": list(LIST_FILTERS[known]), **(options.get("list_filters") or {})},
        "list_headers": {"cases": list(LIST_HEADERS[known]), **(options.get("list_headers") or {})},
    }


def steps_of(
    unique_id: str,
    options: Mapping[str, Any],
    responses: Sequence[Mapping[str, Any]],
    words: Mapping[str, Mapping[str, str]],
    locales: Sequence[str],
) -> dict[str, list[dict[str, Any]]] | None:
    """The steps of its cases in their order, with their words; nothing for parts that have none.

    ``responses`` are the options of the list of service responses, ``words`` those of the list of steps.
    """
    if unique_id in WITHOUT_STEPS:
        return None
    if not options.get("workflow_status_indicator"):
        return {}
    own = ["new", "reopened"]
    own += ["assessment"] if options.get("use_workflow_assessment") else []
    own += ["case_plan"] if options.get("use_workflow_case_plan") else []
    steps = [{"id": step, "display_text": _words(words.get(step), locales)} for step in own]
    steps += [
        {"id": response["id"], "display_text": _words(response.get("display_text"), locales)}
        for response in responses
        if not response.get("disabled")
    ]
    last = [*(["services_implemented"] if options.get("use_workflow_service_implemented") else []), "closed"]
    steps += [{"id": step, "display_text": _words(words.get(step), locales)} for step in last]
    return {"case": steps}


def _words(texts: Mapping[str, str] | None, locales: Sequence[str]) -> dict[str, str]:
    return {locale: (texts or {}).get(locale) or "" for locale in locales}
