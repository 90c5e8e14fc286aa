"""How records say no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Stale


class RecordNotFound(NotFound):
    """There is no such record, or not for this person."""

    code = "record.not_found"


class NoLongerYours(NotPermitted):
    """She once held this record and holds it no more; what she wrote is kept for its owner."""

    code = "record.no_longer_yours"


class RecordExists(Conflict):
    """A record with this id is there already."""

    code = "record.exists"


class EditConflict(Conflict):
    """Somebody else answered the same question meanwhile. ``params["conflicts"]`` holds both answers."""

    code = "record.conflict"


class RecordStale(Stale):
    """The record is not at the revision that was named."""

    code = "record.stale"


class AnswersInvalid(Invalid):
    """Some answers are wrong; none was stored."""

    code = "record.invalid"


class MoveNotAllowed(Conflict):
    """The record's status does not allow this now."""

    code = "record.move_not_allowed"


class SectionsIncomplete(Invalid):
    """The sections that this act rests on are not complete."""

    code = "record.incomplete"


class ListInvalid(Invalid):
    """A list cannot be given as it was asked for."""

    code = "list.invalid"


class UnknownAct(Invalid):
    """There is no such act on a record of this kind."""

    code = "case.unknown_action"
