"""Forms: list, read, make, change, arrange, put away, bring back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import check, read_body, read_data
from cpims.api.http.prefer import prefers
from cpims.api.http.query import read_query
from cpims.api.http.reply import no_content, raw, reply
from cpims.api.shapes.forms import FormPlaces
from cpims.forms.actions import (
    FormOutcome,
    arrange_forms,
    bring_form_back,
    change_form,
    create_form,
    retire_form,
)
from cpims.forms.queries.catalogue import served_forms, served_forms_bytes
from cpims.forms.queries.definitions import get_form, whole_form
from cpims.forms.queries.privacy import privacy_classes
from cpims.forms.queries.retired import is_closed, retired_forms, retired_questions
from cpims.lib.clock import now
from cpims.settings.queries import settings_at

router = Router(tags=["forms"])
#: What Primero does not know.
ours = Router(tags=["forms"])


@router.get("/forms")
def list_forms(request: HttpRequest) -> HttpResponse:
    """All forms, nested ones too; every signed-in person's client needs them."""
    viewer = viewer_of(request)
    locales = settings_at(viewer.configuration).locales
    query = read_query(request)
    asked = {key: query[key] for key in ("unique_id", "record_type", "module_id") if query.get(key)}
    if not asked and "exclude_subforms" not in query:
        return _unchanged_or(request, f'W/"forms-{viewer.configuration}-{"-".join(locales)}"', locales)
    return reply(
        [
            form
            for form in served_forms(viewer.configuration, locales)
            if asked.get("unique_id", form["unique_id"]) == form["unique_id"]
            and asked.get("record_type", form["parent_form"]) == form["parent_form"]
            and ("module_id" not in asked or asked["module_id"] in form["module_ids"])
            and not ("exclude_subforms" in query and form["is_nested"])
        ]
    )


@router.post("/forms")
def make_form(request: HttpRequest) -> HttpResponse:
    """A new form."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    data = read_data(request)
    outcome = create_form(values=data, actor=viewer, at=now(), strict=prefers(request, "handling=strict"))
    if data.get("id") is not None:
        return no_content()
    return reply(whole_form(outcome.form, settings_at(viewer.configuration).locales), _left_aside(outcome))


@router.get("/forms/{form_id}")
def read_form(request: HttpRequest, form_id: str) -> HttpResponse:
    """One form."""
    viewer = viewer_of(request)
    return reply(get_form(form_id, viewer=viewer, locales=settings_at(viewer.configuration).locales))


@router.api_operation(["PATCH", "PUT"], "/forms/{form_id}")
def amend_form(request: HttpRequest, form_id: str) -> HttpResponse:
    """A form is changed; ``If-Match`` may name the ``updated_at`` that was read."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage", "manage_restricted")
    seen = request.META.get("HTTP_IF_MATCH", "").removeprefix("W/").strip('"')
    asked = seen if seen and seen != "*" else None
    outcome = change_form(
        form_id=form_id,
        values=read_data(request),
        actor=viewer,
        at=now(),
        seen=asked,
        strict=prefers(request, "handling=strict"),
    )
    return reply({"id": outcome.form.id}, _left_aside(outcome))


@router.delete("/forms/{form_id}")
def drop_form(request: HttpRequest, form_id: str) -> HttpResponse:
    """A form is put away."""
    return reply({"id": retire_form(form_id=form_id, actor=viewer_of(request), at=now()).id})


@ours.get("/forms/privacy")
def list_privacy(request: HttpRequest) -> HttpResponse:
    """What the answer to each question tells about a person."""
    classes = privacy_classes(viewer_of(request).configuration)
    return reply([{"form": form, "fields": dict(fields)} for form, fields in classes.items()])


@ours.get("/forms/retired")
def list_retired_forms(request: HttpRequest) -> HttpResponse:
    """The forms that were put away, and whether forms can be changed here at all."""
    viewer = viewer_of(request)
    forms = retired_forms(viewer=viewer, locales=settings_at(viewer.configuration).locales)
    return reply(forms, {"closed": is_closed()})


@ours.get("/forms/{form_id}/retired")
def list_retired_questions(request: HttpRequest, form_id: str) -> HttpResponse:
    """The questions of a form that were put away."""
    viewer = viewer_of(request)
    return reply(retired_questions(form_id, viewer=viewer, locales=settings_at(viewer.configuration).locales))


@ours.post("/forms/arrange")
def put_in_order(request: HttpRequest) -> HttpResponse:
    """Forms are put into another order."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage", "manage_restricted")
    places = check(FormPlaces, read_body(request)).forms
    moved = arrange_forms(places=[place.model_dump() for place in places], actor=viewer, at=now())
    return reply([{"id": form.id} for form in moved])


@ours.post("/forms/{form_id}/bring_back")
def take_into_use(request: HttpRequest, form_id: str) -> HttpResponse:
    """A form that was put away is used again."""
    return reply({"id": bring_form_back(form_id=form_id, actor=viewer_of(request), at=now()).id})


def _unchanged_or(request: HttpRequest, tag: str, locales: tuple[str, ...]) -> HttpResponse:
    """The whole list, or word that the client has it already."""
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
    else:
        response = raw(served_forms_bytes(viewer_of(request).configuration, locales))
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _left_aside(outcome: FormOutcome) -> dict[str, Any] | None:
    if not outcome.ignored:
        return None
    return {"ignored": [{"pointer": problem.pointer, "code": problem.code} for problem in outcome.ignored]}
