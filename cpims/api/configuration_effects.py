"""What is wrong in a configuration, what a change of it touches, going back to an earlier one, and taking it along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Viewer
from cpims.api.configuration_versions import side, steward, version_json
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body
from cpims.api.http.query import page_of, read_query
from cpims.api.http.reply import reply
from cpims.api.shapes.configuration_versions import DocumentSent, Publication
from cpims.configuration.actions import roll_back
from cpims.configuration.formats.bundle import bundle_of
from cpims.configuration.formats.canonical import Document, checked_document
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.impact import impact_between, impact_of
from cpims.configuration.queries.linting import find_problems
from cpims.configuration.rules.checking import Finding
from cpims.configuration.rules.impact import Impact
from cpims.configuration.rules.impact import told as said
from cpims.configuration.rules.naming import Place, place_of, way_out
from cpims.configuration.rules.telling import called
from cpims.lib.clock import now
from cpims.lib.messages import sentence
from cpims.lib.sequences import read_number

router = Router(tags=["configurations"])
USUAL_PAGE = 200


@router.post("/configuration/versions/{version_number}/rollback")
def roll_configuration_back(request: HttpRequest, version_number: str) -> HttpResponse:
    """The instance becomes as an earlier version says, in one piece; a new version with the same bytes tells of it."""
    viewer = steward(request)
    asked = check(Publication, read_body(request))
    done = roll_back(number=read_number(version_number), reason=asked.reason, actor=viewer, at=now())
    version = version_json(done.version) if done.version else None
    return reply({"before": done.before, "after": done.after, "changed": done.changed, "version": version})


@router.get("/configuration/problems")
def show_problems(request: HttpRequest) -> HttpResponse:
    """What is wrong or weak in what is configured now, errors first."""
    viewer = viewer_of(request)
    document = configuration_document(viewer)
    return _problems(request, document, find_problems(viewer, document), viewer)


@router.post("/configuration/problems")
def check_document(request: HttpRequest) -> HttpResponse:
    """What is wrong or weak in a document, seen from here."""
    viewer = steward(request)
    document = checked_document(check(DocumentSent, read_body(request)).document)
    return _problems(request, document, find_problems(viewer, document), viewer)


@router.get("/configuration/impact")
def show_impact(request: HttpRequest) -> HttpResponse:
    """What going from one version to another touches; one that is not named is the configuration that holds now."""
    viewer, query = viewer_of(request), read_query(request)
    found = impact_between(viewer, before=side(query.get("before")), after=side(query.get("after")))
    return _impact(request, found, viewer)


@router.post("/configuration/impact")
def weigh_document(request: HttpRequest) -> HttpResponse:
    """What it would touch if this instance became as a document says."""
    viewer = steward(request)
    document = checked_document(check(DocumentSent, read_body(request)).document)
    return _impact(request, impact_of(viewer, configuration_document(viewer), document), viewer)


@router.get("/configuration/bundle")
def take_along(request: HttpRequest) -> HttpResponse:
    """What is configured now, as Primero's bundle with keys of ours beside its own."""
    return reply(bundle_of(configuration_document(viewer_of(request))))


def _locale(request: HttpRequest, viewer: Viewer) -> str:
    asked = read_query(request).get("locale")
    return asked if isinstance(asked, str) and asked else viewer.locale


def _problems(request: HttpRequest, document: Document, found: Sequence[Finding], viewer: Viewer) -> HttpResponse:
    page, locale = page_of(read_query(request), per=USUAL_PAGE), _locale(request, viewer)
    shown = found[page.offset : page.offset + page.per]
    errors = sum(1 for finding in found if not finding.warning)
    counts = {"errors": errors, "warnings": len(found) - errors}
    metadata = {"total": len(found), "per": page.per, "page": page.number} | counts
    return reply([finding_json(finding, document, locale) for finding in shown], metadata)


def finding_json(finding: Finding, document: Document, locale: str) -> dict[str, Any]:
    """One problem: the thing, what is wrong with it, and the way out."""
    problem, place = finding.problem, place_of(finding.problem.pointer, document)
    return {
        "pointer": problem.pointer,
        "code": problem.code,
        "params": dict(problem.params),
        "warning": finding.warning,
        **_place_json(place, locale),
        "sentence": sentence(locale, problem.code, **problem.params),
        "way_out": sentence(locale, way_out(problem.code, warning=finding.warning)),
    }


def _place_json(place: Place, locale: str) -> dict[str, Any]:
    def thing(named: Any) -> dict[str, str] | None:
        return {"id": named.id, "name": called(named, locale)} if named else None

    return {"kind": place.kind, "thing": thing(place.thing), "within": thing(place.within)}


def _impact(request: HttpRequest, found: Sequence[Impact], viewer: Viewer) -> HttpResponse:
    page, locale = page_of(read_query(request), per=USUAL_PAGE), _locale(request, viewer)
    shown = found[page.offset : page.offset + page.per]
    metadata = {"total": len(found), "per": page.per, "page": page.number}
    return reply([impact_json(impact, locale) for impact in shown], metadata)


def impact_json(impact: Impact, locale: str) -> dict[str, Any]:
    """What one change touches, with its sentence."""
    within = impact.within
    return {
        "kind": impact.kind,
        "thing": {"id": impact.thing.id, "name": called(impact.thing, locale)} if impact.thing.id else None,
        "within": {"id": within.id, "name": called(within, locale)} if within else None,
        "counted": impact.counted,
        "count": impact.count,
        "exact": impact.exact,
        "sentence": said(impact, locale),
    }
