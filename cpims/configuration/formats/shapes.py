"""The shape of each part of a pack: which keys it has and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cpims.configuration.formats.problems import Place

#: Looks at a value at its place, says what is wrong, and gives it back as the API writes it.
Shape = Callable[[Any, Place], Any]

RECORD_TYPES: Final = ("case", "incident", "tracing_request", "registry_record", "family")
FIELD_NAME: Final = re.compile(r"^[a-z][a-z0-9_]*$")
UNIQUE_ID: Final = re.compile(r"^[A-Za-z0-9_]+(?:[-+][A-Za-z0-9_]*)*$")
USER_NAME: Final = re.compile(r"^[a-z0-9][a-z0-9._@-]*$")
PLACE_CODE: Final = re.compile(r"^[A-Za-z0-9_-]+$")
BARRED_IN_LABELS: Final = frozenset("*!@#%$^")


def anything(value: Any, place: Place) -> Any:
    """Whatever it is: another check looks at it."""
    return value


def text(value: Any, place: Place) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        place.say("text_wanted")
        return ""
    return value


def flag(value: Any, place: Place) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        place.say("flag_wanted")
        return False
    return value


def whole(value: Any, place: Place) -> int:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        place.say("number_wanted")
        return 0
    return value


def integer(value: Any, place: Place) -> int:
    """A whole number of any sign."""
    if isinstance(value, bool) or not isinstance(value, int):
        place.say("number_wanted")
        return 0
    return value


def like(pattern: re.Pattern[str], code: str) -> Shape:
    """A text of a certain form."""

    def check(value: Any, place: Place) -> str:
        if not isinstance(value, str) or not pattern.match(value):
            place.say(code, value=str(value)[:80])
            return ""
        return value

    return check


def one_of(*choices: str) -> Shape:
    """One of these words."""

    def check(value: Any, place: Place) -> str:
        if value not in choices:
            place.say("not_a_choice", value=str(value)[:80], choices=list(choices))
            return choices[0]
        return str(value)

    return check


def one_or_many(value: Any, place: Place) -> list[Any]:
    """A text, or a list of texts."""
    found: list[Any] = list_of(text)([value] if isinstance(value, str) else value, place)
    return found


def list_of(shape: Shape) -> Shape:
    """A list whose entries all have one shape."""

    def check(value: Any, place: Place) -> list[Any]:
        if not isinstance(value, list):
            place.say("list_wanted")
            return []
        return [shape(entry, place.at(number)) for number, entry in enumerate(value)]

    return check


def map_of(shape: Shape) -> Shape:
    """Keys of any name, all with values of one shape."""

    def check(value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            place.say("mapping_wanted")
            return {}
        return {key: shape(entry, place.at(key)) for key, entry in value.items()}

    return check


def keys(required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    """These keys and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            place.say("mapping_wanted")
            return {}
        for key in required:
            if key not in value:
                place.say("key_missing", entry=key)
        for key in value:
            if key not in known:
                place.at(key).say("key_unknown", entry=key)
        return {key: known[key](entry, place.at(key)) for key, entry in value.items() if key in known}

    return check


def translated(value: Any, place: Place) -> dict[str, str]:
    """A text in every language of the pack; a missing one is named, and does not keep the pack from being loaded."""
    return _texts(value, place, needed=())


def named(value: Any, place: Place) -> dict[str, str]:
    """A text in every language of the pack, without which nothing goes in English."""
    return _texts(value, place, needed=("en",))


def _texts(value: Any, place: Place, needed: Sequence[str]) -> dict[str, str]:
    if not isinstance(value, dict):
        place.say("translations_wanted")
        return {}
    for locale in place.locales:
        if not isinstance(value.get(locale), str) or not value[locale].strip():
            (place.at(locale).say if locale in needed else place.at(locale).lack)("translation_missing", locale=locale)
    for locale in value:
        if locale not in place.locales:
            place.at(locale).say("locale_unknown", locale=locale)
    return {locale: value[locale] for locale in place.locales if isinstance(value.get(locale), str) and value[locale]}


def title(value: Any, place: Place) -> dict[str, str]:
    """A label or a title: a translated text without the signs that Primero bars from English labels."""
    found = named(value, place)
    if BARRED_IN_LABELS & set(found.get("en", "")):
        place.at("en").say("barred_sign", signs="".join(sorted(BARRED_IN_LABELS & set(found["en"]))))
    return found


def option(value: Any, place: Place) -> dict[str, Any]:
    """One option: its id, its text in each language, perhaps ``disabled`` and ``tags``."""
    if not isinstance(value, dict):
        place.say("mapping_wanted")
        return {}
    texts = {key: entry for key, entry in value.items() if key not in ("id", "disabled", "tags")}
    found: dict[str, Any] = {
        "id": text(value.get("id"), place.at("id")),
        "display_text": named(texts, place),
    }
    if "disabled" in value:
        found["disabled"] = flag(value["disabled"], place.at("disabled"))
    if "tags" in value:
        found["tags"] = list_of(text)(value["tags"], place.at("tags"))
    return found


def options(value: Any, place: Place) -> list[dict[str, Any]]:
    """Options, each id once."""
    found: list[dict[str, Any]] = list_of(option)(value, place)
    seen: set[str] = set()
    for number, entry in enumerate(found):
        name = entry.get("id", "")
        if name and name in seen:
            place.at(number, "id").say("twice", value=name)
        seen.add(name)
    return found
