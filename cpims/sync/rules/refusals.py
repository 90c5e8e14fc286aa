"""How sync says no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound


class ItemInvalid(Invalid):
    """The item does not have the shape that is asked for."""

    code = "sync.item_invalid"


class BatchTooLarge(Invalid):
    """Too much was sent at once; send it in several batches."""

    code = "sync.batch_too_large"


class QuarantineNotFound(NotFound):
    """There is nothing of this id in quarantine, or not for this person."""

    code = "quarantine.not_found"


class QuarantineResolved(Conflict):
    """The owner has decided on this already."""

    code = "quarantine.resolved"


class SchemaUnknown(Invalid):
    """The device wrote this in a newer way than this server knows; it keeps it until the server is brought up to date."""

    code = "sync.schema_unknown"


class OtherAccount(Conflict):
    """The work of one account came in the session of another; nothing of it was done."""

    code = "sync.other_account"
