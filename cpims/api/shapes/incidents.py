"""The incidents of a case."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Shape


class NewIncident(Shape):
    """An incident that is not stored yet: the case it belongs to, and the answers that it takes over."""

    model_config = ConfigDict(strict=True, extra="allow")

    incident_case_id: str
    module_id: str
    owned_by: str
    status: str


class IncidentsToLink(Shape):
    """Which incidents are tied to a case."""

    incident_ids: list[str]
    assign: bool | None = Field(None, description="true: they go to the owner of the case (permission `assign`)")
