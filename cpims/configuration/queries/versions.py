"""The versions of the configuration, how it stands now, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from cpims.access.rules.viewer import Viewer, require
from cpims.configuration.formats.canonical import Document, hash_of, read_document, unpacked, written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries.document import configuration_document
from cpims.configuration.rules.differing import Change, changes_between
from cpims.configuration.rules.versions import VersionNotFound

#: How the list of configurations may be ordered, by the names that clients use.
ORDERS: Final[Mapping[str, str]] = {
    "created_on": "number",
    "created_by": "by",
    "name": "name",
    "description": "reason",
    "version": "version",
}

#: Causes of versions that came by making a configuration hold.
APPLIED: Final = ("bundle", "promotion", "rollback")


@dataclass(frozen=True)
class Standing:
    """How the configuration stands: its hash, the newest version, and whether somebody changed anything since."""

    hash: str
    newest: ConfigurationVersion | None
    counts: Mapping[str, int]

    @property
    def changed(self) -> bool:
        """Is anything configured otherwise than the newest version says?"""
        return self.newest is None or self.newest.document_id != self.hash


@dataclass(frozen=True)
class Compared:
    """Two configurations by their hashes, and every change from the first to the second."""

    before: str
    after: str
    changes: list[Change]


def require_may_see(viewer: Viewer | None) -> None:
    """Versions are for operators (no viewer) and for whoever may manage configurations.

    Raises: Forbidden.
    """
    if viewer is not None:
        require(viewer, "primero_configuration", "manage")


def newest_version() -> ConfigurationVersion | None:
    """The version that held last; configurations that were only sent here are passed over."""
    return ConfigurationVersion.objects.filter(configuration__gte=0).order_by("-number").first()


def standing_of(viewer: Viewer | None) -> Standing:
    """How the configuration stands now.

    Raises: Forbidden. Shows: hash, newest version, how many things of each part there are.
    """
    document = configuration_document(viewer)
    counts = {part: len(value) for part, value in document.items() if part != "format"}
    counts["fields"] = sum(len(form["fields"]) for form in document["forms"].values())
    return Standing(hash_of(written(document)), newest_version(), counts)


def find_versions(viewer: Viewer | None, *, offset: int, length: int) -> tuple[list[ConfigurationVersion], int]:
    """All versions, the newest first, and how many there are.

    Raises: Forbidden.
    """
    require_may_see(viewer)
    rows = ConfigurationVersion.objects.order_by("-number")
    return list(rows[offset : offset + length]), rows.count()


def find_listed(
    viewer: Viewer, *, offset: int, length: int, order_by: str = "", descending: bool = True
) -> tuple[list[ConfigurationVersion], int]:
    """The versions that stand on the list of configurations, ordered as was asked, the newest first by default.

    Raises: Forbidden.
    """
    require_may_see(viewer)
    rows = _listed()
    sign = "-" if descending else ""
    ordered = rows.order_by(f"{sign}{ORDERS.get(order_by, 'number')}", f"{sign}number")
    return list(ordered[offset : offset + length]), rows.count()


def get_version(viewer: Viewer | None, number: int | None) -> ConfigurationVersion:
    """One version, by its number.

    Raises: Forbidden, VersionNotFound.
    """
    require_may_see(viewer)
    found = None
    if number is not None and number < 2**31:
        found = ConfigurationVersion.objects.filter(number=number).first()
    if found is None:
        raise VersionNotFound
    return found


def get_listed(viewer: Viewer, version_id: UUID | None) -> ConfigurationVersion:
    """One version that stands on the list of configurations, by its id.

    Raises: Forbidden, VersionNotFound.
    """
    require_may_see(viewer)
    found = _listed().filter(pk=version_id).first() if version_id else None
    if found is None:
        raise VersionNotFound
    return found


def _listed() -> QuerySet[ConfigurationVersion]:
    """The versions of the list, each with the latest moment at which it was made to hold again, and by whom."""
    applied = ConfigurationVersion.objects.filter(
        document=OuterRef("document"), number__gt=OuterRef("number"), cause__in=APPLIED, configuration__gte=0
    ).order_by("-number")
    return ConfigurationVersion.objects.filter(put_away_at__isnull=True).annotate(
        applied_on=Subquery(applied.values("at")[:1]), applied_by=Subquery(applied.values("by")[:1])
    )


def content_of(version: ConfigurationVersion) -> bytes:
    """The document of a version, byte for byte as it was kept."""
    return unpacked(bytes(version.document.content))


def document_of(version: ConfigurationVersion) -> Document:
    """The document of a version."""
    return read_document(content_of(version))


def compared(viewer: Viewer | None, *, before: int | None, after: int | None) -> Compared:
    """What differs between two versions; without a number it is the configuration that holds now.

    Raises: Forbidden, VersionNotFound.
    """
    require_may_see(viewer)
    sides = [
        configuration_document(viewer) if number is None else document_of(get_version(viewer, number))
        for number in (before, after)
    ]
    return comparison(*sides)


def compared_with(viewer: Viewer | None, document: Document) -> Compared:
    """What would differ here if this instance were configured as the document says.

    Raises: Forbidden.
    """
    return comparison(configuration_document(viewer), document)


def comparison(before: Document, after: Document) -> Compared:
    """Two documents side by side."""
    return Compared(hash_of(written(before)), hash_of(written(after)), changes_between(before, after))
