"""Display conditions: one JSON expression, checked whole, then asked of the answers.

A condition is compiled once into a function; a broken one raises before any answer is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cpims.forms.rules.values import (
    ORDERINGS,
    as_double,
    instant_of,
    is_number,
    looks_like_a_date,
    number_of_text,
    same,
    text_before,
)

Data = Mapping[str, Any]
Condition = Callable[[Data], bool]

DEEPEST_NESTING: Final = 32
LOGIC: Final = ("and", "or", "not")
COMPARISONS: Final = ("eq", "in", "gt", "ge", "lt", "le")
OPERATORS: Final = frozenset(LOGIC + COMPARISONS)


class BrokenCondition(ValueError):
    """The expression cannot be asked; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def holds(expression: Any, data: Data) -> bool:
    """Does the condition hold for these answers?

    Raises: BrokenCondition.
    """
    return compile_condition(expression)(data)


def condition_of(container: Any) -> Any:
    """The expression in a ``display_conditions*`` container, or nothing when there is none or it is switched off."""
    if container is None:
        return None
    if isinstance(container, Mapping):
        if container.get("disabled") is True:
            return None
        inside = {key: value for key, value in container.items() if key != "disabled"}
        return inside or None
    if isinstance(container, list) and not container:
        return None
    return container


def compile_condition(expression: Any, depth: int = 1) -> Condition:
    """The condition as a question to answers, checked whole.

    Raises: BrokenCondition.
    """
    if depth > DEEPEST_NESTING:
        raise BrokenCondition("too_deep")
    if isinstance(expression, list):
        return _legacy(expression)
    if not isinstance(expression, Mapping) or not expression:
        raise BrokenCondition("not_an_expression")
    operator = operator_of(expression, OPERATORS)
    if operator is None:
        if not all(is_scalar(value) for value in expression.values()):
            raise BrokenCondition("unknown_operator")
        return _every([_equals(key, value) for key, value in expression.items()])
    operand = expression[operator]
    if operator in LOGIC:
        return _logic(operator, operand, depth)
    return _comparison(operator, operand)


def operator_of(expression: Data, known: frozenset[str]) -> str | None:
    """The one operator of an expression object, or nothing when it has none.

    Raises: BrokenCondition.
    """
    found = next((key for key in expression if key in known), None)
    if found is not None and len(expression) > 1:
        raise BrokenCondition("several_operators")
    return found


def is_scalar(value: object) -> bool:
    """Is this a text, a number, a tick or null?"""
    return value is None or isinstance(value, (str, bool, int, float))


def fields_asked(expression: Any) -> set[str]:
    """The names of the answers that a (sound) condition looks at."""
    if isinstance(expression, list):
        return {key for element in expression if isinstance(element, Mapping) for key in element}
    if not isinstance(expression, Mapping):
        return set()
    asked: set[str] = set()
    for key, operand in expression.items():
        if key in ("and", "or") and isinstance(operand, list):
            asked.update(*map(fields_asked, operand))
        elif key == "not":
            asked |= fields_asked(operand)
        elif key in COMPARISONS and isinstance(operand, Mapping):
            asked |= set(operand)
        else:
            asked.add(key)
    return asked


def _logic(operator: str, operand: Any, depth: int) -> Condition:
    if operator == "not":
        if not isinstance(operand, Mapping):
            raise BrokenCondition("operand_type")
        inner = compile_condition(operand, depth + 1)
        return lambda data: not inner(data)
    if not isinstance(operand, list):
        raise BrokenCondition("operand_type")
    members = [compile_condition(member, depth + 1) for member in operand]
    if not members:
        return lambda data: False
    return _every(members) if operator == "and" else _any(members)


def _comparison(operator: str, operand: Any) -> Condition:
    if not isinstance(operand, Mapping) or not operand:
        raise BrokenCondition("operand_type")
    return _every([_compare(operator, key, value) for key, value in operand.items()])


def _compare(operator: str, key: str, operand: Any) -> Condition:
    if operator == "eq":
        if not is_scalar(operand) and not (isinstance(operand, list) and all(map(is_scalar, operand))):
            raise BrokenCondition("operand_type")
        return _equals(key, operand)
    if operator == "in":
        if not isinstance(operand, list) or not all(map(is_scalar, operand)):
            raise BrokenCondition("operand_type")
        return _contained(key, operand)
    if not isinstance(operand, str) and not is_number(operand):
        raise BrokenCondition("operand_type")
    return _ordered(ORDERINGS[operator], key, operand)


def _every(members: list[Condition]) -> Condition:
    if len(members) == 1:
        return members[0]
    return lambda data: all(member(data) for member in members)


def _any(members: list[Condition]) -> Condition:
    if len(members) == 1:
        return members[0]
    return lambda data: any(member(data) for member in members)


def _equals(key: str, operand: Any) -> Condition:
    if operand is None or operand is False:
        return lambda data: data.get(key) is operand or data.get(key) is None
    if isinstance(operand, str):
        if looks_like_a_date(operand):
            moment = instant_of(operand)
            return lambda data: moment is not None and instant_of(data.get(key)) == moment
        return lambda data: data.get(key) == operand
    return lambda data: same(operand, data.get(key))


def _contained(key: str, listed: list[Any]) -> Condition:
    for_absent = any(item is None or item is False for item in listed)

    def ask(data: Data) -> bool:
        answer = data.get(key)
        if answer is None:
            return for_absent
        if isinstance(answer, list):
            return all(any(same(item, one) for one in answer) for item in listed)
        return any(same(item, answer) for item in listed)

    return ask


def _ordered(test: Callable[[float], bool], key: str, operand: Any) -> Condition:
    if isinstance(operand, str) and looks_like_a_date(operand):
        moment = instant_of(operand)

        def ask_moment(data: Data) -> bool:
            answered = instant_of(data.get(key))
            return moment is not None and answered is not None and test(answered - moment)

        return ask_moment
    bound = number_of_text(operand) if isinstance(operand, str) else as_double(operand)

    def ask(data: Data) -> bool:
        answer = data.get(key)
        if isinstance(answer, str):
            if isinstance(operand, str):
                return answer != "" and test(text_before(answer, operand))
            number = number_of_text(answer)
        else:
            number = as_double(answer) if is_number(answer) else None
        return number is not None and bound is not None and test((number > bound) - (number < bound))

    return ask


def _legacy(elements: list[Any]) -> Condition:
    if not elements:
        raise BrokenCondition("not_an_expression")
    return _any([_legacy_element(element) for element in elements])


def _legacy_element(element: Any) -> Condition:
    if not isinstance(element, Mapping) or not element:
        raise BrokenCondition("not_an_expression")
    members: list[Condition] = []
    for key, value in element.items():
        if is_scalar(value):
            members.append(_equals(key, value))
        elif isinstance(value, list) and all(map(is_scalar, value)):
            members.append(_any([_equals(key, item) for item in value]) if value else lambda data: False)
        else:
            raise BrokenCondition("operand_type")
    return _every(members)
