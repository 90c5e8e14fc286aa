"""What follows from the answers of an incident: its day, how late it was told, who did it, in what setting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from cpims.lib.json import read_moment

Answers = Mapping[str, Any]

DAY_NAMES: Final = ("incident_date", "date_of_incident_from", "date_of_incident")
#: How long it took until somebody was told: the last day of each span, and its name in the lists of GBVIMS.
#: Primero counts the fourth day as one of the first three.
REPORTED_WITHIN: Final = ((3, "0_3_days"), (5, "4_5_days"), (14, "6_14_days"), (30, "2_weeks_1_month"))
REPORTED_LATER: Final = "over_1_month"
NOT_GBV: Final = "non-gbv"
FORCED: Final = frozenset({"rape", "sexual_assault"})
PARTNER: Final = "intimate_partner_former_partner"
GROWN_UP: Final = 18
MANY: Final = 3
NOTHING: Final[tuple[Any, ...]] = (None, "", False, [], "false", "no", "none")


def derived(answers: Answers) -> dict[str, Any]:
    """Everything that follows from an incident's answers; what cannot be said is left out."""
    found: dict[str, Any] = {
        "incident_date_derived": incident_date_derived(answers),
        "elapsed_reporting_time": elapsed_reporting_time(answers),
    }
    if "alleged_perpetrator" in answers:
        found["number_of_perpetrators"] = number_of_perpetrators(answers)
    if answers.get("gbv_sexual_violence_type"):
        found["gbv_case_context"] = gbv_case_context(answers)
    return {name: value for name, value in found.items() if value is not None}


def incident_date_derived(answers: Answers) -> str | None:
    """The day of an incident: as asked, else the first day of the time over which it happened."""
    found = next((day for name in DAY_NAMES if (day := day_of(answers.get(name)))), None)
    return found.isoformat() if found else None


def elapsed_reporting_time(answers: Answers) -> str | None:
    """How long after the incident somebody was told; nothing when a day is missing or the report came before."""
    happened, told = day_of(answers.get("incident_date")), day_of(answers.get("date_of_first_report"))
    if happened is None or told is None or told < happened:
        return None
    days = (told - happened).days
    return next((name for last, name in REPORTED_WITHIN if days <= last), REPORTED_LATER)


def number_of_perpetrators(answers: Answers) -> str:
    """How many people are said to have done it."""
    count = len(rows_of(answers, "alleged_perpetrator"))
    if not count:
        return "none"
    return "more_than_3" if count > MANY else f"equal_to_{count}"


def gbv_case_context(answers: Answers) -> list[str]:
    """In what setting the violence happened, as GBVIMS tells it."""
    kind = answers.get("gbv_sexual_violence_type")
    age = answers.get("age")
    is_child = isinstance(age, int) and not isinstance(age, bool) and age < GROWN_UP
    is_gbv, is_forced = bool(kind) and kind != NOT_GBV, kind in FORCED
    partner = any(row.get("perpetrator_relationship") == PARTNER for row in rows_of(answers, "alleged_perpetrator"))
    holds = {
        "intimate_partner_violence": is_gbv and partner,
        "child_sexual_abuse": is_forced and is_child,
        "early_marriage": kind == "forced_marriage" and is_child,
        "possible_sexual_exploitation": is_forced and _said(answers, "goods_money_exchanged"),
        "possible_sexual_slavery": is_forced and _said(answers, "abduction_status_time_of_incident"),
        "harmful_traditional_practice": is_gbv and _said(answers, "harmful_traditional_practice"),
    }
    return [name for name, true in holds.items() if true]


def rows_of(answers: Answers, name: str) -> list[Mapping[str, Any]]:
    """The rows of a section."""
    value = answers.get(name)
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def day_of(value: Any) -> date | None:
    """The day that an answer names."""
    moment = read_moment(value) if isinstance(value, str) else None
    return moment.date() if moment else None


def _said(answers: Answers, name: str) -> bool:
    return answers.get(name) not in NOTHING
