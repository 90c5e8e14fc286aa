"""What has to be written and what put away so that one configuration becomes another, and why that is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpims.configuration.rules.differing import differ
from cpims.lib.errors import Conflict, Invalid, Problem

Said = Mapping[str, Any]
#: The parts whose things are written or put away one by one.
THINGS: Final = ("modules", "lookups", "locations", "agencies", "user_groups", "forms", "roles")


class DocumentRefused(Invalid):
    """The configuration cannot hold here; every problem is named, and nothing was changed."""

    code = "configuration.document_refused"


class DocumentNotHeld(Invalid):
    """This instance would still not be configured as the document says; what would differ is named. Nothing was changed."""

    code = "configuration.document_not_held"


class RoleInUse(Conflict):
    """Roles that the configuration does not know are held by people who work here; nothing was changed."""

    code = "configuration.role_in_use"


class ModuleInUse(Conflict):
    """There are records of a part of the work that the configuration does not know; nothing was changed."""

    code = "configuration.module_in_use"


class NobodyLeft(Conflict):
    """Afterwards nobody could look after the configuration or the accounts; nothing was changed."""

    code = "configuration.nobody_left"


@dataclass(frozen=True)
class Steps:
    """What of each part is written (whole) and what is put away; settings that change, nothing for one that goes."""

    put: Mapping[str, Mapping[str, Said]]
    away: Mapping[str, list[str]]
    settings: Mapping[str, Any]
    grants: bool
    contact: bool
    conduct: bool


def steps_between(before: Said, after: Said) -> Steps:
    """The steps from one document to another; what is the same in both is left alone."""
    old, new = before["settings"], after["settings"]
    put = {
        part: {
            name: said
            for name, said in after[part].items()
            if name not in before[part] or differ(before[part][name], said)
        }
        for part in THINGS
    }
    return Steps(
        put=put,
        away={part: [name for name in before[part] if name not in after[part]] for part in THINGS},
        settings={key: new.get(key) for key in {**old, **new} if key not in old or differ(old[key], new.get(key))},
        grants=bool(put["forms"] or put["roles"]) or differ(before["grants"], after["grants"]),
        contact=differ(before["contact_information"], after["contact_information"]),
        conduct=differ(before["code_of_conduct"], after["code_of_conduct"]),
    )


def placed_problems(part: str, names: Sequence[str], problems: Sequence[Problem], *, numbered: bool) -> list[Problem]:
    """Problems with their place in the document; a room that was given a list names things by their number in it."""
    found = []
    for problem in problems:
        first, _, rest = problem.pointer.removeprefix("/").partition("/")
        if names and numbered and first.isdigit() and int(first) < len(names):
            pointer = f"/{part}/{names[int(first)]}" + (f"/{rest}" if rest else "")
        elif names and not numbered:
            pointer = f"/{part}/{names[0]}{problem.pointer}"
        else:
            pointer = f"/{part}{problem.pointer}"
        found.append(Problem(pointer, problem.code, problem.params))
    return found
