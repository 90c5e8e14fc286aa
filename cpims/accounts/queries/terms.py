"""The terms of use of an agency: where they lie, and reading them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency
from cpims.accounts.queries.standing import by_number, get_agency
from cpims.accounts.rules.terms import TermsNotFound
from cpims.lib.crypto import CannotOpen, derive, digest, unseal
from cpims.lib.secrets import secret
from cpims.lib.storage import BytesMissing, Store, open_store


def terms_store() -> Store:
    """Where the bytes of this instance lie."""
    return open_store(settings.ENVIRONMENT.files, settings.ENVIRONMENT.files_url)


def terms_key(agency: Agency, uploaded: datetime) -> tuple[str, bytes]:
    """What the paper uploaded at a moment is called in the store, and the key that it is sealed with.

    Both follow from the agency and the moment by the instance's own secret, so that nothing else need be kept of them.
    """
    whose = [agency.unique_id.encode(), uploaded.astimezone(UTC).isoformat().encode()]
    number = UUID(bytes=digest(derive(secret("instance"), "terms of use: name"), *whose)[:16])
    return f"{number.hex[:2]}/{number.hex}.terms", digest(derive(secret("instance"), "terms of use: key"), *whose)


def get_terms(agency_id: str, *, viewer: Viewer) -> bytes:
    """The terms of use of one's own agency, or of one that the viewer may read.

    Raises: Forbidden, AgencyNotFound, TermsNotFound.
    """
    own = by_number(Agency.objects.filter(unique_id=viewer.agency), agency_id)
    agency = own or get_agency(viewer, agency_id)
    if agency.terms_of_use_uploaded_at is None:
        raise TermsNotFound
    name, key = terms_key(agency, agency.terms_of_use_uploaded_at)
    try:
        return unseal(key, terms_store().read(name), name.encode())
    except (BytesMissing, CannotOpen) as error:
        raise TermsNotFound from error
