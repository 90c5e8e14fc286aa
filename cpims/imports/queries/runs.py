"""Tables that are being worked on just now."""

from __future__ import annotations

from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.imports.models import ImportRun
from cpims.imports.rules.progress import ImportRunNotFound


def get_run(run_id: UUID | None, viewer: Viewer) -> ImportRun:
    """How far a table of hers has come.

    Raises: ImportRunNotFound.
    """
    run = ImportRun.objects.filter(pk=run_id, user_id=viewer.user_id).first() if run_id else None
    if run is None:
        raise ImportRunNotFound
    return run
