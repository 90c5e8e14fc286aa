"""Questions about cases that no other kind of record asks."""

from __future__ import annotations

from cpims.access.rules.viewer import Viewer, require
from cpims.records.models import Record
from cpims.records.rules.refusals import RecordNotFound


def get_identified_case(viewer: Viewer) -> Record:
    """The case that is about the viewer herself, in her sight like any other.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, "case", "read")
    found = Record.objects.visible_to(viewer).of_kind("case").filter(identified_by=viewer.user_name).first()
    if found is None:
        raise RecordNotFound
    return found
