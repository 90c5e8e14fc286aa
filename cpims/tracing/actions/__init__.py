"""Acts on tracing requests."""

from cpims.tracing.actions.deciding import confirm_match, reject_match, undo_match
from cpims.tracing.actions.recording import amend_tracing_request, register_tracing_request
from cpims.tracing.actions.rematching import begin_rematch, cancel_rematch, run_rematch

__all__ = [
    "amend_tracing_request",
    "begin_rematch",
    "cancel_rematch",
    "confirm_match",
    "register_tracing_request",
    "reject_match",
    "run_rematch",
    "undo_match",
]
