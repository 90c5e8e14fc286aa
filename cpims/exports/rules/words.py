"""Answers in words: what a stored value says to a reader, in her language and calendar."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from cpims.forms.rules.options import inline_options, lookup_of
from cpims.lib.calendars import day_in_words
from cpims.lib.json import read_moment
from cpims.lib.messages import sentence

Field = Mapping[str, Any]

PLACES = frozenset({"Location", "ReportingLocation"})
RIGHT_TO_LEFT = ("R", "AL", "AN")
#: Signs that reorder the text around them; a printed answer may not play tricks with them.
TRICKS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True)
class Words:
    """The reader's language, calendar and zone, and the texts of whatever an answer may name by its code."""

    locale: str
    fallback: str
    rtl: bool
    calendar: str
    zone: str
    options: Mapping[str, Sequence[Mapping[str, Any]]]
    places: Mapping[str, str]
    agencies: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """A sentence of the catalogue; what fills its gaps keeps its own direction."""
        return sentence(self.locale, key, **{name: self.run(str(value)) for name, value in values.items()})

    def run(self, text: str) -> str:
        """A text that keeps its own direction on a page of the other one: names, numbers, codes."""
        text = without_tricks(text)
        return text if runs_right_to_left(text) == self.rtl else f"\u2068{text}\u2069"

    def pick(self, texts: Any) -> str:
        """The text in her language, else in the instance's, else in any."""
        if not isinstance(texts, Mapping):
            return texts if isinstance(texts, str) else ""
        for locale in (self.locale, self.locale.partition("-")[0], self.fallback, "en"):
            if texts.get(locale):
                return str(texts[locale])
        return next((str(text) for text in texts.values() if text), "")

    def day(self, day: date) -> str:
        """A day as her calendar names it."""
        return day_in_words(self.calendar, day, self.locale)

    def join(self, parts: Sequence[str]) -> str:
        """Several things in one line."""
        return ("، " if self.rtl else ", ").join(parts)


def without_tricks(text: str) -> str:
    """A text without the signs that make it read otherwise than it is written."""
    return text.translate(TRICKS)


def runs_right_to_left(text: str) -> bool:
    """Is the first letter one of a script that is read from right to left? Numbers alone are not."""
    for sign in text:
        direction = unicodedata.bidirectional(sign)
        if direction == "L" or direction in RIGHT_TO_LEFT:
            return direction != "L"
    return False


def options_of(field: Field, words: Words) -> Sequence[Mapping[str, Any]]:
    """The options of a question, those out of use too."""
    lookup = lookup_of(field)
    return (inline_options(field) or ()) if lookup is None else words.options.get(lookup, ())


def option_text(field: Field, option_id: str, words: Words) -> str:
    """What a chosen option says; its code where the list knows it no more."""
    source = field.get("option_strings_source")
    if source in PLACES:
        return words.places.get(option_id, option_id)
    if source == "Agency":
        return words.agencies.get(option_id, option_id)
    for option in options_of(field, words):
        if str(option.get("id")) == option_id:
            return words.pick(option.get("display_text")) or option_id
    return option_id


def answer_text(field: Field, value: Any, words: Words) -> str:
    """What an answer says; nothing for no answer, and for what has no words (rows, files, headings)."""
    if value is None or value == "" or value == []:
        return ""
    match field.get("type"):
        case "text_field" | "textarea":
            return without_tricks(str(value)).strip()
        case "numeric_field":
            return str(value)
        case "calculated":
            return words.say("print.yes" if value else "print.no") if isinstance(value, bool) else str(value)
        case "tick_box":
            ticked = value is True or value == "true"
            return (words.pick(field.get("tick_box_label")) or words.say("print.yes")) if ticked else ""
        case "radio_button" | "select_box":
            return words.join([option_text(field, _id(part), words) for part in _listed(value)])
        case "date_field":
            return _moment_text(field, str(value), words)
        case "tally_field":
            return _tally_text(field, value, words)
    return ""


def _listed(value: Any) -> list[Any]:
    return [part for part in value if part not in (None, "")] if isinstance(value, list) else [value]


def _id(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment_text(field: Field, value: str, words: Words) -> str:
    moment = read_moment(value)
    if moment is None:
        return value
    if not field.get("date_include_time") or len(value) <= 10:
        return words.day(moment.date() if len(value) <= 10 else moment.astimezone(ZoneInfo(words.zone)).date())
    here = moment.astimezone(ZoneInfo(words.zone))
    return words.say("print.moment", day=words.day(here.date()), time=f"{here:%H:%M}")


def _tally_text(field: Field, value: Any, words: Words) -> str:
    if not isinstance(value, Mapping):
        return ""
    counts = [
        (words.pick(item.get("display_text")) or str(item.get("id")), value.get(item.get("id")))
        for item in field.get("tally") or ()
    ]
    told = [(label, count) for label, count in counts if isinstance(count, int) and not isinstance(count, bool)]
    if not told:
        return ""
    parts = [f"{label} {count}" for label, count in told]
    if field.get("autosum_total"):
        parts.append(f"{words.say('print.tally_total')} {sum(count for _, count in told)}")
    return words.join(parts)
