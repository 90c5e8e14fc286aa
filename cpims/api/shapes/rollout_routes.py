"""The routes of a rollout."""

from __future__ import annotations

from cpims.api.shapes import rollout as r
from cpims.api.shapes.route import PAGING, V1, Route

HERE = f"{V1}/rollout"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ROLLOUT_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", HERE): Route("Where the rollout is: phases, steps and gates with their evidence", r.RolloutRoad),
    ("POST", f"{HERE}/looks"): Route("Ask the other instance and look at every gate anew", r.RolloutRoad),
    ("POST", f"{HERE}/waivers"): Route(
        "Sign that a gate may be passed for a time", r.RolloutWaiver,
        request=r.WaiverWrite, wrapper="", statuses=(429,),
    ),
    ("DELETE", f"{HERE}/waivers/{{id}}"): Route("End a waiver before its day; it stays to be seen", r.RolloutWaiver),
    ("GET", f"{HERE}/workbook"): Route("What is configured now as a workbook of requirements", media=SHEET),
    ("GET", f"{HERE}/requirements"): Route("Every version of the requirements, the newest first", r.RequirementsVersion, many=True),
    ("POST", f"{HERE}/requirements"): Route(
        "Bring the workbook that says what is asked for", r.RequirementsVersion,
        metadata=r.RequirementsRead, request=r.RequirementsSent, wrapper="", statuses=(409,),
    ),
    ("GET", f"{HERE}/requirements/{{id}}/workbook"): Route("A version of the requirements as it was filled in", media=SHEET),
    ("GET", f"{HERE}/differences"): Route(
        "Where the system is otherwise than was asked for", r.RequirementsDifference,
        many=True, metadata=r.RequirementsCompared, query=("state", "locale", *PAGING),
    ),
    ("POST", f"{HERE}/acceptances"): Route(
        "Accept differences, and say why", r.RequirementsDifference,
        many=True, metadata=r.RequirementsCompared, request=r.DifferencesWrite, wrapper="", query=("state", "locale", *PAGING),
        statuses=(409,),
    ),
    ("DELETE", f"{HERE}/acceptances/{{id}}"): Route("No longer accept a difference", r.AcceptedBy),
    ("POST", f"{HERE}/attestations"): Route(
        "Put one's name to it that the demo is as was asked for", r.Attested,
        request=r.AttestationWrite, wrapper="", statuses=(409,),
    ),
    ("POST", f"{V1}/pair/evidence"): Route(
        "What this instance says of itself; for the other instance of the pair, signed", r.PairEvidence, bare=True
    ),
}  # fmt: skip
