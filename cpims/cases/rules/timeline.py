"""What of a change is told in the story of a case, in the words of the work rather than of its forms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpims.cases.rules.due import FOLLOW_UPS, REVIEWS, SERVICES, TYPES

Changes = Mapping[str, Mapping[str, Any]]

INTERVENTIONS: Final = "cp_case_plan_subform_case_plan_interventions"
NOTES: Final = "notes_section"
RISK: Final = "risk_level"
#: Answers that say why the risk is what it is, in the order in which they are looked for.
RISK_REASONS: Final = ("rapid_risk_level_reasons", "assessment_risk_level_reasons")
CLOSING_REASON: Final = "closure_reason"


@dataclass(frozen=True)
class Rows:
    """Rows that are planned and then done: the answer that completes one, and the answer that says what it is about."""

    what: str
    done: str
    about: str


ROWS: Final[Mapping[str, Rows]] = {
    SERVICES: Rows("service", "service_implemented_day_time", "service_type"),
    FOLLOW_UPS: Rows("follow_up", "followup_date", "followup_type"),
    REVIEWS: Rows("review", "case_review_date", "case_review_outcome"),
    INTERVENTIONS: Rows("intervention", "intervention_completed_date", "intervention_service_to_be_provided"),
    NOTES: Rows("note", "", "note_subject"),
}
#: Days that are steps of the work: what is told when one is first written down, and when it is written anew.
DAYS: Final[Mapping[str, tuple[str, str]]] = {
    "assessment_requested_on": ("assessed", "reassessed"),
    "assessment_completed_on": ("assessment_done", "assessment_done"),
    "date_case_plan": ("planned", "replanned"),
}
#: Happenings that are told by their name alone to whoever reads the case and its history.
PLAIN: Final[Mapping[str, str]] = {
    "case.registered": "registered",
    "case.disabled": "put_away",
    "case.enabled": "brought_back",
    "consent.given": "consent_given",
    "consent.withdrawn": "consent_withdrawn",
    "case.matched": "matched",
    "case.unmatched": "unmatched",
}
FLAGS: Final[Mapping[str, str]] = {
    "flag.raised": "flag_raised",
    "flag.amended": "flag_amended",
    "flag.resolved": "flag_resolved",
}
#: What the story calls which incidents a case has, and which cases belong with it: told to who may see them.
INCIDENTS: Final = "incidents"
RELATED: Final = "relationships"
#: How a case stands to other records: what is told, and the name that must be readable for it.
TIES: Final[Mapping[str, tuple[str, str]]] = {
    "case.incidents_added": ("incident_added", INCIDENTS),
    "case.incidents_removed": ("incident_removed", INCIDENTS),
    "case.family_linked": ("family_linked", "family_id_display"),
    "case.family_unlinked": ("family_unlinked", "family_id_display"),
    "case.related": ("related", RELATED),
    "case.relationship_amended": ("relationship_amended", RELATED),
    "case.relationship_ended": ("relationship_ended", RELATED),
}
#: Days that follow from a step by themselves: beside it they are no news.
FOLLOWING: Final = frozenset(one.due for one in TYPES.values() if not one.section)
#: Names that some form shows and that no worker answers: acts and the system keep them.
KEPT: Final = frozenset(
    "name status workflow record_state case_status_reopened date_closure reopened_logs hidden_name owned_by".split()
)
#: Beyond so many, other answers that were changed are only counted.
NAMED: Final = 6


@dataclass(frozen=True)
class Told:
    """One thing that happened. ``question`` names what ``value`` and ``before`` are answers to (``rows.question``)."""

    what: str
    on: str | None = None
    question: str | None = None
    value: Any = None
    before: Any = None
    why: str | None = None
    person: str | None = None
    names: tuple[str, ...] = ()
    count: int = 0


def told_of(
    event: str,
    changes: Changes,
    about: Mapping[str, Any],
    *,
    readable: Collection[str],
    questions: Collection[str],
    shared: Collection[str],
) -> list[Told]:
    """What one entry of the book of changes tells somebody who may read these names.

    ``changes`` hold readable names alone; ``questions`` are those that some form asks; ``shared`` are the transitions
    that she may know of. Nothing at all is a good answer: not every change is part of the story.
    """
    if event in PLAIN:
        return [Told(PLAIN[event])]
    if event in TIES:
        what, needs = TIES[event]
        return [Told(what)] if needs in readable else []
    if event in FLAGS:
        return _flag(FLAGS[event], changes)
    room, _, what = event.partition(".")
    if "transition" in about:
        if about["transition"] not in shared:
            return []
        given = [one for one in _answers(changes, ()) if one.what == "service_done"]
        return [Told(event.replace(".", "_"), person=_person(about, what), why=_text(about.get("notes"))), *given]
    if room == "approval":
        return _approval(what, str(about.get("approval") or ""), changes, readable)
    if event == "case.closed":
        reason = about.get("reason") if CLOSING_REASON in readable else None
        question = CLOSING_REASON if reason else None
        return [Told("closed", on=_text(_after(changes, "date_closure")), question=question, value=reason)]
    if event == "case.reopened":
        logs = _after(changes, "reopened_logs")
        newest = logs[0] if isinstance(logs, list) and logs and isinstance(logs[0], Mapping) else {}
        return [Told("reopened", why=_text(newest.get("reopened_reason")))]
    if event == "case.name_hidden":
        hidden = _after(changes, "hidden_name")
        return [] if hidden is None else [Told("name_hidden" if hidden else "name_shown")]
    if event in ("case.duplicate_suspected", "case.duplicate_settled"):
        field = about.get("field")
        return [Told(event.removeprefix("case."), question=field if field in readable else None)]
    return _answers(changes, questions) if event == "case.amended" else []


def _answers(changes: Changes, questions: Collection[str]) -> list[Told]:
    """Steps of the work first, in the order of the work; then how many other answers were changed."""
    told: list[Told] = []
    used: set[str] = set()
    if RISK in changes and _after(changes, RISK):
        reason = next((name for name in RISK_REASONS if name in changes and _after(changes, name)), None)
        used |= {RISK, reason} if reason else {RISK}
        why = _text(_after(changes, reason)) if reason else None
        before = changes[RISK].get("from")
        told.append(Told("risk", question=RISK, value=_after(changes, RISK), before=before or None, why=why))
    for name, (first, again) in DAYS.items():
        if name in changes and _after(changes, name):
            used.add(name)
            told.append(Told(again if changes[name].get("from") else first, on=_text(_after(changes, name))))
    for name, rows in ROWS.items():
        if name in changes:
            found, whole = _rows(name, rows, changes[name])
            told += found
            if whole:
                used.add(name)
    quiet = used | FOLLOWING if told else used
    rest = [name for name in changes if name in questions and name not in quiet and name not in KEPT]
    if rest:
        told.append(Told("amended", names=tuple(rest[:NAMED]), count=len(rest)))
    return told


def _rows(section: str, rows: Rows, change: Mapping[str, Any]) -> tuple[list[Told], bool]:
    """What rows tell, and whether that is all that was changed in them."""
    before = {row.get("unique_id"): row for row in _list(change.get("from"))}
    after = _list(change.get("to"))
    told, whole = [], len(before) <= len(after)
    for row in after:
        known = before.get(row.get("unique_id"))
        done = row.get(rows.done) if rows.done else None
        detail = _text(row.get(rows.about))
        question = f"{section}.{rows.about}" if detail else None
        if done and not (known or {}).get(rows.done):
            told.append(Told(f"{rows.what}_done", on=str(done)[:10], question=question, value=detail))
        elif known is None:
            told.append(Told(f"{rows.what}_added", question=question, value=detail))
        elif known != row:
            whole = False
    return told, whole


def _flag(what: str, changes: Changes) -> list[Told]:
    flag = _after(changes, "flags")
    if not isinstance(flag, Mapping):
        return []
    words = flag.get("unflag_message") if what == "flag_resolved" else flag.get("message")
    return [Told(what, why=_text(words))]


def _approval(what: str, kind: str, changes: Changes, readable: Collection[str]) -> list[Told]:
    if f"approval_status_{kind}" not in readable:
        return []
    log = _list(_after(changes, "approval_subforms"))
    said = [log[-1].get(name) for name in ("approval_request_comments", "approval_manager_comments")] if log else []
    words = next((text for one in said if (text := _text(one))), None)
    return [Told(f"approval_{what}", question="approval", value=kind, why=words)]


def _person(about: Mapping[str, Any], what: str) -> str | None:
    """The other one: who was asked, or, in an answer, who had asked."""
    side = about.get("to") if what in ("sent", "assigned", "revoked", "unanswered") else about.get("by")
    return _text(side)


def _after(changes: Changes, name: str) -> Any:
    return changes[name].get("to") if name in changes else None


def _list(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
