"""Which changes raise an alert, for whom it is cleared, and which happenings are told to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from cpims.lib.errors import NotFound


class AlertFor(StrEnum):
    """Why a record carries an alert. The names are Primero's."""

    FIELD_CHANGE = "field_change"
    APPROVAL = "approval"
    REFERRAL = "referral"
    TRANSFER = "transfer"
    DUPLICATE_FIELD = "duplicate_field"


class AlertNotFound(NotFound):
    """There is no such alert on this record."""

    code = "alert.not_found"


NOT_OWNER: Final = "not_owner"
ASSOCIATED: Final = "associated_users"


@dataclass(frozen=True)
class AlertSettings:
    """What an instance and a module decided about alerts and approvals."""

    #: Which form an alert stands on, and its strategy, by the question that was changed.
    fields: Mapping[str, tuple[str, str]]
    #: Which approval a form is about.
    approval_forms: Mapping[str, str]
    selectable_approval_types: bool


def read_alert_settings(instance: Mapping[str, Any], module: Mapping[str, Any]) -> AlertSettings:
    """The module's word before the instance's."""
    fields: dict[str, tuple[str, str]] = {}
    for source in (instance, module):
        told = source.get("changes_field_to_form")
        for name, form in (told if isinstance(told, dict) else {}).items():
            if isinstance(form, str):
                fields[name] = (form, NOT_OWNER)
            elif isinstance(form, dict) and isinstance(form.get("form_section_unique_id"), str):
                associated = form.get("alert_strategy") == ASSOCIATED
                fields[name] = (form["form_section_unique_id"], ASSOCIATED if associated else NOT_OWNER)
    approvals = module.get("approval_forms_to_alert") or instance.get("approval_forms_to_alert") or {}
    plain = {form: kind for form, kind in approvals.items() if isinstance(kind, str)}
    return AlertSettings(fields, plain, module.get("selectable_approval_types") is True)


def forms_alerted(changed: Any, decided: AlertSettings, *, by_owner: bool) -> dict[str, str]:
    """The forms on which a change of these questions raises an alert, each with its strategy."""
    found: dict[str, str] = {}
    for name in changed:
        form, strategy = decided.fields.get(name, ("", ""))
        if form and (strategy == ASSOCIATED or not by_owner):
            found[form] = strategy
    return found


def incident_form(decided: AlertSettings) -> str:
    """The form of a case on which an alert about a new incident stands."""
    return decided.fields.get("incident_details", ("incident_from_case", ""))[0]


@dataclass(frozen=True)
class Telling:
    """How a happening is told: the key by which people switch its mail off."""

    mail: str


RESPONSE: Final = Telling("approval_response")
TRANSITION: Final = Telling("transition_notification")
REQUEST: Final = Telling("transfer_request")
FLAG: Final = Telling("flag")
RECORD: Final = Telling("record")
#: What is told at all, by event. Texts are the labels of the events: no name, no answer, no reason is ever in them.
TOLD: Final[Mapping[str, Telling]] = {
    "approval.requested": Telling("approval_request"),
    "approval.given": RESPONSE,
    "approval.rejected": RESPONSE,
    "flag.raised": FLAG,
    "flag.resolved": FLAG,
    "case.assigned": TRANSITION,
    "referral.sent": TRANSITION,
    "referral.accepted": TRANSITION,
    "referral.rejected": TRANSITION,
    "referral.done": TRANSITION,
    "referral.revoked": TRANSITION,
    "transfer.sent": TRANSITION,
    "transfer.accepted": TRANSITION,
    "transfer.rejected": TRANSITION,
    "transfer.revoked": TRANSITION,
    "transfer_request.sent": REQUEST,
    "transfer_request.accepted": REQUEST,
    "transfer_request.rejected": REQUEST,
    "transition.unanswered": TRANSITION,
    "consent.withdrawn": TRANSITION,
    "record.answers_quarantined": RECORD,
    "case.amended": RECORD,
    "incident.amended": RECORD,
    "tracing_request.amended": RECORD,
    "family.amended": RECORD,
    "registry_record.amended": RECORD,
    "case.matched": RECORD,
    "case.unmatched": RECORD,
    "trace.confirmed": RECORD,
    "trace.undone": RECORD,
    "trace.proposed": RECORD,
    "case.incidents_added": RECORD,
}
#: So often a mail is tried; the pause grows from a minute to a day.
MOST_TRIES: Final = 12


def wants_mail(event: str, *, email: str | None, send_mail: bool, disabled: bool, settings: Any) -> bool:
    """Does she want a mail about this? Everything is on until she switches it off."""
    if not email or not send_mail or disabled:
        return False
    kinds = settings.get("notifications") if isinstance(settings, dict) else None
    chosen = kinds.get("send_mail") if isinstance(kinds, dict) else None
    return not (isinstance(chosen, dict) and chosen.get(TOLD[event].mail) is False)


def pause_after(tries: int) -> timedelta:
    """How long a mail waits after it could not be handed over."""
    return min(timedelta(minutes=2**tries), timedelta(days=1))
