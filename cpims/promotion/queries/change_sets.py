"""Sets of changes: what may be chosen, what is chosen, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.configuration.formats.canonical import Document, read_document, unpacked
from cpims.configuration.models import ConfigurationDocument
from cpims.configuration.queries.versions import newest_version, require_may_see
from cpims.configuration.rules.differing import Change, changes_between
from cpims.lib.clock import iso
from cpims.promotion.formats.signed import PROMOTION, signed_file
from cpims.promotion.models import ChangeSet, Promotion
from cpims.promotion.queries.standing import signing_seed
from cpims.promotion.rules.choosing import change_id, chosen_document
from cpims.promotion.rules.moves import APPROVED, PROMOTED
from cpims.promotion.rules.needing import missing_needs, needs_of
from cpims.promotion.rules.refusals import ChangeSetNotFound, IllegalMove, PromotionNotFound
from cpims.settings.models import Instance


@dataclass(frozen=True)
class Choice:
    """A set with everything that could go, each by its id, and what each needs."""

    row: ChangeSet
    changes: dict[str, Change]
    needs: dict[str, list[str]]

    @property
    def chosen(self) -> set[str]:
        """The ids of what goes."""
        return self.changes.keys() - set(self.row.left_out)

    def missing(self) -> list[tuple[str, str]]:
        """What goes without something that it needs, and that."""
        return missing_needs(self.needs, self.chosen)

    def document(self) -> Document:
        """What production is configured as when this went there."""
        base, here = kept_document(self.row.base), kept_document(self.row.here)
        return here if not self.row.left_out else chosen_document(base, here, self.chosen)


def kept_document(row: ConfigurationDocument) -> Document:
    """A configuration that is kept."""
    return read_document(unpacked(bytes(row.content)))


def find_change_sets(viewer: Viewer, *, offset: int, length: int) -> tuple[list[ChangeSet], int]:
    """All sets, the newest first, and how many there are.

    Raises: Forbidden.
    """
    require_may_see(viewer)
    rows = ChangeSet.objects.order_by("-number")
    return list(rows[offset : offset + length]), rows.count()


def get_change_set(viewer: Viewer, set_id: UUID | None) -> ChangeSet:
    """One set, without its documents.

    Raises: Forbidden, ChangeSetNotFound.
    """
    require_may_see(viewer)
    found = ChangeSet.objects.filter(pk=set_id).first() if set_id else None
    if found is None:
        raise ChangeSetNotFound
    return found


def get_choice(viewer: Viewer, set_id: UUID | None) -> Choice:
    """One set with all its changes.

    Raises: Forbidden, ChangeSetNotFound.
    """
    return choice_of(get_change_set(viewer, set_id))


def choice_of(row: ChangeSet) -> Choice:
    """A set with all its changes."""
    documents = ConfigurationDocument.objects.in_bulk({row.base_id, row.here_id})
    changes = changes_between(kept_document(documents[row.base_id]), kept_document(documents[row.here_id]))
    return Choice(row, {change_id(change): change for change in changes}, needs_of(changes))


def promotion_file(viewer: Viewer, set_id: UUID | None) -> dict[str, object]:
    """An approved set as the signed file that production takes.

    Raises: Forbidden, ChangeSetNotFound, IllegalMove.
    """
    return signed_set(get_change_set(viewer, set_id))


def signed_set(row: ChangeSet) -> dict[str, object]:
    """An approved set, signed for production.

    Raises: IllegalMove.
    """
    if row.state not in (APPROVED, PROMOTED) or row.target is None or not row.proposed_at or not row.approved_at:
        raise IllegalMove(state=row.state, to=PROMOTED)
    return signed_file(
        signing_seed(),
        {
            "format": PROMOTION,
            "from": str(Instance.objects.values_list("uuid", flat=True).get()),
            "to": str(row.pair_id),
            "id": str(row.pk),
            "number": row.number,
            "title": row.title,
            "reason": row.reason,
            "base_hash": row.base_id,
            "target_hash": row.target_id,
            "proposed_by": row.proposed_by,
            "proposed_at": iso(row.proposed_at),
            "approved_by": row.approved_by,
            "approved_at": iso(row.approved_at),
            "document": kept_document(row.target),
        },
    )


def find_promotions(viewer: Viewer, *, offset: int, length: int) -> tuple[list[Promotion], int]:
    """What came here, the newest first, and how many there are.

    Raises: Forbidden.
    """
    require_may_see(viewer)
    rows = Promotion.objects.order_by("-received_at")
    return list(rows[offset : offset + length]), rows.count()


def get_promotion(viewer: Viewer, promotion_id: UUID | None) -> Promotion:
    """One promotion that came here.

    Raises: Forbidden, PromotionNotFound.
    """
    require_may_see(viewer)
    found = Promotion.objects.filter(pk=promotion_id).first() if promotion_id else None
    if found is None:
        raise PromotionNotFound
    return found


def find_rollable() -> Promotion | None:
    """The last promotion that holds, when the newest version is what it brought."""
    last = Promotion.objects.filter(rolled_back_at__isnull=True).order_by("-received_at").first()
    newest = newest_version()
    return last if last is not None and newest is not None and newest.number == last.version else None
