"""The routes of the configuration as a whole."""

from __future__ import annotations

from cpims.api.shapes import configuration_versions as c
from cpims.api.shapes.envelope import Changed, Paged
from cpims.api.shapes.route import PAGING, V1, V2, WRITING, Route

VERSIONS = f"{V1}/configuration/versions"

CONFIGURATION_ROUTES: dict[tuple[str, str], Route] = {
    ("GET", f"{V1}/configuration/current"): Route("How the configuration stands now", c.ConfigurationCurrent),
    ("GET", VERSIONS): Route(
        "Every version of the configuration, the newest first",
        c.ConfigurationVersion, many=True, metadata=Paged, query=PAGING,
    ),
    ("POST", VERSIONS): Route(
        "Publish what is configured now as a version",
        c.ConfigurationVersion, request=c.Publication, wrapper="", headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("GET", f"{VERSIONS}/{{id}}"): Route("One version of the configuration", c.ConfigurationVersion),
    ("GET", f"{VERSIONS}/{{id}}/document"): Route("The document of a version", media="application/json"),
    ("GET", f"{V1}/configuration/diff"): Route(
        "What differs between two versions, or a version and what holds now",
        c.ConfigurationChange, many=True, metadata=c.ComparedHashes, query=("before", "after", "locale", *PAGING),
    ),
    ("POST", f"{V1}/configuration/diff"): Route(
        "What would differ here if a document were configured",
        c.ConfigurationChange, many=True, metadata=c.ComparedHashes, request=c.DocumentSent, wrapper="",
        query=("locale", *PAGING),
    ),
    ("POST", f"{VERSIONS}/{{id}}/rollback"): Route(
        "Make the instance as an earlier version says",
        c.ConfigurationApplied, request=c.Publication, wrapper="", headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("GET", f"{V1}/configuration/problems"): Route(
        "What is wrong or weak in what is configured now",
        c.ConfigurationProblem, many=True, metadata=c.ProblemCounts, query=("locale", *PAGING),
    ),
    ("POST", f"{V1}/configuration/problems"): Route(
        "What is wrong or weak in a document, seen from here",
        c.ConfigurationProblem, many=True, metadata=c.ProblemCounts, request=c.DocumentSent, wrapper="",
        query=("locale", *PAGING),
    ),
    ("GET", f"{V1}/configuration/impact"): Route(
        "What going from one version to another touches",
        c.ConfigurationImpact, many=True, metadata=Paged, query=("before", "after", "locale", *PAGING),
    ),
    ("POST", f"{V1}/configuration/impact"): Route(
        "What it would touch if this instance became as a document says",
        c.ConfigurationImpact, many=True, metadata=Paged, request=c.DocumentSent, wrapper="",
        query=("locale", *PAGING),
    ),
    ("GET", f"{V1}/configuration/bundle"): Route("What is configured now, as Primero's bundle", c.ConfigurationBundle),
    ("GET", f"{V2}/configurations"): Route(
        "List configurations", c.Configuration, many=True, metadata=Paged, query=("order_by", "order", *PAGING)
    ),
    ("POST", f"{V2}/configurations"): Route(
        "Keep what is configured now under a name",
        c.Configuration, metadata=Changed, request=c.ConfigurationWrite, headers=WRITING,
    ),
    ("GET", f"{V2}/configurations/{{id}}"): Route("One configuration", c.Configuration),
    ("PATCH", f"{V2}/configurations/{{id}}"): Route(
        "Make a configuration of the list hold, at once and in one piece",
        c.Configuration, metadata=Changed, request=c.ConfigurationUse, headers=("Idempotency-Key",), statuses=(409,),
    ),
    ("DELETE", f"{V2}/configurations/{{id}}"): Route(
        "Take a configuration off the list; nothing is deleted", c.Configuration
    ),
}  # fmt: skip
