"""What was decided about a trace and a case, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.errors import Problem
from cpims.lib.texts import text_problems

TRACING: Final = "tracing_request"
CASE: Final = "case"
#: Cases about which this was answered with yes may be used to look for the family.
CONSENT: Final = "consent_for_tracing"
STATUS: Final = "tracing_status"
ROW_STATUS: Final = "tracing_request_status"
MATCHED_REQUEST: Final = "matched_tracing_request_id"
MATCHED_CASE: Final = "matched_case_id"
LONGEST_NOTE: Final = 1_000
NOTE: Final = "note"


class Decision(StrEnum):
    """What somebody decided about a trace and a case."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNDONE = "undone"


#: The search goes on until the match is verified: this is what a search becomes that had not begun.
SEARCHING: Final = "tracing_in_progress"
NOT_BEGUN: Final = (None, "", "open")


def require_may_decide(actor: Viewer) -> None:
    """Refuse who may not write requests, read cases, and decide about matches.

    Raises: Forbidden.
    """
    require(actor, TRACING, "write")
    require(actor, CASE, "find_tracing_match")
    require(actor, CASE, "read")


def may_decide(viewer: Viewer) -> bool:
    """May she decide about matches of requests and cases that she sees?"""
    return viewer.may(TRACING, "write") and viewer.may(CASE, "find_tracing_match") and viewer.may(CASE, "read")


def may_compare(viewer: Viewer) -> bool:
    """May she ask which requests and cases may speak of the same child?"""
    return viewer.may("potential_match", "read") and viewer.may(CASE, "read") and viewer.may(TRACING, "read")


def require_may_compare(viewer: Viewer) -> None:
    """Refuse who may not read both, and what may be the same.

    Raises: Forbidden.
    """
    require(viewer, "potential_match", "read")
    require(viewer, CASE, "read")
    require(viewer, TRACING, "read")


def begun(status: Any) -> Any:
    """The state of a search once a match is confirmed."""
    return SEARCHING if status in NOT_BEGUN else status


def note_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with why something was decided so."""
    return text_problems(values, [NOTE], LONGEST_NOTE)


def consents(answers: Mapping[str, Any]) -> bool:
    """May what a case tells be used to look for the family?"""
    said = answers.get(CONSENT)
    return said is True or said == "true"
