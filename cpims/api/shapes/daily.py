"""What a worker meets every day: dashboards, alerts, saved searches."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.envelope import Ignored, Moment, Shape


class Dashboard(Shape):
    """Some numbers of one kind. A plain indicator is ``{count, query}``; a split one has one for each value, or two levels.

    ``query`` holds the filters of the list that the number counts, ready for an address.
    """

    name: str = Field(examples=["dashboard.case_overview"])
    type: Literal["indicator"]
    indicators: dict[str, Any]


class Alerts(Shape):
    """How many open records in sight carry alerts."""

    case: int
    incident: int
    tracing_request: int


class SearchFilter(Shape):
    """One filter of a list: its name and its values (a list), or what it is made of (an object)."""

    name: str
    value: list[Any] | dict[str, Any]


class SavedSearch(Shape):
    """Filters of a list, kept under a name."""

    id: int
    name: str
    record_type: str = Field(examples=["cases"])
    filters: list[SearchFilter]
    user_id: int


class SavedSearchWrite(Shape):
    """Filters to be kept under a name."""

    name: str
    record_type: str
    module_ids: list[str] | None = None
    filters: list[SearchFilter]


class SavedSearchKept(Shape):
    """What there is to tell beside a kept search: filters that could not be used were left out."""

    ignored: list[Ignored] | None = None


class SharedSearch(SavedSearch):
    """A saved search of one's own, or one that somebody shared (with whom else is told to its owner only)."""

    module_ids: list[str]
    own: bool
    user_name: str
    shared_groups: list[str]
    shared_roles: list[str]
    created_at: Moment
    updated_at: Moment


class SharedSearchWrite(Shape):
    """Filters to be kept, and the teams and roles that may use them too. What is left out stays as it is."""

    name: str | None = None
    record_type: str | None = None
    module_ids: list[str] | None = None
    filters: list[SearchFilter] | None = None
    shared_groups: list[str] | None = None
    shared_roles: list[str] | None = None
