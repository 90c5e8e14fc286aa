"""Reads an ICU message: its gaps, and the forms that a plural or a choice offers. Raises on what is not well formed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

PLAIN = {"number", "date", "time"}
CHOOSING = {"plural", "selectordinal", "select"}
NAME = re.compile(r"\w+")


class NotIcu(ValueError):
    """The message cannot be read."""


@dataclass
class Message:
    """What a message asks for: each gap with its type, and the forms of each choice."""

    gaps: dict[str, str] = field(default_factory=dict)
    choices: list[tuple[str, str, frozenset[str]]] = field(default_factory=list)


def read_message(text: str) -> Message:
    found = Message()
    if _texts(text, 0, found, inside=False) != len(text):
        raise NotIcu(f"a brace too many: {text!r}")
    return found


def _texts(text: str, at: int, found: Message, *, inside: bool) -> int:
    while at < len(text):
        sign = text[at]
        if sign == "'" and text[at + 1 : at + 2] in {"{", "}", "'"}:
            if text[at + 1] == "'":
                at += 2
                continue
            end = text.find("'", at + 1)
            if end < 0:
                raise NotIcu(f"a quote is left open: {text!r}")
            at = end + 1
        elif sign == "{":
            at = _gap(text, at + 1, found)
        elif sign == "}":
            if inside:
                return at
            raise NotIcu(f"a brace too many: {text!r}")
        else:
            at += 1
    if inside:
        raise NotIcu(f"a brace is left open: {text!r}")
    return at


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _gap(text: str, at: int, found: Message) -> int:
    at = _blank(text, at)
    match = NAME.match(text, at)
    if match is None:
        raise NotIcu(f"a gap without a name: {text!r}")
    name, at = match[0], _blank(text, match.end())
    if text[at : at + 1] == "}":
        found.gaps.setdefault(name, "text")
        return at + 1
    if text[at : at + 1] != ",":
        raise NotIcu(f"{name}: a comma or a brace was due: {text!r}")
    match = NAME.match(text, at := _blank(text, at + 1))
    kind = match[0] if match else ""
    at = _blank(text, at + len(kind))
    if kind in PLAIN:
        end = text.find("}", at)
        if end < 0:
            raise NotIcu(f"{name} is left open: {text!r}")
        found.gaps[name] = kind
        return end + 1
    if kind not in CHOOSING or text[at : at + 1] != ",":
        raise NotIcu(f"{name}: unknown kind {kind!r}: {text!r}")
    found.gaps[name] = kind
    return _choice(text, at + 1, name, kind, found)


def _choice(text: str, at: int, name: str, kind: str, found: Message) -> int:
    forms: list[str] = []
    at = _blank(text, at)
    offset = re.compile(r"offset:\d+\s*").match(text, at)
    at = offset.end() if offset else at
    while at < len(text) and text[at] != "}":
        match = re.compile(r"=?[\w-]+").match(text, at)
        if match is None:
            raise NotIcu(f"{name}: a form without a name: {text!r}")
        forms.append(match[0])
        at = _blank(text, match.end())
        if text[at : at + 1] != "{":
            raise NotIcu(f"{name}, {match[0]}: a brace was due: {text!r}")
        at = _blank(text, _texts(text, at + 1, found, inside=True) + 1)
    if at >= len(text) or "other" not in forms or len(forms) != len(set(forms)):
        raise NotIcu(f"{name}: forms {forms} (each once, 'other' among them): {text!r}")
    found.choices.append((name, kind, frozenset(forms)))
    return at + 1
