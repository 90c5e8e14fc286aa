"""How places hang together: codes, levels, and names built from the country down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from cpims.lib.errors import Conflict, Invalid, NotFound, Problem

CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")
SEPARATOR: Final = "::"
DEEPEST: Final = 8
KEYS: Final = frozenset(
    {"id", "code", "type", "parent_code", "placename", "disabled", "admin_level", "name", "hierarchy"}
)
#: Kinds of place by level, when the instance has not said how it calls them.
USUAL_TYPES: Final = ("country", "province", "district", "sub_district", "township")


class LocationNotFound(NotFound):
    """There is no such place."""

    code = "location.not_found"


class LocationExists(Conflict):
    """A place with this code or number is there already."""

    code = "location.exists"


class LocationInvalid(Invalid):
    """Some of what was sent about places is wrong; nothing was stored."""

    code = "location.invalid"


def location_problems(values: Mapping[str, Any], pointer: str = "", *, new: bool = True) -> list[Problem]:
    """Everything that is wrong with a place as it is sent, leaving aside the tree around it."""
    problems = [Problem(f"{pointer}/{key}", "location.unknown_key") for key in values if key not in KEYS]
    code = values.get("code")
    if new and not (isinstance(code, str) and CODE.match(code)):
        problems.append(Problem(f"{pointer}/code", "location.code", {"primero": "errors.models.location.code_present"}))
    kind = values.get("type")
    if kind is not None and (not isinstance(kind, str) or len(kind) > 64):
        problems.append(Problem(f"{pointer}/type", "location.type"))
    parent = values.get("parent_code")
    if parent is not None and not isinstance(parent, str):
        problems.append(Problem(f"{pointer}/parent_code", "location.parent_code"))
    if values.get("disabled") is not None and not isinstance(values["disabled"], bool):
        problems.append(Problem(f"{pointer}/disabled", "location.not_boolean"))
    names = values.get("placename")
    if names is None and not new:
        return problems
    if not isinstance(names, Mapping):
        return [*problems, _no_name(pointer)]
    for locale, text in names.items():
        if text is not None and not isinstance(text, str):
            problems.append(Problem(f"{pointer}/placename/{locale}", "text.not_text"))
        elif text and (SEPARATOR in text or len(text) > 255):
            problems.append(Problem(f"{pointer}/placename/{locale}", "location.placename_format"))
    english = names.get("en")
    if (new or "en" in names) and not (isinstance(english, str) and english.strip()):
        problems.append(_no_name(pointer))
    return problems


def _no_name(pointer: str) -> Problem:
    return Problem(
        f"{pointer}/placename", "location.placename_en", {"primero": "errors.models.location.placename_presence"}
    )


def placed(
    given: Sequence[Mapping[str, Any]], stored: Mapping[str, Sequence[str]]
) -> tuple[dict[str, list[str]], list[Problem]]:
    """Where each given place stands (its code -> the codes from the country down to it), and what does not fit.

    ``stored`` holds the paths of places that are there already. Parents may be given after their children; a place
    never moves, and a parent that nobody knows is refused (Primero would make the place a country).
    """
    parents: dict[str, str | None] = {}
    problems: list[Problem] = []
    places: dict[str, int] = {}
    for place, values in enumerate(given):
        code, parent = values["code"], values.get("parent_code") or None
        if code in places:
            problems.append(Problem(f"/{place}/code", "location.twice", {"code": code}))
            continue
        places[code] = place
        parents[code] = parent
        if code in stored and "parent_code" in values:
            above = stored[code][-2] if len(stored[code]) > 1 else None
            if parent != above:
                problems.append(
                    Problem(f"/{place}/parent_code", "location.cannot_move", {"code": code, "parent": above or ""})
                )
    paths: dict[str, list[str]] = {}
    for code, place in places.items():
        chain: list[str] = []
        here: str | None = code
        while here is not None and here not in chain and here not in stored and here in parents:
            chain.append(here)
            here = parents[here]
        if here in chain:
            problems.append(Problem(f"/{place}/parent_code", "location.circle", {"code": code}))
        elif here is not None and here not in stored:
            problems.append(Problem(f"/{place}/parent_code", "location.parent_unknown", {"parent": here}))
        else:
            path = [*(stored[here] if here is not None else ()), *reversed(chain)]
            if len(path) > DEEPEST:
                problems.append(Problem(f"/{place}/parent_code", "location.too_deep", {"deepest": DEEPEST}))
            paths[code] = path
    return paths, problems


def full_name(placenames: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The whole name of a place in each language: the names from the country down, English where one is missing."""
    chain = list(placenames)
    locales = {locale for names in chain for locale, text in names.items() if text}
    return {
        locale: SEPARATOR.join(names.get(locale) or names.get("en") or "" for names in chain)
        for locale in sorted(locales, key=lambda code: (code != "en", code))
    }


def type_at(level: int, admin_level_map: Mapping[str, Sequence[str]] | None) -> str:
    """How a place at a level is called when nobody said it."""
    named = (admin_level_map or {}).get(str(level))
    if named:
        return named[0]
    return USUAL_TYPES[min(level, len(USUAL_TYPES) - 1)]
