"""``cpims pack check``: everything in a pack that is wrong or weak, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cpims.configuration.formats.packs import Pack
from cpims.configuration.rules.fitting import Standing, pack_problems, standing_after
from cpims.configuration.rules.opening import idle_conditions, unreachable
from cpims.configuration.rules.references import dangling, second_meanings
from cpims.configuration.rules.wording import asked_twice, long_words, unclassified
from cpims.configuration.rules.world import world_of
from cpims.lib.errors import Problem

#: Problems that a pack may be loaded and used with, but should not be kept with.
WARNINGS: Final = frozenset({"pack.condition_idle", "pack.other_options", "pack.asked_elsewhere"})
#: What a file that could not be read may have brought: not looked for while one is left out.
_UNSURE: Final = ("unknown_", "requires", "no_subform", "condition_")


@dataclass(frozen=True)
class Finding:
    """A problem of a pack; a ``warning`` does not keep it from being called sound."""

    problem: Problem
    warning: bool


def check_packs(packs: Sequence[Pack], unread: Sequence[Problem] = ()) -> list[Finding]:
    """Everything that is wrong with the last of these packs, which stands on the others.

    ``unread`` are the problems of shape that were found while it was read; their files are left out of the pack.
    """
    standing = Standing()
    for below in packs[:-1]:
        standing = standing_after(below, standing)
    found = list(_found(packs, standing))
    if unread:
        found = [problem for problem in found if not problem.code.removeprefix("pack.").startswith(_UNSURE)]
    once = dict.fromkeys((p.pointer, p.code, repr(sorted(p.params.items()))) for p in (*unread, *found))
    by_key = {(p.pointer, p.code, repr(sorted(p.params.items()))): p for p in (*unread, *found)}
    return [Finding(by_key[key], by_key[key].code in WARNINGS) for key in once]


def _found(packs: Sequence[Pack], below: Standing) -> Iterator[Problem]:
    pack = packs[-1]
    after = standing_after(pack, below)
    world = world_of(packs)
    yield from pack.gaps
    yield from pack_problems(pack, below)
    yield from second_meanings(world)
    yield from dangling(world, after)
    yield from unreachable(world)
    yield from idle_conditions(world)
    yield from unclassified(world)
    yield from long_words(world)
    yield from asked_twice(world)
