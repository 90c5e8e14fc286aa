"""The rows of the matrix about settings, lists, places, the code of conduct and terms of use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cpims.accounts.actions.teams import change_agency
from cpims.accounts.models import Agency
from tests.api.rows import Row, data

OURS = "/api/cpims/v1"
TERMS = f"{OURS}/agencies/{{agency_id}}/terms_of_use"
WHO: dict[str, Any] = {"ok": "esther farid", "forbidden": "amina bilal chantal dawit"}
EVERYBODY = "amina bilal chantal dawit esther farid"


def table_places(path: str) -> None:
    """Terms of use of agency A, for the path that reads them."""
    if path == TERMS:
        agency = Agency.objects.get(unique_id="agency-a")
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        change_agency(agency_id=agency.id, values={"terms_of_use": b"%PDF-1.4 terms"}, actor=None, at=moment)


TABLE_ROWS: tuple[Row, ...] = (
    Row("GET", f"{OURS}/system_settings", **WHO, queries=1),
    Row("PATCH", f"{OURS}/system_settings", **WHO, body=data(system_options={"show_alerts": True})),
    Row("GET", f"{OURS}/lookups/uses", **WHO, queries=3),
    Row("GET", f"{OURS}/places", **WHO, queries=4),
    Row("GET", f"{OURS}/codes_of_conduct", forbidden=EVERYBODY),
    Row("GET", f"{OURS}/codes_of_conduct/acceptances", forbidden=EVERYBODY),
    Row("GET", TERMS, "amina bilal chantal esther farid", "dawit", queries=2),
)
