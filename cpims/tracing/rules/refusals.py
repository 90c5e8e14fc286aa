"""How tracing says no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, NotFound


class TraceNotFound(NotFound):
    """There is no such trace, or its request is out of sight."""

    code = "trace.not_found"


class TraceAlreadyMatched(Conflict):
    """The child of this trace was found in another case: undo that first."""

    code = "trace.already_matched"


class CaseAlreadyMatched(Conflict):
    """Another child of the same request was found in this case: two children are not one."""

    code = "trace.case_already_matched"


class TraceClosed(Conflict):
    """Nobody looks for this child any more: the request is closed or switched off."""

    code = "trace.closed"


class NoConsentToTracing(Conflict):
    """The child or the caregiver has not agreed that what was told is used to look for the family."""

    code = "trace.no_consent"


class AlreadyDecided(Conflict):
    """This was decided so already."""

    code = "trace.already_decided"


class NothingDecided(Conflict):
    """Nothing was decided about the two that could be undone."""

    code = "trace.nothing_decided"


class TraceKept(Conflict):
    """A child whose case was found is not taken out of a request: undo the match first."""

    code = "trace.kept_while_matched"


class RematchNotFound(NotFound):
    """There is no such run."""

    code = "rematch.not_found"


class RematchUnderWay(Conflict):
    """A run over all open traces is at work already."""

    code = "rematch.under_way"


class RematchHasEnded(Conflict):
    """The run has come to its end."""

    code = "rematch.has_ended"
