"""The code of conduct that holds now."""

from __future__ import annotations

from typing import Any

from cpims.accounts.models import CodeOfConduct
from cpims.accounts.rules.conduct import ConductNotFound
from cpims.lib.clock import iso


def find_conduct() -> CodeOfConduct | None:
    """The code of conduct that holds now, if there is one."""
    return CodeOfConduct.objects.order_by("-id").first()


def get_conduct() -> CodeOfConduct:
    """The code of conduct that holds now.

    Raises: ConductNotFound.
    """
    found = find_conduct()
    if found is None:
        raise ConductNotFound
    return found


def conduct_json(conduct: CodeOfConduct) -> dict[str, Any]:
    """A code of conduct as the API shows it."""
    return {
        "id": conduct.id,
        "title": conduct.title,
        "content": conduct.content,
        "created_on": iso(conduct.created_on),
        "created_by": conduct.created_by,
    }
