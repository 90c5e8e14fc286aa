"""What stands against a set of changes as it is chosen: what is missing, what moved, what the linter finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cpims.configuration.formats.canonical import Document
from cpims.configuration.rules.linting import document_problems
from cpims.lib.errors import Problem
from cpims.lib.json import canonical
from cpims.promotion.models import Pair
from cpims.promotion.queries.change_sets import Choice, kept_document

#: So many findings of the linter are named.
NAMED: Final = 50


@dataclass(frozen=True)
class Standing:
    """One thing that stands against a set, and the change that it is about."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    change: str | None = None


def problems_of(choice: Choice) -> list[Standing]:
    """Everything that keeps a draft from being proposed; nothing once it is on its way."""
    found: list[Standing] = []
    if choice.row.state not in ("draft", "proposed", "approved"):
        return found
    if not choice.chosen:
        found.append(Standing("change_set.nothing_chosen"))
    found += [Standing("change_set.needs", {"needs": other}, one) for one, other in choice.missing()]
    if choice.row.state == "draft" and choice.chosen and not found:
        found += _findings(kept_document(choice.row.base), choice.document())
    last = Pair.objects.filter(pk=choice.row.pair_id).values_list("last_hash", flat=True).first()
    if last and last != choice.row.base_id:
        found.append(Standing("change_set.base_moved"))
    return found


def _findings(base: Document, target: Document) -> list[Standing]:
    """What is wrong in what would stand and is not wrong in what stands: nobody has to mend at once what was so before."""
    before, after = _errors(base), _errors(target)
    return [
        Standing(one.code, {**one.params, "pointer": one.pointer}) for key, one in after.items() if key not in before
    ][:NAMED]


def _errors(document: Document) -> dict[bytes, Problem]:
    return {
        canonical([one.problem.code, one.problem.pointer, dict(one.problem.params)]): one.problem
        for one in document_problems(document)
        if not one.warning
    }
