"""The routes of incidents beyond those that every kind of record has."""

from __future__ import annotations

from cpims.api.shapes.incidents import IncidentsToLink, NewIncident
from cpims.api.shapes.records import Incident
from cpims.api.shapes.route import V2, Route

CASE = f"{V2}/cases/{{id}}"

INCIDENT_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{CASE}/incidents"): Route("The incidents of a case, as far as they are in sight", Incident, many=True),
    ("GET", f"{CASE}/incidents/new"): Route(
        "An incident of a case as it would begin, with what the case knows already; nothing is stored", NewIncident
    ),
    ("POST", f"{CASE}/incidents"): Route(
        "Tie incidents to a case: all of them, or none",
        request=IncidentsToLink,
        headers=("Idempotency-Key",),
        statuses=(204,),
    ),
}
