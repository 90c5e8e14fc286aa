"""The recipes that the demo is made from: names, stories, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpims.configuration.formats.problems import BrokenPack, Place
from cpims.configuration.formats.text import parse_files

Pair = tuple[str, str]


@dataclass(frozen=True)
class Culture:
    """How families of one culture are named. Each name is a pair: its own letters and Latin letters."""

    name: str
    weight: int
    language: str
    order: str
    girls: Sequence[Pair]
    boys: Sequence[Pair]
    women: Sequence[Pair]
    men: Sequence[Pair]
    families: Sequence[Pair]


@dataclass(frozen=True)
class Story:
    """What happens to a child: concerns, risk, care, services and the sentences that tell it."""

    name: str
    weight: int
    ages: tuple[int, int]
    concerns: Sequence[str]
    risk: tuple[int, int, int]
    care: Sequence[str]
    services: Sequence[str]
    displacement: Sequence[str]
    reason: str
    detail: str
    closing: str
    also: Sequence[str] = ()
    other: str = ""
    sex: str = ""
    separation: str = ""
    disability: Sequence[str] = ()
    unsafe_phone: bool = False
    hidden_name: bool = False


@dataclass(frozen=True)
class Recipes:
    """Everything the demo is made from."""

    cultures: Sequence[Culture]
    stories: Sequence[Story]
    texts: Mapping[str, Any] = field(default_factory=dict)

    def said(self, kind: str, language: str) -> Sequence[Any]:
        """Sentences of a kind in a language, or in English where nobody wrote any."""
        by_language = self.texts[kind]
        found: Sequence[Any] = by_language.get(language) or by_language["en"]
        return found


def read_recipes(files: Mapping[str, bytes]) -> Recipes:
    """Read the recipes from the files of their folder.

    Raises: BrokenPack.
    """
    place = Place("", [])
    found = parse_files(files, place)
    for name in ("names.yaml", "stories.yaml", "texts.yaml"):
        if name not in found and name not in files:
            Place(name, place.problems).say("file_missing")
    if place.problems:
        raise BrokenPack(place.problems)
    return Recipes(
        cultures=[_culture(entry) for entry in found["names.yaml"]],
        stories=[_story(entry) for entry in found["stories.yaml"]],
        texts=found["texts.yaml"],
    )


def _culture(entry: Mapping[str, Any]) -> Culture:
    names = {key: [_pair(text) for text in entry[key]] for key in ("girls", "boys", "women", "men", "families")}
    return Culture(
        name=entry["culture"], weight=entry["weight"], language=entry["language"], order=entry["order"], **names
    )


def _pair(text: str) -> Pair:
    own, _, latin = text.partition("|")
    return own, latin or own


def _story(entry: Mapping[str, Any]) -> Story:
    known = {key: value for key, value in entry.items() if key not in ("story", "ages", "risk")}
    return Story(
        name=entry["story"],
        ages=(entry["ages"][0], entry["ages"][1]),
        risk=(entry["risk"][0], entry["risk"][1], entry["risk"][2]),
        **known,
    )
