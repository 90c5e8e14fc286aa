"""How transitions say no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted


class TransitionNotFound(NotFound):
    """There is no such transition of this case, or not for this person."""

    code = "transition.not_found"


class NotTheRecipient(NotPermitted):
    """Only she to whom it is addressed answers, or who answers for her work."""

    code = "transition.not_yours_to_answer"


class NotYoursToRevoke(NotPermitted):
    """Only who sent it, who holds the case, or who may take people off a case revokes it."""

    code = "transition.not_yours_to_revoke"


class TransitionMoveNotAllowed(Conflict):
    """It was answered, finished or revoked meanwhile."""

    code = "transition.move_not_allowed"


class CaseNotOpen(Conflict):
    """Only an open case is shared."""

    code = "transition.case_not_open"


class TransferPending(Conflict):
    """Another transfer of this case waits for an answer."""

    code = "transition.transfer_pending"


class RequestPending(Conflict):
    """She has asked for this case already."""

    code = "transition.request_pending"


class TransitionInvalid(Invalid):
    """The case cannot be shared so: every reason is named."""

    code = "transition.invalid"


class ConsentInvalid(Invalid):
    """What was said about sharing cannot be kept so."""

    code = "consent.invalid"
