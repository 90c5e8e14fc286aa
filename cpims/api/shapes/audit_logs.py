"""The books of what was done and seen, as they are searched."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Moment, Paged, Shape
from cpims.api.shapes.route import PAGING, V1, V2, Route

Sorted = Literal["changed", "seen", "taken", "door", "refused"]


class AuditWanted(Shape):
    """Which entries are wanted. What is not said narrows nothing."""

    model_config = ConfigDict(strict=True, extra="forbid")

    user_name: str | None = None
    record_id: str | None = Field(None, description="the id of a record")
    record_types: list[str] = Field([], max_length=50)
    sort: Sorted | None = Field(None, description="changes, sights, what was taken out, sign-ins, refusals")
    actions: list[str] = Field([], max_length=50, description="names of events or of acts of looking")
    start: Moment | None = Field(None, description="not before this moment")
    stop: Moment | None = Field(None, description="before this moment")


class AuditSearch(AuditWanted):
    """A page of what is wanted."""

    page: int = Field(1, ge=1, le=100_000)
    per: int = Field(50, ge=1, le=500)


class AuditSheet(AuditWanted):
    """What is wanted as a spreadsheet, in a language of the instance."""

    locale: str | None = None


class AuditEntry(Shape):
    """One entry of the books. What a change said, and what stands in a record, is never told here."""

    id: str
    book: Literal["changes", "sightings"]
    at: Moment = Field(description="when it was written down")
    happened_at: Moment | None = Field(description="when it happened, which may have been without a network")
    user_name: str
    role: str
    action: str = Field(description="name of the event, or of the act of looking")
    outcome: str
    record_type: str
    record_ids: list[str] = Field(description="the first twenty of them")
    records: int = Field(description="how many records it was about")
    subject: str = Field(description="what else it was about: an account, a role, a form …")


class AuditLogNamed(Shape):
    """The words of an entry as Primero's client puts them together."""

    prefix: dict[str, Any]
    identifier: str
    suffix: dict[str, Any]


class AuditLog(Shape):
    """One entry as Primero shows it."""

    id: int
    display_id: str | None
    record_type: str
    user_name: str
    action: str
    resource_url: str | None
    timestamp: Moment
    log_message: AuditLogNamed
    metadata: dict[str, Any]
    record_id: str | None
    display_name: str | None


AUDIT_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{V2}/audit_logs"): Route(
        "What was done and seen, as Primero lists it", AuditLog, many=True, metadata=Paged,
        query=("user_name", "from", "to", "audit_log_actions", "record_type", "order_by", "order", *PAGING),
    ),
    ("POST", f"{V1}/audit_log/search"): Route(
        "Search the books of what was done and seen", AuditEntry, many=True, metadata=Paged,
        request=AuditSearch, wrapper="",
    ),
    ("POST", f"{V1}/audit_log/list.xlsx"): Route(
        "What was found in the books as a spreadsheet", request=AuditSheet, wrapper="",
        media="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}  # fmt: skip
