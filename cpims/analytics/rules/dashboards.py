"""The dashboards of a role: which indicators each has, and the list filters that say exactly what an indicator counts.

Names, filters and their order are Primero's (its web client finds indicators by name and turns filters into links).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

Pair = tuple[str, str]
OPEN: Final[tuple[Pair, ...]] = (("record_state", "true"), ("status", "open"))
CLOSED: Final[tuple[Pair, ...]] = (("record_state", "true"), ("status", "closed"))
EITHER: Final[tuple[Pair, ...]] = (("record_state", "true"), ("status", "open,closed"))
RECENT: Final = timedelta(days=10)
APPROVALS: Final = ("assessment", "case_plan", "closure", "action_plan", "gbv_closure")
TASKS: Final = {
    "assessment": "assessment_due_dates",
    "case_plan": "case_plan_due_dates",
    "services": "service_due_dates",
    "followups": "followup_due_dates",
}


@dataclass(frozen=True)
class Indicator:
    """A number: what is counted, as list filters, and by which fields it is split (none, one or two)."""

    name: str
    where: tuple[Pair, ...]
    by: tuple[str, ...] = ()
    #: Only people whom a manager may ask about stand in the split.
    managed: bool = False
    #: What is left of the first when the second is taken away: the same number, without looking at every record.
    rest: tuple[tuple[Pair, ...], ...] = ()


@dataclass(frozen=True)
class Dashboard:
    """Some indicators that a permission opens; ``name`` is without the ``dashboard.`` that the API puts in front."""

    name: str
    action: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Around:
    """Who asks, and what her instance decided."""

    me: str
    groups: Sequence[str]
    modules: Sequence[str]
    at: datetime
    zone: str
    risk_levels: Sequence[str] = ()
    place: str = ""
    place_level: int = 2
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def of_mine(self) -> tuple[Pair, ...]:
        """Cases of her own."""
        return (("owned_by", self.me),)

    @property
    def of_my_teams(self) -> tuple[Pair, ...]:
        """Cases of her teams."""
        return (("owned_by_groups", ",".join(sorted(self.groups))),)

    @property
    def of_my_modules(self) -> tuple[Pair, ...]:
        """Cases of the parts of the work that she does."""
        return (("module_id", ",".join(sorted(self.modules))),)

    def since(self, ago: timedelta) -> str:
        """From a while ago until whenever."""
        return f"{_moment(self.at - ago)}.."

    def until(self, ago: timedelta = timedelta()) -> str:
        """From the beginning until a while ago."""
        return f"1970-01-01T00:00:00Z..{_moment(self.at - ago)}"

    def week(self, before: int = 0) -> tuple[date, date]:
        """Monday and Sunday of this week, or of one some weeks before, in the instance's zone."""
        today = self.at.astimezone(ZoneInfo(self.zone)).date()
        monday = today - timedelta(days=today.weekday(), weeks=before)
        return monday, monday + timedelta(days=6)

    def week_of_moments(self, before: int = 0) -> str:
        """A week as moments, both ends included."""
        monday, sunday = self.week(before)
        zone = ZoneInfo(self.zone)
        start = datetime.combine(monday, time(), zone)
        end = datetime.combine(sunday + timedelta(days=1), time(), zone) - timedelta(seconds=1)
        return f"{_moment(start)}..{_moment(end)}"

    def week_of_days(self, before: int = 0) -> str:
        """A week as days, both included."""
        monday, sunday = self.week(before)
        return f"{monday.isoformat()}..{sunday.isoformat()}"

    def hours(self, option: str, usual: int) -> timedelta:
        """A number of hours that the instance decided."""
        given = self.options.get(option)
        return timedelta(hours=given if isinstance(given, int) and not isinstance(given, bool) else usual)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dashboards_of(around: Around) -> Iterator[Dashboard]:
    """Every dashboard about cases, in Primero's order; who may see which is asked elsewhere."""
    yield from _overviews(around)
    yield from _approvals(around)
    yield from _shared(around)
    yield from _teams(around)
    yield from _weeks(around)
    yield from _workflows(around)
    yield from _tasks(around)


def _plain(name: str, *indicators: Indicator, action: str = "") -> Dashboard:
    return Dashboard(name, action or name, indicators)


