"""Whatever is written into a pack's file is read back as it was, and written again it is the same bytes."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from cpims.configuration.formats.problems import Place
from cpims.configuration.formats.text import parse_files
from cpims.configuration.formats.writing import plain, written

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
TRAPS = st.sampled_from(
    "no yes on off y n null ~ true True 1 -1 +1 0 012 0x1f 0o7 1_000 1.5 .5 5. 1e3 .inf -.inf .nan 12:30 1:30:00 "
    "2026-01-02 2026-01-02T03:04:05Z = << - ? : & * ! | > % @ ` # [] {} , ' \" \\".split()
)
LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | TRAPS
)
DOCUMENT = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | TRAPS, inner, max_size=4), max_leaves=20
)


@given(DOCUMENT)
@example({"a": " led by a space", "b": "line\nbreak \n", "c": "\u2028\u0085\ufeff\t", "d": "😀"})
@example({"no": {"1": 1.0, "1.0": "1.0"}})
def test_what_is_written_is_read_back(document: Any) -> None:
    problems: list[Any] = []
    content = written(plain(document))
    read = parse_files({"x.yaml": content}, Place("", problems))
    assert problems == []
    assert read["x.yaml"] == document and _kinds(read["x.yaml"]) == _kinds(document)
    assert written(plain(read["x.yaml"])) == content


def _kinds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _kinds(inner) for key, inner in value.items()}
    return [_kinds(inner) for inner in value] if isinstance(value, list) else type(value)
