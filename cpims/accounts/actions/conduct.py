"""Publishing the code of conduct."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.events import CodeOfConductPublished
from cpims.accounts.models import CodeOfConduct
from cpims.accounts.queries.conduct import find_conduct
from cpims.accounts.rules.conduct import KEYS, ConductInvalid, conduct_problems
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration, raise_configuration


@atomic
def publish_conduct(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> CodeOfConduct:
    """An administrator publishes the code of conduct. A new text is a new one, which everybody is asked to accept again.

    The same text keeps what people accepted, and takes the new day and name (as in Primero).
    Raises: Forbidden, ConductInvalid.
    Records: CodeOfConductPublished.
    """
    require(actor, "code_of_conduct", "manage")
    hold_configuration(actor)
    return write_conduct(values, actor=actor, at=at)


def write_conduct(values: Mapping[str, Any], *, actor: Viewer | None, at: datetime) -> CodeOfConduct:
    """Publish a code of conduct for an action that holds the configuration; ``{}`` says that none holds any more.

    Raises: ConductInvalid.
    Records: CodeOfConductPublished.
    """
    problems = conduct_problems(values) if values else []
    if problems:
        raise ConductInvalid(problems)
    said = {key: str(values.get(key, "")).strip() for key in KEYS}
    current = find_conduct()
    before = {key: getattr(current, key) for key in KEYS} if current else {}
    conduct = current if current is not None and before == said else CodeOfConduct(**said)
    conduct.created_on, conduct.created_by = at, actor.user_name if actor else ""
    conduct.save()
    raise_configuration()
    record(
        CodeOfConductPublished(subject=f"code_of_conduct:{conduct.id}", changes=differences(before, said)),
        actor=actor,
        at=at,
    )
    return conduct