def _overviews(around: Around) -> Iterator[Dashboard]:
    modules = around.of_my_modules
    total = Indicator("total", OPEN + modules)
    fresh = Indicator("new_or_updated", (*OPEN, ("not_edited_by_owner", "true"), *modules))
    assigned = (("reassigned_transferred_on", around.since(RECENT)),)
    mine = Indicator("recently_assigned_to_me", (("assign", around.me), *OPEN, *assigned, *modules))
    yield _plain("case_overview", total, fresh, mine)
    yield _plain("case_risk", Indicator("risk_level", OPEN + modules, ("risk_level",)))
    yield _plain("action_needed_new_updated", fresh)
    identified = (("record_state", "true"), ("status", "identified"))
    yield _plain("action_needed_identified", Indicator("identified", identified + modules))
    yield _plain(
        "dash_group_overview",
        Indicator("group_overview_open", OPEN + modules),
        Indicator("group_overview_closed", CLOSED + modules),
    )
    new = ("current_alert_types", "incident_from_case")
    having = (*OPEN, ("has_incidents", "true"), *modules)
    yield _plain(
        "dash_case_incident_overview",
        total,
        fresh,
        Indicator("with_incidents", having),
        Indicator("with_new_incidents", (*around.of_mine, *OPEN, new, *modules)),
        Indicator("without_incidents", (*OPEN, ("has_incidents", "false"), *modules), rest=(total.where, having)),
    )
    yield _plain("dash_cases_to_assign", *_to_assign(around))


def _to_assign(around: Around) -> Iterator[Indicator]:
    """Her own cases by risk; ``overdue`` when they have waited longer than the instance allows for that risk."""
    kept = (*around.of_mine, *OPEN)
    late = around.hours("timeframe_hours_to_assign", 3)
    levels = [level for level in around.risk_levels if is_plain(level)]
    none = (("not[risk_level]", ",".join(levels)),)
    yield Indicator("cases_none", (*kept, *none, *around.of_my_modules))
    overdue = (("reassigned_transferred_on", around.until(late)),)
    yield Indicator("overdue_cases_none", (*kept, *none, *overdue, *around.of_my_modules))
    for level in levels:
        hours = around.hours("timeframe_hours_to_assign_high", 1) if level == "high" else late
        overdue = (("reassigned_transferred_on", around.until(hours)),)
        risk = (("risk_level", level),)
        yield Indicator(f"cases_{level}", (*kept, *risk, *around.of_my_modules))
        yield Indicator(f"overdue_cases_{level}", (*kept, *risk, *overdue, *around.of_my_modules))


def _approvals(around: Around) -> Iterator[Dashboard]:
    for kind in APPROVALS:
        for module in sorted(around.modules):
            status, of_module = f"approval_status_{kind}", ("module_id", module)
            yield Dashboard(
                f"approvals_{kind}.{module}",
                f"approvals_{kind}",
                tuple(
                    Indicator(
                        f"approval_{kind}_{answer}.{module}", (*around.of_mine, *OPEN, (status, answer), of_module)
                    )
                    for answer in ("pending", "rejected", "approved")
                ),
            )
            pending = Indicator(f"approval_{kind}_pending_group.{module}", (*OPEN, (status, "pending"), of_module))
            yield Dashboard(f"approvals_{kind}_pending.{module}", f"approvals_{kind}_pending", (pending,))


def _sent(around: Around) -> tuple[tuple[str, Pair], ...]:
    """What became of referrals and transfers that were sent."""
    days = around.options.get("days_since_referral_status_changed")
    lately = around.since(timedelta(days=days if isinstance(days, int) and not isinstance(days, bool) else 14))
    return (
        ("pending_referrals", ("referred_users_pending_present", "true")),
        ("accepted_referrals", ("referred_users_accepted_present", "true")),
        ("rejected_referrals", ("last_referral_rejected_at", lately)),
        ("done_referrals", ("last_referral_done_at", lately)),
        ("pending_transfers", ("transfer_status", "in_progress")),
        ("rejected_transfers", ("transfer_status", "rejected")),
    )


def _shared(around: Around) -> Iterator[Dashboard]:
    modules, me = around.of_my_modules, around.me

    def to_me(name: str, key: str) -> Indicator:
        return Indicator(f"shared_with_me_{name}", ((key, me), *OPEN, *modules))

    pending = to_me("pending_referrals", "referred_users_pending")
    waiting = to_me("transfers_awaiting_acceptance", "transferred_to_users")
    yield _plain("action_needed_new_referrals", pending)
    yield _plain("action_needed_transfer_awaiting_acceptance", waiting)
    accepted, total = (
        to_me("accepted_referrals", "referred_users_accepted"),
        to_me("total_referrals", "referred_users"),
    )
    yield _plain("dash_shared_with_me", pending, accepted, total, waiting)
    names = {"pending_referrals": "referrals_pending", "accepted_referrals": "referrals_accepted"}
    names |= {"rejected_referrals": "referrals_rejected", "done_referrals": "referrals_done"}
    yield _plain(
        "dash_shared_with_others",
        *(
            Indicator(f"shared_with_others_{names.get(name, name)}", (*around.of_mine, *OPEN, pair, *modules))
            for name, pair in (("referrals", ("referred_users_present", "true")), *_sent(around))
        ),
    )
    yield _plain(
        "dash_shared_from_my_team",
        *(
            Indicator(f"shared_from_my_team_{name}", (*around.of_my_teams, *OPEN, pair, *modules), ("owned_by",))
            for name, pair in _sent(around)
        ),
    )
    yield _plain(
        "dash_shared_with_my_team",
        *(
            Indicator(f"shared_with_my_team_{name}", OPEN + modules, (key,), managed=True)
            for name, key in (
                ("pending_referrals", "referred_users_pending"),
                ("accepted_referrals", "referred_users_accepted"),
                ("pending_transfers", "transferred_to_users"),
            )
        ),
    )
    teams = (("transferred_to_user_groups", ",".join(sorted(around.groups))),)
    moving = (*teams, *OPEN, ("transfer_status", "in_progress"), *modules)
    yield _plain(
        "dash_shared_with_my_team_overview", Indicator("shared_with_my_team_pending_transfers_overview", moving)
    )


