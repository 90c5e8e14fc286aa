"""A change of the configuration in a sentence that somebody reads who has never seen a line of code."""

from __future__ import annotations

from typing import Any, Final

from cpims.configuration.rules.differing import ADDED, REMOVED, Change, Named
from cpims.lib.json import canonical
from cpims.lib.messages import catalogue, sentence

#: A longer value is cut: the whole one stands beside the sentence.
LONGEST: Final = 160
#: What is told in one sentence whatever its property.
_OWN_WORDS: Final = frozenset({"setting", "contact", "conduct", "grant"})
_ORDERS: Final = frozenset({"fields_order", "fields_numbers", "options_order"})


def told(change: Change, locale: str) -> str:
    """The sentence about one change, in a language."""
    gaps = {
        "name": called(change.thing, locale),
        "within": called(change.within, locale) if change.within else "",
        "form": called(change.form, locale) if change.form else "",
        "property": _property(change.property, locale),
        "before": _value(change.before, locale),
        "after": _value(change.after, locale),
    }
    key = f"configuration.change.{change.kind}"
    if change.action in (ADDED, REMOVED) or change.kind in _OWN_WORDS:
        return sentence(locale, f"{key}.{change.action}", **gaps)
    if change.property in _ORDERS:
        return sentence(locale, f"{key}.{change.property}", **gaps)
    if change.kind == "role" and change.property.startswith("permissions/"):
        return _rights(change, locale, gaps)
    thing = sentence(locale, f"configuration.thing.{change.kind}", **gaps)
    return sentence(locale, "configuration.change.changed", thing=thing, **gaps)


def _rights(change: Change, locale: str, gaps: dict[str, str]) -> str:
    """Which acts a role may do more, and which no longer."""
    held = [set(side) if isinstance(side, list) else set() for side in (change.before, change.after)]
    if not all(isinstance(side, (list, type(None))) for side in (change.before, change.after)):
        thing = sentence(locale, "configuration.thing.role", **gaps)
        return sentence(locale, "configuration.change.changed", thing=thing, **gaps)
    more, less = (", ".join(sorted(one)) for one in (held[1] - held[0], held[0] - held[1]))
    key = "rights_both" if more and less else "rights_less" if less else "rights_more"
    about = change.property.partition("/")[2]
    return sentence(locale, f"configuration.change.role.{key}", name=gaps["name"], about=about, more=more, less=less)


def called(thing: Named, locale: str) -> str:
    """What a thing is called in a language, else in English, else in any; its id when it has no name."""
    language = locale.partition("-")[0]
    for place in (locale, language, "en", "", *thing.words):
        if thing.words.get(place, "").strip():
            return thing.words[place]
    return thing.id


def _property(name: str, locale: str) -> str:
    """What a property is called; of a text, with its language."""
    first, _, rest = name.partition("/")
    key = f"configuration.property.{first}"
    word = sentence(locale, key) if key in catalogue("en") else first
    return f"{word} ({rest})" if rest else word


def _value(value: Any, locale: str) -> str:
    if value is None or value in ("", [], {}):
        return sentence(locale, "configuration.value.nothing")
    if isinstance(value, bool):
        return sentence(locale, "configuration.value.yes" if value else "configuration.value.no")
    if isinstance(value, str):
        text = sentence(locale, "configuration.value.text", text=value)
    elif isinstance(value, (list, tuple)) and all(isinstance(one, (str, int, float)) for one in value):
        text = ", ".join(str(one) for one in value)
    else:
        text = canonical(value).decode()
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
