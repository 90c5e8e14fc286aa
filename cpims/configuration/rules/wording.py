"""Words on a small screen: labels that are too long, and questions that are asked twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cpims.configuration.rules.world import Question, World
from cpims.forms.rules.privacy import suggested_class
from cpims.lib.errors import Problem

#: The longest label in signs; a screen of 360 px shows two lines of it.
LONGEST_LABEL: Final = {"en": 60}
LONGEST_TRANSLATION, LONGEST_OPTION = 75, 60
LABELS: Final = ("display_name", "tick_box_label", "signature_provided_by_label")


def long_words(world: World) -> Iterator[Problem]:
    """Labels and options that do not fit on a telephone."""
    for item in world.pack.forms:
        yield from _long(f"{item.place}/name", item.data["name"])
    for question in world.own():
        for key in LABELS:
            yield from _long(f"{question.place}/{key}", question.entry.get(key) or {})
        for key in ("option_strings_text", "tally"):
            yield from _options(f"{question.place}/{key}", question.entry.get(key) or ())
    for item in world.pack.lookups:
        yield from _options(f"{item.place}/values", item.data["values"])


def _options(place: str, options: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    for number, option in enumerate(options):
        yield from _long(f"{place}/{number}", option["display_text"], LONGEST_OPTION)


def _long(place: str, texts: Mapping[str, str], most: int | None = None) -> Iterator[Problem]:
    for locale, said in texts.items():
        limit = most or LONGEST_LABEL.get(locale, LONGEST_TRANSLATION)
        if len(said) > limit:
            yield Problem(f"{place}/{locale}", "pack.too_long", {"length": len(said), "limit": limit})


def asked_twice(world: World) -> Iterator[Problem]:
    """Two questions that read the same: in one section of a form, or on two forms of one record type."""
    for questions in (*world.top.values(), *world.rows.values()):
        seen: dict[tuple[str, str], list[tuple[Question, str]]] = {}
        section = ""
        for question in questions:
            if question.entry["type"] == "separator":
                section = question.place
            if question.asked:
                problem = _told_before(question, section, seen)
                if problem is not None:
                    yield problem


def _told_before(
    question: Question, section: str, seen: dict[tuple[str, str], list[tuple[Question, str]]]
) -> Problem | None:
    found: Problem | None = None
    for locale, said in question.entry["display_name"].items():
        same = seen.setdefault((locale, _plain(said)), [])
        for first, heading in same:
            if question.own or first.own:
                found = found or _same(first, question, heading == section, locale, said)
        same.append((question, section))
    return found


def _same(first: Question, question: Question, together: bool, locale: str, said: str) -> Problem | None:
    here = first.form["unique_id"] == question.form["unique_id"]
    if first.name == question.name or (here and not together):
        return None
    params = {"label": said, "locale": locale, "value": first.name, "form": first.form["unique_id"]}
    code = "pack.asked_twice" if here else "pack.asked_elsewhere"
    return Problem(f"{question.place}/display_name/{locale}", code, params)


def _plain(text: str) -> str:
    return " ".join(text.casefold().strip(" ?؟:.…،,").split())


def unclassified(world: World) -> Iterator[Problem]:
    """Questions that seem to be about a person and do not say what their answers tell."""
    for question in world.own():
        if "privacy" not in question.entry:
            suggested = suggested_class(question.entry)
            if suggested is not None:
                params = {"value": question.name, "suggested": suggested}
                yield Problem(question.place, "pack.privacy_missing", params)
