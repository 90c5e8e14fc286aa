"""Who is signed in, and to which instance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.api.http.auth import viewer_of
from cpims.api.http.reply import reply
from cpims.api.locations import places_file
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at

router = Router(tags=["session"])


@router.get("/session", summary="Who is signed in")
def show_session(request: HttpRequest) -> HttpResponse:
    """The signed-in person, the instance, its languages and its time zone."""
    viewer = viewer_of(request)
    instance = Instance.objects.get()
    decided = settings_at(viewer.configuration)
    return reply(
        {
            "id": viewer.user_id,
            "user_name": viewer.user_name,
            "full_name": viewer.full_name,
            "role": viewer.role,
            "group_permission": str(viewer.scope),
            "locale": viewer.locale or decided.default_locale,
            "instance": {"kind": instance.kind, "name": instance.name, "uuid": str(instance.uuid)},
            "locales": list(decided.locales),
            "time_zone": decided.time_zone,
            "configuration": viewer.configuration,
            "places": places_file(viewer.configuration),
            "owes_conduct": viewer.owes_conduct,
            "owes_terms": viewer.owes_terms,
            "agency_id": viewer.agency_id,
        }
    )
