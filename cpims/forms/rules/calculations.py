"""What the forms compute: sums and averages, summaries of rows, tally totals, ages."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cmp_to_key
from typing import Any, Final

from cpims.forms.rules.conditions import (
    DEEPEST_NESTING,
    OPERATORS,
    BrokenCondition,
    Data,
    compile_condition,
    fields_asked,
    operator_of,
)
from cpims.forms.rules.values import as_double, day_of, is_number, number_of_text, plain, same, text_before

ARITHMETIC: Final = frozenset({"sum", "avg"})
MOST_DECIMALS: Final = 20
_EXACT: Final = Context(prec=800)

#: A term's value and whether anything was counted in it.
_Term = Callable[[Data], tuple[float, bool]]
Calculation = Callable[[Data], Any]


def evaluate(expression: Any, data: Data) -> Any:
    """The result of a calculation: a number, true or false, or nothing.

    Raises: BrokenCondition.
    """
    return compile_calculation(expression)(data)


def compile_calculation(expression: Any) -> Calculation:
    """The calculation as a function of the answers, checked whole.

    Raises: BrokenCondition.
    """
    if isinstance(expression, Mapping) and expression:
        operator = operator_of(expression, OPERATORS | ARITHMETIC)
        if operator in ARITHMETIC:
            term = _arithmetic(expression, 1)
            if operator == "sum":
                return lambda data: plain(term(data)[0])
            return lambda data: _counted(term(data))
    return compile_condition(expression)


def fields_read(expression: Any) -> set[str]:
    """The names of the answers that a calculation looks at."""
    if isinstance(expression, str):
        return {expression}
    if isinstance(expression, Mapping):
        for operator in ARITHMETIC & expression.keys():
            terms = expression[operator]
            terms = terms.get("data") if isinstance(terms, Mapping) else terms
            return set().union(*map(fields_read, terms)) if isinstance(terms, list) else set()
    return set() if is_number(expression) else fields_asked(expression)


def number_counted(answer: Any) -> float | None:
    """What an answer counts in a sum: a number, a numeric text, a tick as 1 or 0; nothing else counts."""
    if isinstance(answer, bool):
        return 1.0 if answer else 0.0
    if isinstance(answer, str):
        return number_of_text(answer)
    return as_double(answer) if is_number(answer) else None


def summarize(summary: Mapping[str, Any], rows: Any) -> Any:
    """The answer that a summary copies from the first or last row of a subform, or nothing."""
    chosen = next((end for end in ("first", "last") if isinstance(summary.get(end), Mapping)), None)
    if chosen is None or not isinstance(rows, list):
        return None
    ordered: list[Mapping[str, Any]] = [row for row in rows if isinstance(row, Mapping)]
    wanted = summary[chosen]
    order_by = wanted.get("order_by")
    if order_by:
        with_answer = [row for row in ordered if row.get(order_by) is not None]
        if with_answer:

            def earlier(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
                return _before(one[order_by], other[order_by])

            ordered = sorted(with_answer, key=cmp_to_key(earlier))
            if wanted.get("order") == "desc":
                ordered.reverse()
    if not ordered:
        return None
    return ordered[0 if chosen == "first" else -1].get(wanted.get("field_name"))


def with_total(field: Mapping[str, Any], value: Any) -> Any:
    """A tally with its total computed, where the field asks for one; a total that was sent is replaced."""
    if not isinstance(value, Mapping) or field.get("autosum_total") is not True:
        return value
    counts = [value.get(item) for item in tally_items(field)]
    numbers = [as_double(count) for count in counts if is_number(count)]
    return {**value, "total": plain(_added(numbers)) if numbers else None}


def tally_items(field: Mapping[str, Any]) -> list[str]:
    """The ids of a tally's items."""
    items = field.get("tally")
    return [str(item.get("id")) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def age_on(date_of_birth: Any, today: str) -> int | None:
    """Completed years on a day; nothing without a real birth date, or for one after that day."""
    if (born := day_of(date_of_birth)) is None or (now := day_of(today)) is None or born > now:
        return None
    return int(today[:4]) - int(date_of_birth[:4]) - (1 if today[5:] < date_of_birth[5:] else 0)


def birth_from_age(age: Any, today: str) -> str | None:
    """The birth date that stands for an age in years: 1 January of the year, or nothing."""
    if not is_number(age) or age != math.floor(age) or age < 0 or day_of(today) is None:
        return None
    year = int(today[:4]) - int(age)
    return f"{year:04d}-01-01" if year >= 1 else None


def calculate(fields: Sequence[Mapping[str, Any]], data: Data) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The record with everything computed that its fields compute, and what could not be (``field``, ``code``)."""
    plan = plan_calculations(fields)
    return plan(data), list(plan.problems)


class Plan:
    """The calculations of a list of fields in the order in which they build on each other."""

    def __init__(self, fields: Sequence[Mapping[str, Any]]) -> None:
        self.problems: list[dict[str, str]] = []
        self.tallies = [f for f in fields if f.get("type") == "tally_field" and f.get("autosum_total") is True]
        self.summaries = [(str(f["name"]), f["subform_summary"]) for f in fields if _has_summary(f)]
        self.nested = [(str(f["name"]), plan) for f in fields if (plan := _plan_of_rows(f))]
        expressions = {str(f["name"]): f["calculation"].get("expression") for f in fields if _has_calculation(f)}
        compiled: dict[str, Calculation] = {}
        for name, expression in expressions.items():
            try:
                compiled[name] = compile_calculation(expression)
            except BrokenCondition as broken:
                self.problems.append({"field": name, "code": broken.code})
        reads = {name: sorted(fields_read(expressions[name]) & compiled.keys()) for name in compiled}
        circles = {name for name in compiled if name in _reached(name, reads)}
        self.problems += [{"field": name, "code": "calculation_cycle"} for name in compiled if name in circles]
        self.calculations = [(name, compiled[name]) for name in _in_order(reads) if name not in circles]

    def __bool__(self) -> bool:
        return bool(self.tallies or self.summaries or self.calculations or self.nested)

    def __call__(self, data: Data) -> dict[str, Any]:
        """The answers with everything computed."""
        result = dict(data)
        for name, plan in self.nested:
            if isinstance(rows := result.get(name), list):
                result[name] = [plan(row) if isinstance(row, Mapping) else row for row in rows]
        for field in self.tallies:
            if (name := field["name"]) in result:
                result[name] = with_total(field, result[name])
        for name, summary in self.summaries:
            _keep(result, name, summarize(summary, result.get(str(summary.get("subform_field_name")))))
        for name, calculation in self.calculations:
            _keep(result, name, calculation(result))
        return result


def plan_calculations(fields: Sequence[Mapping[str, Any]]) -> Plan:
    """The calculations of these fields, ready for many records."""
    return Plan(fields)


def _has_summary(field: Mapping[str, Any]) -> bool:
    return isinstance(field.get("subform_summary"), Mapping) and bool(field["subform_summary"])


def _has_calculation(field: Mapping[str, Any]) -> bool:
    calculation = field.get("calculation")
    return isinstance(calculation, Mapping) and calculation.get("expression") is not None


def _plan_of_rows(field: Mapping[str, Any]) -> Plan | None:
    form = field.get("subform")
    if field.get("type") != "subform" or not isinstance(form, Mapping):
        return None
    plan = Plan(form.get("fields") or ())
    return plan if plan else None


def _keep(result: dict[str, Any], name: str, value: Any) -> None:
    if value is not None or result.get(name) is not None:
        result[name] = value


def _reached(start: str, reads: Mapping[str, Sequence[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(reads[start])
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(reads[name])
    return reached


def _in_order(reads: Mapping[str, Sequence[str]]) -> list[str]:
    ordered: dict[str, None] = {}
    seen: set[str] = set()
    for start in reads:
        stack = [(start, False)]
        while stack:
            name, done = stack.pop()
            if done:
                ordered.setdefault(name)
            elif name not in seen:
                seen.add(name)
                stack.append((name, True))
                stack.extend((read, False) for read in reversed(reads[name]))
    return list(ordered)


def _arithmetic(expression: Mapping[str, Any], depth: int) -> _Term:
    if depth > DEEPEST_NESTING:
        raise BrokenCondition("too_deep")
    operator = operator_of(expression, OPERATORS | ARITHMETIC)
    if operator not in ARITHMETIC:
        bare = operator is None and all(not isinstance(value, (list, Mapping)) for value in expression.values())
        raise BrokenCondition("operand_type" if operator or bare else "unknown_operator")
    terms, decimals = expression[operator], None
    if isinstance(terms, Mapping):
        decimals = _decimals(terms.get("extra"))
        terms = terms.get("data")
    if not isinstance(terms, list):
        raise BrokenCondition("operand_type")
    compiled = [_term(term, depth) for term in terms]
    return _sum(compiled) if operator == "sum" else _average(compiled, decimals)


def _decimals(extra: Any) -> int | None:
    if extra is None:
        return None
    if not isinstance(extra, Mapping):
        raise BrokenCondition("operand_type")
    places = extra.get("decimalPlaces")
    if places is None:
        return None
    if not is_number(places) or places != math.floor(places) or not 0 <= places <= MOST_DECIMALS:
        raise BrokenCondition("operand_type")
    return int(places)


def _term(term: Any, depth: int) -> _Term:
    if isinstance(term, str):
        return lambda data: _counted_answer(data.get(term))
    if is_number(term):
        number = as_double(term)
        return lambda data: (number, True)
    if isinstance(term, Mapping):
        if not term:
            raise BrokenCondition("not_an_expression")
        return _arithmetic(term, depth + 1)
    raise BrokenCondition("operand_type")


def _counted_answer(answer: Any) -> tuple[float, bool]:
    number = number_counted(answer)
    return (0.0, False) if number is None else (number, True)


def _sum(terms: list[_Term]) -> _Term:
    def total(data: Data) -> tuple[float, bool]:
        found = [value for value, counted in (term(data) for term in terms) if counted]
        return _added(found), bool(found)

    return total


def _average(terms: list[_Term], decimals: int | None) -> _Term:
    def average(data: Data) -> tuple[float, bool]:
        found = [value for value, counted in (term(data) for term in terms) if counted]
        if not found:
            return 0.0, False
        mean = _added(found) / len(found)
        if not math.isfinite(mean):
            return mean, True
        return (float(math.floor(mean)) if decimals is None else _rounded(mean, decimals)), True

    return average


def _added(numbers: list[float]) -> float:
    # One by one as every device adds: sum() of Python 3.12 corrects itself on the way and would differ in the last digit.
    total = 0.0
    for number in numbers:
        total += number
    return total


def _rounded(number: float, decimals: int) -> float:
    if abs(number) >= 1e21:
        return number
    return float(Decimal(number).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_EXACT))


def _counted(result: tuple[float, bool]) -> int | float | None:
    value, counted = result
    return plain(value) if counted else None


def _rank(answer: Any) -> int:
    if isinstance(answer, bool):
        return 0
    if is_number(answer):
        return 1
    return 2 if isinstance(answer, str) else 3


def _before(one: Any, other: Any) -> int:
    ranks = _rank(one), _rank(other)
    if ranks[0] != ranks[1]:
        return ranks[0] - ranks[1]
    if ranks[0] == 3 or same(one, other):
        return 0
    if ranks[0] == 2:
        return text_before(one, other)
    return (as_double(one) > as_double(other)) - (as_double(one) < as_double(other))
