"""What an incident takes over from the case on which it is opened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

#: Where a module names no fields of its own: those of GBVIMS.
USUAL: Final = (
    ("survivor_code_no", "survivor_code"),
    ("age", "age"),
    ("date_of_birth", "date_of_birth"),
    ("sex", "sex"),
    ("gbv_ethnicity", "ethnicity"),
    ("country_of_origin", "country_of_origin"),
    ("gbv_nationality", "nationality"),
    ("gbv_religion", "religion"),
    ("maritial_status", "maritial_status"),
    ("gbv_displacement_status", "displacement_status"),
    ("gbv_disability_type", "disability_type"),
    ("unaccompanied_separated_status", "unaccompanied_separated_status"),
)
EMPTY: Final[tuple[Any, ...]] = (None, "", [])


@dataclass(frozen=True)
class FieldMap:
    """To which module incidents of a case go, and which answers go with them: the first of the sources that is given."""

    module: str
    pairs: tuple[tuple[tuple[str, ...], str], ...]


def read_field_map(stored: Any, module: str) -> FieldMap:
    """The field map of a case's module. Primero's own reader finds nothing where a source is a list; ours does."""
    told = stored if isinstance(stored, Mapping) else {}
    pairs: list[tuple[tuple[str, ...], str]] = []
    for entry in told.get("fields") or ():
        source, target = (entry.get("source"), entry.get("target")) if isinstance(entry, Mapping) else (None, None)
        names = (source,) if isinstance(source, str) else tuple(source or ()) if isinstance(source, list) else ()
        if names and isinstance(target, str):
            pairs.append((tuple(str(name) for name in names), target))
    usual = tuple(((source,), target) for source, target in USUAL)
    wanted = told.get("map_to")
    return FieldMap(wanted if isinstance(wanted, str) and wanted else module, tuple(pairs) or usual)


def copied(
    case: Mapping[str, Any],
    incident: Mapping[str, Any],
    field_map: FieldMap,
    *,
    readable: Collection[str],
    multiple: Mapping[str, bool],
) -> dict[str, Any]:
    """The answers that an incident takes over: only into questions that exist and are empty, only what may be read.

    ``multiple`` names the questions of the incident, and whether each takes several options.
    """
    found: dict[str, Any] = {}
    for sources, target in field_map.pairs:
        if target not in multiple or incident.get(target) not in EMPTY:
            continue
        value = next((case[s] for s in sources if s in readable and case.get(s) not in EMPTY), None)
        if value is None:
            continue
        if multiple[target] and not isinstance(value, list):
            value = [value]
        elif not multiple[target] and isinstance(value, list):
            if len(value) != 1:
                continue
            value = value[0]
        found[target] = value
    return found
