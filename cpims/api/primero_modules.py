"""The parts of the work that this instance does."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import require
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import read_data
from cpims.api.http.prefer import prefers
from cpims.api.http.reply import reply
from cpims.forms.actions import change_module
from cpims.forms.queries.modules import served_modules
from cpims.lib.clock import now
from cpims.modules.queries import get_module
from cpims.settings.queries import configuration_number, settings_at

router = Router(tags=["primero_modules"])


@router.get("/primero_modules")
def list_modules(request: HttpRequest) -> HttpResponse:
    """All parts of the work."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    return reply(served_modules(viewer.configuration, settings_at(viewer.configuration).locales))


@router.get("/primero_modules/{module_id}")
def read_module(request: HttpRequest, module_id: str) -> HttpResponse:
    """One part of the work."""
    viewer = viewer_of(request)
    module = get_module(module_id, viewer=viewer)
    return reply(_shown(module.id, viewer.configuration))


@router.api_operation(["PATCH", "PUT"], "/primero_modules/{module_id}")
def amend_module(request: HttpRequest, module_id: str) -> HttpResponse:
    """A part of the work is described anew, or gets other record types or forms."""
    viewer = viewer_of(request)
    require(viewer, "metadata", "manage")
    strict = prefers(request, "handling=strict")
    module, left = change_module(module_id=module_id, values=read_data(request), actor=viewer, at=now(), strict=strict)
    ignored = {"ignored": [{"pointer": problem.pointer, "code": problem.code} for problem in left]} if left else None
    return reply(_shown(module.id, configuration_number()), ignored)


def _shown(number: int, configuration: int) -> dict[str, Any]:
    modules = served_modules(configuration, settings_at(configuration).locales)
    return next(dict(module) for module in modules if module["id"] == number)
