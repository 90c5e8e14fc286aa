"""Can a display condition ever hold? Asked of every answer that makes a difference to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from math import prod
from typing import Any, Final

from cpims.forms.rules.conditions import COMPARISONS, compile_condition, is_scalar
from cpims.forms.rules.values import is_number, looks_like_a_date, number_of_text

#: What an answer can be. ``free`` is anything; ``never`` is nothing that can be compared.
OPTION, SEVERAL, TICK, NUMBER, DAY, TEXT, FREE, NEVER = (
    "option", "several", "tick", "number", "day", "text", "free", "never",
)  # fmt: skip
_BY_TYPE: Final = {
    "radio_button": OPTION,
    "tick_box": TICK,
    "numeric_field": NUMBER,
    "date_field": DAY,
    "text_field": TEXT,
    "textarea": TEXT,
    "calculated": FREE,
}
#: More combinations of answers than this are not tried: the condition is taken to be sound.
MOST_TRIES: Final = 20_000
_ABSENT: Final = object()


@dataclass(frozen=True)
class Answer:
    """What the answers to a question can be; without ``options`` any text can be one."""

    kind: str
    options: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Atom:
    """One comparison of a condition."""

    operator: str
    field: str
    operand: Any


def answer_of(entry: Mapping[str, Any], options: Collection[str] | None) -> Answer:
    """What the answers to a field can be."""
    kind = entry.get("type")
    if kind == "select_box":
        return Answer(SEVERAL if entry.get("multi_select") else OPTION, tuple(options) if options is not None else None)
    if kind == "radio_button":
        return Answer(OPTION, tuple(options) if options is not None else None)
    return Answer(_BY_TYPE.get(str(kind), NEVER))


def atoms(expression: Any) -> Iterator[Atom]:
    """The comparisons in a sound condition."""
    if isinstance(expression, list):
        for element in expression:
            for name, value in element.items():
                for one in value if isinstance(value, list) else [value]:
                    yield Atom("eq", name, one)
        return
    for key, operand in expression.items():
        if key in ("and", "or") and isinstance(operand, list):
            for member in operand:
                yield from atoms(member)
        elif key == "not" and isinstance(operand, Mapping):
            yield from atoms(operand)
        elif key in COMPARISONS and isinstance(operand, Mapping):
            for name, value in operand.items():
                yield Atom(key, name, value)
        else:
            yield Atom("eq", key, operand)


def wrong_values(atom: Atom, answer: Answer) -> tuple[str, list[Any]] | None:
    """Why a comparison can never hold: ``option`` (there is no such option) or ``type``, with the values that are wrong."""
    listed = atom.operand if isinstance(atom.operand, list) else [atom.operand]
    said = [value for value in listed if value is not None and value is not False]
    kind = answer.kind
    if kind == NEVER:
        return ("type", said)
    if kind == FREE or not said:
        return None
    if atom.operator not in ("eq", "in"):
        fits = {NUMBER: _counts, DAY: _is_day, TEXT: is_scalar}.get(kind)
        return None if fits and all(map(fits, said)) else ("type", said)
    if (atom.operator == "eq") and isinstance(atom.operand, list) != (kind == SEVERAL):
        return ("type", said)
    if kind in (OPTION, SEVERAL):
        return _wrong_options(said, answer)
    fits = {TICK: _is_tick, NUMBER: is_number, DAY: _is_day, TEXT: _is_text}[kind]
    wrong = [value for value in said if not fits(value)]
    return ("type", wrong) if wrong else None


def _wrong_options(said: Sequence[Any], answer: Answer) -> tuple[str, list[Any]] | None:
    options = answer.options
    ticks = options is not None and set(options) <= {"true", "false"}
    texts = [str(v).lower() if isinstance(v, bool) and ticks else v for v in said]
    if not all(isinstance(value, str) for value in texts):
        return ("type", [value for value in texts if not isinstance(value, str)])
    wrong = [value for value in texts if options is not None and value not in options]
    return ("option", wrong) if wrong else None


def _counts(value: Any) -> bool:
    return is_number(value) or (isinstance(value, str) and number_of_text(value) is not None)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and looks_like_a_date(value)


def _is_tick(value: Any) -> bool:
    return isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def outcomes(expression: Any, answers: Mapping[str, Answer], open_names: Collection[str] | None = None) -> set[bool]:
    """Which of "it holds" and "it does not" can come about; fields that are not in ``open_names`` stay unanswered."""
    condition = compile_condition(expression)
    asked: dict[str, list[Atom]] = {}
    for atom in atoms(expression):
        asked.setdefault(atom.field, []).append(atom)
    tried = [
        [_ABSENT]
        if open_names is not None and name not in open_names
        else _telling(answers.get(name, Answer(FREE)), said)
        for name, said in asked.items()
    ]
    if prod(map(len, tried)) > MOST_TRIES:
        return {True, False}
    found: set[bool] = set()
    for values in product(*tried):
        found.add(condition({n: v for n, v in zip(asked, values, strict=True) if v is not _ABSENT}))
        if len(found) == 2:
            break
    return found


def _telling(answer: Answer, said: Sequence[Atom]) -> list[Any]:
    """Answers of which no two would tell the comparisons apart in the same way, and enough of them."""
    values = list(chain.from_iterable(a.operand if isinstance(a.operand, list) else [a.operand] for a in said))
    words = list(dict.fromkeys(v for v in values if isinstance(v, str)))
    if answer.kind == TICK:
        return [_ABSENT, True, False]
    if answer.kind == NUMBER:
        bounds = {int(n) for v in values for n in [v if is_number(v) else number_of_text(str(v))] if n is not None}
        return [_ABSENT, *sorted({b + step for b in bounds for step in (-1, 0, 1)} or {0})]
    if answer.kind == DAY:
        return [_ABSENT, "1000-01-01", *(word for word in words if _is_day(word)), "2999-12-31", *_between(words)]
    if answer.kind == OPTION:
        known = [w for w in words if answer.options is None or w in answer.options]
        other = next((o for o in answer.options or ("\uffff",) if o not in words), None)
        ticks = [v for v in values if isinstance(v, bool)]
        return [_ABSENT, *known, *([other] if other is not None else []), *ticks]
    if answer.kind == SEVERAL:
        return [_ABSENT, *_choices(answer, said)]
    if answer.kind == NEVER:
        return [_ABSENT, {}]
    return [_ABSENT, *values, "", "\uffff"]


def _between(words: Sequence[str]) -> list[str]:
    days = sorted(word for word in words if _is_day(word))
    return [f"{day[:10]}T23:59:59Z" if len(day) == 10 else day for day in days]


def _choices(answer: Answer, said: Sequence[Atom]) -> list[list[str]]:
    """The sets of options that hold the listed ones together in every way."""
    lists = [[v for v in a.operand if isinstance(v, str)] for a in said if isinstance(a.operand, list)]
    lists = [one for one in lists if answer.options is None or set(one) <= set(answer.options)][:8]
    found: list[list[str]] = [[], *lists]
    for size in range(1, len(lists) + 1):
        for some in combinations(lists, size):
            found.append(list(dict.fromkeys(chain.from_iterable(some))))
    if answer.options:
        found.append(list(answer.options))
        found += [[option] for option in answer.options[:1]]
    return found
