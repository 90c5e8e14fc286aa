"""What was asked for, and where the system is otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.configuration.formats.canonical import Document, hash_of, unpacked, written
from cpims.configuration.queries import configuration_document
from cpims.lib.json import loads
from cpims.rollout.formats.workbook import write_workbook
from cpims.rollout.models import AcceptedDifference, Attestation, Requirements
from cpims.rollout.rules.refusals import RequirementsNotFound, require_may_look
from cpims.rollout.rules.requirements import Difference, asked_of, differences_between
from cpims.settings.queries import configuration_number, settings_at


@dataclass(frozen=True)
class Compared:
    """The newest requirements beside what stands: every difference, and who accepted which."""

    requirements: Requirements | None
    hash: str
    document: Document
    differences: Sequence[Difference]
    accepted: Mapping[str, AcceptedDifference]

    @property
    def open(self) -> list[Difference]:
        """Differences that nobody accepted."""
        return [one for one in self.differences if one.id not in self.accepted]


def compared_with_requirements() -> Compared:
    """The newest requirements beside what is configured now. A fixed number of statements."""
    document = configuration_document(None)
    newest = Requirements.objects.order_by("-number").first()
    differences = differences_between(workbook_of(newest), asked_of(document, _locales())) if newest else []
    accepted = {row.difference: row for row in AcceptedDifference.objects.filter(withdrawn_at__isnull=True)}
    return Compared(newest, hash_of(written(document)), document, differences, accepted)


def differences_now(viewer: Viewer) -> Compared:
    """Where the system is otherwise than was asked for, for who looks after it.

    Raises: Forbidden. Shows: what is configured and what was asked for, no record and no person but who accepted.
    """
    require_may_look(viewer)
    return compared_with_requirements()


def idle_acceptances(found: Compared) -> list[AcceptedDifference]:
    """What was accepted and is not so any more: one of its sides changed."""
    standing = {one.id for one in found.differences}
    return sorted((row for id_, row in found.accepted.items() if id_ not in standing), key=lambda row: row.at)


def newest_attestation() -> Attestation | None:
    """Whose word it was last that the demo is as was asked for."""
    return Attestation.objects.order_by("-at").first()


def find_requirements(viewer: Viewer) -> list[Requirements]:
    """Every version of what was asked for, the newest first, without what it says.

    Raises: Forbidden.
    """
    require_may_look(viewer)
    return list(Requirements.objects.defer("content").order_by("-number"))


def requirements_sheet(viewer: Viewer, number: int | None) -> bytes:
    """A version of what was asked for as a spreadsheet, every row where it was.

    Raises: Forbidden, RequirementsNotFound.
    """
    require_may_look(viewer)
    found = Requirements.objects.filter(number=number).first() if number is not None and number < 2**31 else None
    if found is None:
        raise RequirementsNotFound
    return write_workbook(workbook_of(found), viewer.locale)


def standing_sheet(viewer: Viewer) -> bytes:
    """What is configured now as a workbook of requirements, to begin from.

    Raises: Forbidden.
    """
    require_may_look(viewer)
    return write_workbook(asked_of(configuration_document(None), _locales()), viewer.locale)


def workbook_of(requirements: Requirements) -> dict[str, Any]:
    """What a version asks for."""
    found: dict[str, Any] = loads(unpacked(bytes(requirements.content)))
    return found


def _locales() -> tuple[str, ...]:
    return settings_at(configuration_number()).locales
