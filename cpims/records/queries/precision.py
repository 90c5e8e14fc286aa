"""Since when an age is known."""

from __future__ import annotations

from cpims.access.rules.viewer import Viewer
from cpims.records.models import Record
from cpims.records.queries.lending import readable_of


def age_recorded_on(record: Record, viewer: Viewer) -> str | None:
    """The day on which the age was last written down, for whoever may read the age: "about 7, recorded on …".

    Shows: one ISO day, or nothing where the age is not hers to read.
    """
    recorded = record.state.get("age_recorded_on")
    return recorded if recorded and "age" in readable_of(record, viewer) else None
