"""Acts on a child's case."""

from cpims.cases.actions.amend import amend_case
from cpims.cases.actions.conflicts import let_answers_go
from cpims.cases.actions.duplicates import resolve_duplicate
from cpims.cases.actions.register import NewCase, register_case, register_cases

__all__ = ["NewCase", "amend_case", "let_answers_go", "register_case", "register_cases", "resolve_duplicate"]
