"""What an option list must have, and how a change is laid over what is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cpims.lib.errors import Conflict, Invalid, NotFound, Problem

UNIQUE_ID: Final = re.compile(r"\w[\w+-]*\Z")
MOST_VALUES: Final = 5000
KEYS: Final = frozenset({"id", "unique_id", "name", "values", "locked"})
VALUE_KEYS: Final = frozenset({"id", "disabled", "_delete", "display_text", "tags"})


class LookupNotFound(NotFound):
    """There is no such option list."""

    code = "lookup.not_found"


class LookupExists(Conflict):
    """An option list with this id is there already."""

    code = "lookup.exists"


class LookupInUse(Conflict):
    """Questions take their options from this list; it cannot go. ``params["fields"]`` names them."""

    code = "lookup.in_use"


class LookupLocked(Conflict):
    """The program relies on these options: their words may change, the options may not."""

    code = "lookup.locked"


class LookupInvalid(Invalid):
    """Some of what was sent about an option list is wrong; nothing was stored."""

    code = "lookup.invalid"


def text_problems(value: object, pointer: str) -> list[Problem]:
    """What is wrong with a localized text: an object from locale to text."""
    if not isinstance(value, Mapping):
        return [Problem(pointer, "text.not_localized")]
    return [
        Problem(f"{pointer}/{locale}", "text.not_text")
        for locale, text in value.items()
        if text is not None and not isinstance(text, str)
    ]


def lookup_problems(values: Mapping[str, Any], pointer: str = "") -> list[Problem]:
    """Everything that is wrong with an option list as it is sent."""
    problems = [Problem(f"{pointer}/{key}", "lookup.unknown_key") for key in values if key not in KEYS]
    unique_id = values.get("unique_id")
    if unique_id is not None and not (isinstance(unique_id, str) and UNIQUE_ID.match(unique_id)):
        problems.append(
            Problem(f"{pointer}/unique_id", "lookup.unique_id_format", {"primero": "errors.models.lookup.unique_id"})
        )
    if "locked" in values and not isinstance(values["locked"], bool):
        problems.append(Problem(f"{pointer}/locked", "lookup.not_boolean"))
    if "name" in values:
        problems += text_problems(values["name"], f"{pointer}/name")
    options = values.get("values")
    if options is None:
        return problems
    if not isinstance(options, Sequence) or isinstance(options, str) or len(options) > MOST_VALUES:
        return [*problems, Problem(f"{pointer}/values", "lookup.values_not_list", {"most": MOST_VALUES})]
    return problems + _values_problems(options, f"{pointer}/values")


def _values_problems(options: Sequence[Any], pointer: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for place, option in enumerate(options):
        here = f"{pointer}/{place}"
        if not isinstance(option, Mapping):
            problems.append(Problem(here, "lookup.value_not_object"))
            continue
        problems += [Problem(f"{here}/{key}", "lookup.unknown_key") for key in option if key not in VALUE_KEYS]
        value_id = option.get("id")
        if not isinstance(value_id, str) or not value_id.strip() or value_id != value_id.strip() or len(value_id) > 255:
            problems.append(
                Problem(f"{here}/id", "lookup.value_id", {"primero": "errors.models.lookup.value_presence"})
            )
        elif value_id in seen:
            problems.append(Problem(f"{here}/id", "lookup.value_twice", {"id": value_id}))
        else:
            seen.add(value_id)
        for flag in ("disabled", "_delete"):
            if option.get(flag) is not None and not isinstance(option[flag], bool):
                problems.append(Problem(f"{here}/{flag}", "lookup.not_boolean"))
        tags = option.get("tags")
        if tags is not None and not (isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)):
            problems.append(Problem(f"{here}/tags", "lookup.tags"))
        if "display_text" in option:
            problems += text_problems(option["display_text"], f"{here}/display_text")
    return problems


def whole_problems(name: Mapping[str, Any], values: Sequence[Mapping[str, Any]], pointer: str = "") -> list[Problem]:
    """What is still missing in an option list as it would be stored: English words for itself and each option."""
    problems: list[Problem] = []
    if not (name.get("en") or "").strip():
        problems.append(Problem(f"{pointer}/name", "lookup.name_en", {"primero": "errors.models.lookup.name_presence"}))
    for place, option in enumerate(values):
        if not ((option.get("display_text") or {}).get("en") or "").strip():
            problems.append(
                Problem(
                    f"{pointer}/values/{place}/display_text",
                    "lookup.value_en",
                    {"primero": "errors.models.lookup.value_presence", "id": str(option.get("id"))},
                )
            )
    return problems


def merged_text(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, str]:
    """A localized text with the sent locales laid over the stored ones."""
    return {**stored, **{locale: text or "" for locale, text in sent.items()}}


def merged_values(
    stored: Sequence[Mapping[str, Any]], sent: Sequence[Mapping[str, Any]], *, whole: bool, exact: bool = False
) -> list[dict[str, Any]]:
    """The options after a change: those sent, in their order, then the others as they stood.

    An option that is taken out stays, disabled, for children's answers hold it. When the ``whole`` list was sent, the
    options that are not in it count as taken out; ``exact``, nothing of what stands shines through, and what is taken
    out is ``retired`` (in no document).
    """
    old = {option["id"]: option for option in stored}
    result: list[dict[str, Any]] = []
    for option in sent:
        before = old.get(option["id"], {})
        if option.get("_delete"):
            if before:
                result.append({**before, "disabled": True})
            continue
        merged: dict[str, Any] = {"id": option["id"]}
        disabled = option["disabled"] if option.get("disabled") is not None else (not whole and before.get("disabled"))
        if disabled:
            merged["disabled"] = True
            if before.get("retired") and not exact:
                merged["retired"] = True
        tags = option.get("tags") if option.get("tags") is not None or exact else before.get("tags")
        if tags:
            merged["tags"] = list(tags)
        texts = {} if exact else before.get("display_text") or {}
        merged["display_text"] = merged_text(texts, option.get("display_text") or {})
        result.append(merged)
    named = {option["id"] for option in sent}
    rest = [dict(option) for option in stored if option["id"] not in named]
    mark = {"disabled": True, "retired": True} if exact else {"disabled": True}
    return result + ([option | mark for option in rest] if whole else rest)


def keeps_options(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    """Are the very same options offered before and after, whatever their words?"""
    return {(o["id"], bool(o.get("disabled"))) for o in before} == {(o["id"], bool(o.get("disabled"))) for o in after}


def lookup_id_of(source: object) -> str | None:
    """The list that an ``option_strings_source`` names, if it names one."""
    if not isinstance(source, str):
        return None
    words = source.split()
    return words[-1] if len(words) > 1 and words[0] == "lookup" else None
