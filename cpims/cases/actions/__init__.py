"""Acts on a child's case."""

from cpims.cases.actions.amend import amend_case
from cpims.cases.actions.register import NewCase, register_case, register_cases

__all__ = ["NewCase", "amend_case", "register_case", "register_cases"]