def _teams(around: Around) -> Iterator[Dashboard]:
    modules = around.of_my_modules
    yield _plain(
        "dash_cases_by_social_worker",
        Indicator("cases_by_social_worker_total", (*around.of_my_teams, *OPEN, *modules), ("owned_by",)),
        Indicator(
            "cases_by_social_worker_new_or_updated",
            (*OPEN, ("not_edited_by_owner", "true"), *modules),
            ("owned_by",),
        ),
    )


def _weeks(around: Around) -> Iterator[Dashboard]:
    modules = around.of_my_modules
    new = {weeks: ("created_at", around.week_of_moments(weeks)) for weeks in (0, 1)}
    closed = {weeks: ("date_closure", around.week_of_days(weeks)) for weeks in (0, 1)}
    concerns = ("protection_concerns",)
    yield _plain(
        "dash_protection_concerns",
        Indicator("protection_concerns_open_cases", OPEN + modules, concerns),
        Indicator("protection_concerns_new_this_week", (*OPEN, new[0], *modules), concerns),
        Indicator("protection_concerns_all_cases", (("record_state", "true"), *modules), concerns),
        Indicator("protection_concerns_closed_this_week", (*CLOSED, closed[0], *modules), concerns),
    )
    place = (f"loc:{around.place}{around.place_level}",)
    yield _plain(
        "reporting_location",
        Indicator("reporting_location_open", OPEN + modules, place),
        Indicator("reporting_location_open_last_week", (*OPEN, new[1], *modules), place),
        Indicator("reporting_location_open_this_week", (*OPEN, new[0], *modules), place),
        Indicator("reporting_location_closed_last_week", (*CLOSED, closed[1], *modules), place),
        Indicator("reporting_location_closed_this_week", (*CLOSED, closed[0], *modules), place),
        action="dash_reporting_location",
    )
    yield _plain(
        "dash_national_admin_summary",
        Indicator("open", OPEN + modules),
        Indicator("new_last_week", (*OPEN, new[1], *modules)),
        Indicator("new_this_week", (*OPEN, new[0], *modules)),
        Indicator("closed_last_week", (*CLOSED, closed[1], *modules)),
        Indicator("closed_this_week", (*CLOSED, closed[0], *modules)),
    )


def _workflows(around: Around) -> Iterator[Dashboard]:
    modules = sorted(around.modules)
    yield _plain(
        "workflow",
        *(
            Indicator(f"workflow_{module}", (*around.of_mine, *EITHER, ("module_id", module)), ("workflow",))
            for module in modules
        ),
    )
    yield _plain(
        "workflow_team",
        *(
            Indicator(
                f"workflow_team_{module}",
                (*around.of_my_teams, *EITHER, ("module_id", module)),
                ("owned_by", "workflow"),
                managed=True,
            )
            for module in modules
        ),
    )


def _tasks(around: Around) -> Iterator[Dashboard]:
    for name, key in TASKS.items():
        late = (*OPEN, (key, around.until()), *around.of_my_modules)
        yield _plain(
            f"cases_by_task_overdue_{name}", Indicator(f"tasks_overdue_{name}", late, ("owned_by",), managed=True)
        )


def is_plain(value: str) -> bool:
    """Can this value stand in a list filter as one value? (Commas and dots have a meaning there.)"""
    return bool(value) and "," not in value and ".." not in value


def as_query(pairs: Sequence[Pair]) -> dict[str, Any]:
    """List filters as the list of records reads them."""
    query: dict[str, Any] = {}
    for name, value in pairs:
        if name.startswith("not[") and name.endswith("]"):
            query["not"] = {name[4:-1]: value}
        else:
            query[name] = value
    return query


def as_strings(pairs: Sequence[Pair]) -> list[str]:
    """List filters as clients put them into an address."""
    return [f"{name}={value}" for name, value in pairs]


def split_of(name: str) -> str:
    """The field that a split looks at, without what it says about levels of places."""
    return name.removeprefix("loc:").rstrip("012345") if name.startswith("loc:") else name
