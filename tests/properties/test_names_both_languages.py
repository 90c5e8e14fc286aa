"""Server and client find names alike: the same keys, the same likeness, the same reasons, on names nobody wrote down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from cpims.matching.rules import (
    fold,
    identifier_key,
    name_keys,
    name_likeness,
    name_similarity,
    phone_keys,
    phone_search_key,
    search_words,
    sort_key,
)
from tests.properties.other_language import Ask, asked
from tests.vectors import alike, read

TEXTS = sorted({pair[side]["text"] for pair in read("names")["cases"] for side in ("a", "b")})
WORDS = sorted({word for text in TEXTS for word in text.split()})
#: Letters, marks and signs of the scripts that names are written in, and what else gets into a name field.
LETTERS = "".join(
    chr(code)
    for first, last in (
        (0x20, 0x7E), (0xA0, 0x24F), (0x300, 0x36F), (0x400, 0x4FF), (0x600, 0x6FF), (0x980, 0x9FF), (0x1000, 0x109F),
        (0x1200, 0x137F), (0x200B, 0x200F), (0x2010, 0x2019), (0xFE70, 0xFEFC),
    )
    for code in range(first, last + 1)
)  # fmt: skip

often = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
mistyped = st.builds(
    lambda word, at, letter: word[:at] + letter + word[at + 1 :],
    st.sampled_from(WORDS), st.integers(0, 8), st.sampled_from([*LETTERS, "", "", ""]),
)  # fmt: skip
names = st.one_of(
    st.sampled_from(TEXTS),
    st.lists(st.one_of(st.sampled_from(WORDS), mistyped), max_size=5).map(" ".join),
    st.text(alphabet=LETTERS, max_size=24),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz -'/.", max_size=16),
)
numbers = st.text(alphabet="0123456789٠١٢٣৪৫၆+()- /,;x.ABc", max_size=30)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    yield from asked("src/lib/names/index.ts", "names.mjs", tmp_path_factory.mktemp("client"))


def agree_on_keys(client: Ask, text: str) -> None:
    assert client("keys", text=text) == [fold(text), sort_key(text), name_keys(text)], text
    ours = [[found.word, list(found.keys), list(found.mistyped)] for found in search_words(text)]
    assert client("search", text=text) == ours, text


def agree_on_likeness(client: Ask, query: str, name: str) -> None:
    found = name_likeness(query, name)
    similarity, score, kind = client("likeness", query=query, name=name)
    assert alike(similarity, name_similarity(query, name), 1e-9), (query, name)
    assert alike(score, found.score, 1e-9) and kind == found.kind, (query, name, score, kind, found)


def test_every_name_of_the_vectors(client: Ask) -> None:
    for text in TEXTS:
        agree_on_keys(client, text)
    for one, other in pairwise(TEXTS):
        agree_on_likeness(client, one, other)
    for pair in read("names")["cases"]:
        agree_on_likeness(client, pair["a"]["text"], pair["b"]["text"])
        agree_on_likeness(client, pair["b"]["text"], pair["a"]["text"])


@seed(20260331)
@often
@given(text=names)
def test_keys(client: Ask, text: str) -> None:
    agree_on_keys(client, text)


@seed(20260332)
@often
@given(query=names, name=names)
def test_likeness(client: Ask, query: str, name: str) -> None:
    agree_on_likeness(client, query, name)


@seed(20260333)
@often
@given(text=numbers)
def test_numbers(client: Ask, text: str) -> None:
    assert client("numbers", text=text) == [phone_keys(text), phone_search_key(text), identifier_key(text)]
