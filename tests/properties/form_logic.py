"""Strategies: expressions, answers, fields and edits, sound ones and broken ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ["a", "b", "c", "age", "relation_age", "1", "__proto__", "constructor", "x/y~z", "٣"]
IDS = [f"f3a3c571-7476-4899-85a3-adb3254a94{number:02d}" for number in range(4)]
OPTIONS = ["x", "y", "true", "false", ""]
DATES = ["2015-06-30", "2024-02-29", "2023-02-29", "2026-03-17", "0000-01-01", "9999-12-31", "2015-06-30T10:00:00Z",
         "2015-06-30T13:00:00+03:00", "2015-06-30T10:00:00.5Z", "2015-06-30T10:00", "2015-06-30T24:00:00Z", "today"]  # fmt: skip
NUMBER_TEXTS = [
    "5",
    " 5 ",
    "5.0",
    "-0",
    "1e3",
    "1e999",
    ".5",
    "5.",
    "٥",
    "0x10",
    "1_0",
    "Infinity",
    "",
    "5\u00a0",
    "+5",
]

names = st.sampled_from(NAMES)
numbers = st.one_of(
    st.integers(-(2**53), 2**53),
    st.integers(-3, 200),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.1, 0.2, 2.5, -2.5, 1.005, 1.125, 5.0, 2147483647, 2147483648, -0.0]),
)
texts = st.one_of(
    st.sampled_from(
        [*OPTIONS, *DATES, *NUMBER_TEXTS, "a\0b", "\ufeff ", "\x1c", "\U0001f600", "\uff5e", "+962791234567"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.one_of(
    scalars, st.lists(scalars, max_size=3), st.dictionaries(names, scalars, max_size=3), st.lists(st.lists(scalars, max_size=2), max_size=2)
)  # fmt: skip
records = st.dictionaries(names, values, max_size=6)


def _one(key: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda value: {key: value}, inner)


comparisons = st.one_of(
    *[_one(op, st.dictionaries(names, scalars, min_size=1, max_size=2)) for op in ("eq", "gt", "ge", "lt", "le")],
    _one("eq", st.dictionaries(names, st.lists(scalars, max_size=2), min_size=1, max_size=1)),
    _one("in", st.dictionaries(names, st.lists(scalars, max_size=3), min_size=1, max_size=2)),
    st.dictionaries(names, scalars, min_size=1, max_size=2),
    st.lists(
        st.dictionaries(names, st.one_of(scalars, st.lists(scalars, max_size=2)), min_size=1, max_size=2), min_size=1, max_size=2
    ),
)  # fmt: skip
junk = st.one_of(
    values,
    st.dictionaries(
        st.sampled_from(["and", "or", "not", "eq", "in", "gt", "ne", "sum", "disabled", "a"]), values, max_size=2
    ),
)
conditions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        _one("and", st.lists(inner, max_size=3)), _one("or", st.lists(inner, max_size=3)), _one("not", inner)
    ),
    max_leaves=6,
)
expressions = st.one_of(
    conditions,
    conditions,
    st.recursive(
        st.one_of(comparisons, junk),
        lambda inner: st.one_of(_one("and", st.lists(inner, max_size=3)), _one("not", inner)),
        max_leaves=4,
    ),
)
terms = st.recursive(
    st.one_of(names, numbers),
    lambda inner: st.one_of(
        _one("sum", st.lists(inner, max_size=4)),
        _one("avg", st.lists(inner, max_size=4)),
        _one(
            "avg",
            st.builds(lambda d, p: {"data": d, "extra": {"decimalPlaces": p}}, st.lists(inner, max_size=4), st.sampled_from([0, 1, 2, 3, 20, None, 2.0])),
        ),
    ),
    max_leaves=8,
)  # fmt: skip
calculations = st.one_of(
    _one("sum", st.lists(terms, max_size=4)), _one("avg", st.lists(terms, max_size=4)),
    _one("avg", st.builds(lambda d, p: {"data": d, "extra": {"decimalPlaces": p}}, st.lists(names, max_size=3), st.integers(0, 4))),
    conditions, _one("sum", st.lists(st.one_of(terms, junk), max_size=3)), junk,
)  # fmt: skip

_inline = st.lists(st.builds(lambda o: {"id": o, "display_text": {"en": o}}, st.sampled_from(OPTIONS)), max_size=4)
TYPES = ["text_field", "textarea", "numeric_field", "date_field", "tick_box", "radio_button", "select_box", "tally_field",
         "calculated", "separator", "signature"]  # fmt: skip


def _field(name: str, kind: str, flags: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": kind, **flags}


_flags = st.fixed_dictionaries(
    {},
    optional={
        "required": st.booleans(), "visible": st.booleans(), "disabled": st.booleans(), "multi_select": st.booleans(),
        "phone_number": st.booleans(), "date_include_time": st.booleans(), "autosum_total": st.booleans(),
        "date_validation": st.sampled_from(["not_future_date", "default_date_validation"]),
        "option_strings_text": _inline, "option_strings_source": st.sampled_from(["lookup l", "lookup none", "Agency", ""]),
        "tally": st.lists(st.builds(lambda o: {"id": o}, names), max_size=3),
        "display_conditions_record": st.one_of(st.none(), conditions, junk),
        "display_conditions_subform": st.one_of(st.none(), conditions),
        "selected_value": st.one_of(st.none(), texts, st.sampled_from(["t", "True", "NOW", '["x","y"]', "[", "3", "2.0"])),
    },
)  # fmt: skip
plain_fields = st.builds(_field, names, st.sampled_from(TYPES), _flags)
_nested = st.lists(plain_fields, min_size=1, max_size=4)
subforms = st.builds(
    lambda name, flags, inner: {**_field(name, "subform", flags), "subform": {"fields": inner}}, names, _flags, _nested
)
fields = st.lists(st.one_of(plain_fields, plain_fields, subforms), min_size=1, max_size=5)
rows = st.lists(
    st.one_of(
        st.builds(lambda row, identity, gone: {**row, **identity, **gone},
            st.dictionaries(names, values, max_size=3),
            st.sampled_from([{}, {"unique_id": "Z"}, *({"unique_id": i} for i in IDS), *({"unique_id": i} for i in IDS)]),
            st.sampled_from([{}, {}, {}, {"_destroy": True}, {"_destroy": False}, {"_destroy": None}, {"_destroy": "x"}])),
        scalars,
    ),
    max_size=4,
)  # fmt: skip
clean_rows = st.lists(
    st.builds(lambda row, i: {**row, "unique_id": i}, st.dictionaries(names, st.one_of(scalars, st.lists(scalars, max_size=2)), max_size=3), st.sampled_from(IDS)),
    max_size=4,
    unique_by=lambda row: row["unique_id"],
)  # fmt: skip
answers = st.dictionaries(names, st.one_of(values, rows), max_size=6)
whole = st.dictionaries(
    names,
    st.one_of(scalars, clean_rows, st.dictionaries(names, numbers, max_size=3), st.lists(texts, max_size=2)),
    max_size=5,
)
