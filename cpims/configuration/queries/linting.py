"""What is wrong or weak in a configuration, seen from what stands here."""

from __future__ import annotations

from cpims.access.rules.viewer import Viewer, require
from cpims.configuration.formats.canonical import Document
from cpims.configuration.queries.document import configuration_document
from cpims.configuration.rules.checking import Finding
from cpims.configuration.rules.linting import Stands, document_problems
from cpims.forms.models import Field, Form
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.settings.queries import configuration_number, settings_at


def stands_now() -> Stands:
    """The questions that were ever asked here, the places that ever lay here, and the lists that the program relies on."""
    fields = Field.objects.values_list("form__unique_id", "name", "type", "attributes__multi_select")
    return Stands(
        locales=settings_at(configuration_number()).locales,
        kinds={(form, name): (kind, bool(multi)) for form, name, kind, multi in fields},
        record_types=dict(Form.objects.values_list("unique_id", "parent_form")),
        places=dict(Location.objects.values_list("code", "hierarchy")),
        locked=frozenset(
            Lookup.objects.filter(locked=True, retired_at__isnull=True).values_list("unique_id", flat=True)
        ),
    )


def find_problems(viewer: Viewer | None, document: Document | None = None) -> list[Finding]:
    """What is wrong or weak in a document, or in what is configured now; errors first.

    Raises: Forbidden. Shows: names of things that are configured, no person and no record.
    """
    if viewer is not None:
        require(viewer, "primero_configuration", "manage")
    return document_problems(configuration_document(viewer) if document is None else document, stands_now())
