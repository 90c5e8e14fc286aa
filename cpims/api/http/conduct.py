"""Until somebody has accepted the code of conduct and the terms of use, only what she needs for that answers."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from cpims.access.rules.viewer import Viewer
from cpims.accounts.rules.conduct import ConductNotAccepted
from cpims.accounts.rules.terms import TermsNotAccepted

#: What a client asks for at its start, before it shows the code of conduct; nothing of it tells about a child.
OPEN: Final = frozenset(
    ("GET", route)
    for route in (
        "api/v2/codes_of_conduct",
        "api/v2/contact_information",
        "api/v2/system_settings",
        "api/v2/permissions",
        "api/v2/forms",
        "api/v2/lookups",
        "api/v2/locations",
        "api/v2/webpush/config",
        "api/cpims/v1/session",
        "api/cpims/v1/locations/<name>",
    )
)
#: One's own account, for reading and for accepting; and the device that one signs in on.
OWN: Final = "api/v2/users/<user_id>"
DEVICES: Final = "api/cpims/v1/devices"
#: The terms of use of one's own agency.
TERMS: Final = "api/cpims/v1/agencies/<agency_id>/terms_of_use"


def require_accepted(request: HttpRequest, viewer: Viewer) -> None:
    """Refuse whoever has still to accept the code of conduct or the terms of use, on every road but those to them.

    Raises: ConductNotAccepted, TermsNotAccepted.
    """
    if not viewer.owes_conduct and not viewer.owes_terms:
        return
    match = request.resolver_match
    route = match.route if match else ""
    own = route == OWN and match is not None and str(match.kwargs.get("user_id")) == str(viewer.user_id)
    if (request.method, route) in OPEN or route == DEVICES or (own and request.method in ("GET", "PATCH", "PUT")):
        return
    if route == TERMS and match is not None and str(match.kwargs.get("agency_id")) == str(viewer.agency_id):
        return
    if viewer.owes_conduct:
        raise ConductNotAccepted
    raise TermsNotAccepted
