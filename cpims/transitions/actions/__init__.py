"""Acts between the people who work on a case."""

from cpims.transitions.actions.answering import answer_transition, revoke_transition
from cpims.transitions.actions.consents import register_consent, withdraw_consent
from cpims.transitions.actions.escalating import raise_unanswered
from cpims.transitions.actions.previewing import preview_sharing
from cpims.transitions.actions.requesting import request_transfer
from cpims.transitions.actions.sharing import assign_case, refer_case, transfer_case

__all__ = [
    "answer_transition",
    "assign_case",
    "preview_sharing",
    "raise_unanswered",
    "refer_case",
    "register_consent",
    "request_transfer",
    "revoke_transition",
    "transfer_case",
    "withdraw_consent",
]
