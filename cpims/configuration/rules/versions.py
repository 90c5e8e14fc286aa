"""What a publication must say, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from cpims.lib.errors import Conflict, Invalid, NotFound, Problem

LONGEST_TEXT: Final = 2_000
#: The number of the configuration at which one that was only sent here holds.
NEVER_HELD: Final = -1


class VersionNotFound(NotFound):
    """There is no such version of the configuration."""

    code = "configuration.version_not_found"


class NothingToPublish(Conflict):
    """The configuration is as the newest version says."""

    code = "configuration.nothing_to_publish"


class PromoteNotPaired(Conflict):
    """A configuration goes to the other instance as an approved set of changes, not from this list."""

    code = "configuration.promote_not_paired"


class PublicationInvalid(Invalid):
    """What was said about the publication cannot be used; nothing was published."""

    code = "configuration.publication_invalid"


def publication_problems(values: Mapping[str, Any], *, needed: str) -> list[Problem]:
    """Every problem of what is said about a publication; one of its texts (``needed``) must be there."""
    problems = []
    for key, value in values.items():
        if value is not None and not isinstance(value, str):
            problems.append(Problem(f"/{key}", "configuration.text_wanted"))
        elif value is not None and len(value) > LONGEST_TEXT:
            problems.append(Problem(f"/{key}", "configuration.text_too_long", {"limit": LONGEST_TEXT}))
    said = values.get(needed)
    if said is None or (isinstance(said, str) and not said.strip()):
        code = "configuration.name_required" if needed == "name" else "configuration.reason_required"
        problems.append(Problem(f"/{needed}", code))
    return problems


def usual_label(at: datetime, version_id: UUID) -> str:
    """The name of a version that was given none: the moment and seven signs, as in Primero."""
    return f"{at:%Y%m%d.%H%M%S}.{version_id.hex[:7]}"
