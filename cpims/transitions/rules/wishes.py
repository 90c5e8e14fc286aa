"""What somebody asks for when she hands a case on, and when she answers; read from what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpims.lib.errors import Problem
from cpims.transitions.rules.moves import Status
from cpims.transitions.rules.refusals import TransitionInvalid

LONGEST: Final = 10_000
#: Keys of Primero's bodies, each with the place where its value goes.
TEXTS: Final[Mapping[str, str]] = {
    "transitioned_to": "to",
    "transitioned_to_remote": "to_remote",
    "transitioned_to_agency": "agency",
    "type_of_export": "type_of_export",
    "notes": "notes",
    "service": "service",
    "service_record_id": "service_row",
    "authorized_role_unique_id": "role",
}
TICKS: Final[Mapping[str, str]] = {
    "remote": "remote",
    "consent_overridden": "overridden",
    "consent_individual_transfer": "individual",
    "allow_case_creation": "allow_case_creation",
}
REASONS: Final = ("rejected_reason", "rejection_note")
ANSWERS: Final = frozenset({Status.ACCEPTED, Status.REJECTED, Status.DONE, Status.REVOKED})


@dataclass(frozen=True)
class Wish:
    """What somebody asks for when she hands a case on."""

    to: str = ""
    remote: bool = False
    to_remote: str = ""
    agency: str = ""
    notes: str = ""
    service: str = ""
    service_row: str = ""
    type_of_export: str = ""
    overridden: bool = False
    individual: bool = False
    allow_case_creation: bool = False
    #: The role whose forms are lent to her with a referral.
    role: str = ""
    #: The job in whose course it is done, when many cases are handed on at once; nobody sends it.
    bulk: str = ""


def read_wish(sent: Mapping[str, Any]) -> tuple[Wish, list[Problem]]:
    """What was asked for, and the keys that are none.

    Raises: TransitionInvalid with everything that does not fit.
    """
    problems = _text_problems(sent, TEXTS)
    problems += [
        Problem(f"/{key}", "wrong_type", {"name": key})
        for key in TICKS
        if sent.get(key) is not None and not isinstance(sent[key], bool)
    ]
    if problems:
        raise TransitionInvalid(problems)
    given: dict[str, Any] = {place: sent[key] for key, place in {**TEXTS, **TICKS}.items() if sent.get(key) is not None}
    unknown = [Problem(f"/{key}", "unknown_key", {"name": key}) for key in sent.keys() - TEXTS.keys() - TICKS.keys()]
    return Wish(**given), unknown


def read_answer(sent: Mapping[str, Any]) -> tuple[Status, str, list[Problem]]:
    """What was answered, why, and the keys that are no part of an answer.

    Raises: TransitionInvalid with everything that does not fit.
    """
    problems = _text_problems(sent, dict.fromkeys(REASONS, ""))
    status = sent.get("status")
    if status not in ANSWERS:
        problems.append(Problem("/status", "not_an_option", {"name": "status"}))
    if problems:
        raise TransitionInvalid(problems)
    reason = sent.get("rejection_note" if status == Status.DONE else "rejected_reason")
    unknown = [Problem(f"/{key}", "unknown_key", {"name": key}) for key in sent.keys() - {"id", "status", *REASONS}]
    return Status(str(status)), reason or "", unknown


def _text_problems(sent: Mapping[str, Any], keys: Mapping[str, str]) -> list[Problem]:
    problems = []
    for key in keys:
        value = sent.get(key)
        if value is None:
            continue
        if not isinstance(value, str) or "\x00" in value:
            problems.append(Problem(f"/{key}", "wrong_type", {"name": key}))
        elif len(value) > LONGEST:
            problems.append(Problem(f"/{key}", "text.too_long", {"most": LONGEST}))
    return problems
