"""The configuration for a device, part by part: only what differs from what it holds comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from cpims.access.rules.viewer import Forbidden, Viewer
from cpims.accounts.queries.people import get_user
from cpims.api.http.auth import viewer_of
from cpims.api.http.body import BodyInvalid, check, read_body
from cpims.api.http.reply import raw
from cpims.api.shapes.configuration import ConfigurationAsked
from cpims.api.user_json import Background, user_json
from cpims.forms.queries.bootstrap import system_settings
from cpims.forms.queries.catalogue import served_forms_bytes
from cpims.lib.errors import Problem
from cpims.lib.json import dumps
from cpims.locations.queries import list_locations, location_json, require_may_list
from cpims.lookups.queries import served_lookups
from cpims.settings.queries import settings_at

router = Router(tags=["sync"])
MOST_PLACES: Final = 1_000_000


@router.post("/sync/configuration", summary="Parts of the configuration that a device does not hold yet")
def send_configuration(request: HttpRequest) -> HttpResponse:
    """Each part with its version; a part whose version the device names is not sent again."""
    viewer = viewer_of(request)
    asked = check(ConfigurationAsked, read_body(request))
    unknown = [name for name in dict.fromkeys((*asked.parts, *asked.known)) if name not in PARTS]
    if unknown:
        raise BodyInvalid([Problem("/parts", "not_an_option", {"name": name}) for name in unknown])
    sent: list[bytes] = []
    unchanged: list[str] = []
    refused: list[str] = []
    for name in dict.fromkeys(asked.parts or PARTS):
        try:
            version, value = _told(name, asked.known.get(name), viewer)
        except Forbidden:
            refused.append(name)
            continue
        if value is None:
            unchanged.append(name)
        else:
            sent.append(dumps(name) + b':{"version":' + dumps(version) + b',"value":' + value + b"}")
    standing = {"epoch": viewer.epoch, "configuration": viewer.configuration}
    metadata = dumps(standing | {"unchanged": unchanged, "refused": refused})
    return raw(b'{"data":{' + b",".join(sent) + b'},"metadata":' + metadata + b"}")


def _told(name: str, known: str | None, viewer: Viewer) -> tuple[str, bytes | None]:
    """The version of a part and, unless the device holds that one, the part as JSON."""
    part = PARTS[name]
    part.permit(viewer)
    standing = (viewer.configuration, _locales(viewer))
    remembered = _versions.get(name) if part.is_shared else None
    if remembered and remembered[0] == standing and remembered[1] == known:
        return remembered[1], None
    value = part.write(viewer)
    version = hashlib.sha256(value).hexdigest()[:16]
    if part.is_shared:
        _versions[name] = (standing, version)
    return version, None if version == known else value


def _locales(viewer: Viewer) -> tuple[str, ...]:
    return settings_at(viewer.configuration).locales


def _account(viewer: Viewer) -> bytes:
    user = get_user(viewer, str(viewer.user_id))
    return dumps(user_json(user, Background(viewer.configuration, [user]), extended=True))


def _settings(viewer: Viewer) -> bytes:
    return dumps(system_settings(viewer, extended=True))


def _forms(viewer: Viewer) -> bytes:
    whole = served_forms_bytes(viewer.configuration, _locales(viewer))
    return whole.removeprefix(b'{"data":').removesuffix(b"}")


def _lookups(viewer: Viewer) -> bytes:
    return dumps(served_lookups(viewer.configuration, _locales(viewer)))


def _places(viewer: Viewer) -> bytes:
    rows, _ = list_locations(viewer=viewer, count=MOST_PLACES)
    locales = _locales(viewer)
    return dumps([location_json(row, locales, hierarchy=True) for row in rows])


def _anybody(_viewer: Viewer) -> None:
    """Whoever is signed in."""


@dataclass(frozen=True)
class Part:
    """How a part is written; ``is_shared``: it is the same for everybody at one number of the configuration."""

    write: Callable[[Viewer], bytes]
    is_shared: bool = False
    permit: Callable[[Viewer], None] = _anybody


PARTS: Final[Mapping[str, Part]] = {
    "me": Part(_account),
    "settings": Part(_settings),
    "forms": Part(_forms, is_shared=True),
    "lookups": Part(_lookups, is_shared=True),
    "locations": Part(_places, is_shared=True, permit=require_may_list),
}
#: The version of each shared part, so that it is written for those who lack it, not for each device that asks.
_versions: dict[str, tuple[tuple[int, tuple[str, ...]], str]] = {}
