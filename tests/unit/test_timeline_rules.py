"""What of a change is told in the story of a case."""

from __future__ import annotations

from typing import Any

from cpims.cases.rules.timeline import NAMED, Told, told_of

QUESTIONS = {"risk_level", "case_plan_due_date", "workflow", "rapid_risk_level_reasons", "assessment_requested_on", "date_case_plan", "services_section",
             "followup_subform_section", "notes_section", "age", "sex", *(f"q{n}" for n in range(9))}  # fmt: skip


def told(event: str, about: dict[str, Any] | None = None, /, **changes: tuple[Any, Any]) -> list[Told]:
    """What an entry tells somebody who may read everything and knows of the transition ``t``."""
    entry = {name: {"from": before, "to": after} for name, (before, after) in changes.items()}
    readable = {*QUESTIONS, "closure_reason", "approval_status_case_plan", "national_id_no", *changes}
    return told_of(event, entry, about or {}, readable=readable, questions=QUESTIONS, shared={"t"})


def words(found: list[Told]) -> list[str]:
    """What happened, in order."""
    return [one.what for one in found]


def test_a_step_of_the_work_is_told_once_and_anew() -> None:
    assert told("case.amended", assessment_requested_on=(None, "2026-03-02")) == [Told("assessed", on="2026-03-02")]
    assert words(told("case.amended", assessment_requested_on=("2026-03-02", "2026-06-01"))) == ["reassessed"]
    assert words(told("case.amended", date_case_plan=(None, "2026-03-02"))) == ["planned"]
    assert words(told("case.amended", date_case_plan=("2026-03-02", "2026-04-02"))) == ["replanned"]
    assert words(told("case.amended", date_case_plan=("2026-03-02", None))) == ["amended"]
    by_itself = {"assessment_requested_on": (None, "2026-03-02"), "case_plan_due_date": (None, "2026-03-09")}
    assert words(told("case.amended", **by_itself)) == ["assessed"], "a day that follows by itself is no news"
    assert words(told("case.amended", case_plan_due_date=(None, "2026-03-09"))) == ["amended"]


def test_a_risk_is_told_with_its_reason() -> None:
    found = told("case.amended", risk_level=("low", "high"), rapid_risk_level_reasons=(None, "Beaten"))
    assert found == [Told("risk", question="risk_level", value="high", before="low", why="Beaten")]


def test_rows_are_planned_and_done() -> None:
    asked = {"unique_id": "1", "service_type": "health"}
    done = asked | {"service_implemented_day_time": "2026-03-05T08:00:00Z"}
    [planned] = told("case.amended", services_section=(None, [asked]))
    assert (planned.what, planned.question, planned.value) == (
        "service_added", "services_section.service_type", "health",
    )  # fmt: skip
    [given] = told("case.amended", services_section=([asked], [done]))
    assert (given.what, given.on, given.value) == ("service_done", "2026-03-05", "health")
    assert words(told("case.amended", services_section=(None, [done]))) == ["service_done"]
    assert words(told("case.amended", services_section=([done], [done | {"note_on_referral_from_provider": "x"}]))) == [
        "amended"
    ]
    assert words(told("case.amended", services_section=([done], []))) == ["amended"]


def test_other_answers_are_named_up_to_a_number_and_counted() -> None:
    [rest] = told("case.amended", nothing_asked=(1, 2), workflow=("new", "x"), **{f"q{n}": (None, n) for n in range(9)})
    assert (rest.what, len(rest.names), rest.count) == ("amended", NAMED, 9)
    assert told("case.amended", nothing_asked=(1, 2)) == []


def test_closing_and_reopening_have_reasons() -> None:
    closed = told(
        "case.closed", {"reason": "formal_closing"}, status=("open", "closed"), date_closure=(None, "2026-03-02")
    )
    assert closed == [Told("closed", on="2026-03-02", question="closure_reason", value="formal_closing")]
    reopened = told("case.reopened", reopened_logs=(None, [{"reopened_reason": "Back at the kiln"}]))
    assert reopened == [Told("reopened", why="Back at the kiln")]
    hidden = told_of("case.closed", {}, {"reason": "formal_closing"}, readable=(), questions=(), shared=())
    assert hidden == [Told("closed")]


def test_a_transition_is_told_to_whom_it_is_known() -> None:
    about = {"transition": "t", "by": "amina", "to": "bilal", "notes": "For the clinic"}
    assert told("referral.sent", about) == [Told("referral_sent", person="bilal", why="For the clinic")]
    assert told("referral.accepted", about)[0].person == "amina"
    assert told("transfer.revoked", about)[0].person == "bilal"
    assert told("referral.sent", about | {"transition": "another"}) == []
    done = {"unique_id": "1", "service_type": "health", "service_implemented_day_time": "2026-03-05T08:00:00Z"}
    assert words(told("referral.done", about, services_section=([{"unique_id": "1"}], [done]))) == [
        "referral_done", "service_done",
    ]  # fmt: skip


def test_an_approval_is_told_to_whoever_reads_it() -> None:
    about = {"approval": "case_plan", "asked_by": "amina"}
    found = told("approval.rejected", about, approval_subforms=([], [{"approval_manager_comments": "Who takes her?"}]))
    assert found == [Told("approval_rejected", question="approval", value="case_plan", why="Who takes her?")]
    assert told("approval.rejected", {"approval": "closure"}) == []


def test_what_belongs_to_no_story_is_not_told() -> None:
    for event in ("record.owner_moved", "alert.removed", "quarantine.put_aside", "case.answers_let_go"):
        assert told(event, status=("open", "closed")) == [], event
    assert told("flag.raised") == [], "a flag whose words she may not read"
    assert told("case.name_hidden") == []


def test_ties_to_other_records_are_told_to_who_may_see_them() -> None:
    linked = {"family_id_display": {"from": None, "to": "F-1"}}
    for event, what, needs in (
        ("case.incidents_added", "incident_added", "incidents"),
        ("case.incidents_removed", "incident_removed", "incidents"),
        ("case.family_linked", "family_linked", "family_id_display"),
        ("case.family_unlinked", "family_unlinked", "family_id_display"),
        ("case.related", "related", "relationships"),
        ("case.relationship_amended", "relationship_amended", "relationships"),
        ("case.relationship_ended", "relationship_ended", "relationships"),
    ):
        changes = linked if event.startswith("case.family") else {}
        found = told_of(event, changes, {"type": "sibling"}, readable={needs}, questions=(), shared=())
        assert found == [Told(what)], "neither which nor how many: that record may be out of her sight"
        others = {"incidents", "family_id_display", "relationships"} - {needs}
        assert told_of(event, changes, {}, readable=others, questions=(), shared=()) == []
    assert told("case.incidents_amended") == []
