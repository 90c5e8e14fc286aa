"""What each act on a case may touch beyond the forms (api.md §4.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from cpims.lib.errors import Problem
from cpims.records.rules.refusals import UnknownAct

#: ``record_action`` and the keys that it opens. Primero takes any action as a master key; here an act opens its own keys.
OPENS: Final[dict[str, frozenset[str]]] = {
    "close": frozenset({"status", "date_closure"}),
    "reopen": frozenset({"status", "case_status_reopened", "workflow", "reopened_reason"}),
    "enable_disable_record": frozenset({"record_state"}),
    "add_note": frozenset({"notes_section"}),
    "services_section_from_case": frozenset({"services_section"}),
    "incident_details_from_case": frozenset({"incident_details"}),
    "incident_from_case": frozenset(),
    "add_registry_record": frozenset({"registry_record_id"}),
    "case_from_family": frozenset({"family_id", "family_member_id"}),
    "link_family_record": frozenset({"family_id", "family_member_id"}),
    "attribute": frozenset({"identified_by"}),
}
#: State that a PATCH may wish to change; each wish needs the permission named beside it.
WISHES: Final[dict[str, str]] = {
    "status": "",
    "date_closure": "close",
    "case_status_reopened": "reopen",
    "record_state": "enable_disable_record",
    "hidden_name": "write",
    "workflow": "reopen",
    "reopened_reason": "reopen",
    "module_id": "",
    "identified_by": "attribute",
}

#: A reason is a few sentences, not a report.
LONGEST_REASON: Final = 2_000


def require_known_act(name: str) -> None:
    """Refuse a ``record_action`` that does not exist.

    Raises: UnknownAct.
    """
    if name not in OPENS:
        raise UnknownAct([Problem("/record_action", "case.unknown_action", {"name": name})])


@dataclass
class StateWish:
    """What an edit wants of the case's state, once permission was asked."""

    close: bool = False
    reopen: bool = False
    date_closure: Any = None
    date_said: bool = False
    record_state: bool | None = None
    hidden_name: bool | None = None
    #: Why the case is opened again; kept with the moment in its log of reopenings.
    reopened_reason: str = ""
    identifies: bool = False
    identified_by: str | None = None
    ignored: list[Problem] = field(default_factory=list)
    wrong: list[Problem] = field(default_factory=list)
