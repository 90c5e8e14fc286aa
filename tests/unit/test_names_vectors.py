"""Names are found by shared keys and ranked by likeness; what is one child is decided by a person."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from cpims.matching.rules import (
    fold,
    identifier_key,
    identifier_pieces,
    name_keys,
    name_likeness,
    name_similarity,
    phone_key,
    phone_keys,
    phone_search_key,
    search_keys,
    search_pieces,
    search_words,
    sort_key,
)
from cpims.matching.rules.words import name_words
from tests.vectors import cases, read

PAIRS: list[dict[str, Any]] = read("names")["cases"]
SAME = [pair for pair in PAIRS if pair["label"] == "same"]
UNRELATED = [pair for pair in PAIRS if pair["kind"] == "unrelated"]
RANKED_AS_ALIKE = 0.5


def finds(query: str, stored: str) -> bool:
    return not set(search_keys(query)).isdisjoint(name_keys(stored))


@pytest.mark.parametrize("case", [p for p in cases("names") if p.values[0]["label"] == "same"])
def test_the_same_name_is_found_from_both_sides(case: dict[str, Any]) -> None:
    one, other = case["a"]["text"], case["b"]["text"]
    assert finds(one, other)
    assert finds(other, one)


def test_every_word_is_found_for_most_names() -> None:
    shares = []
    for pair in SAME:
        query, stored = sorted((pair["a"]["text"], pair["b"]["text"]), key=lambda text: len(name_words(text)))
        words = name_words(query)
        shares.append(sum(finds(word, stored) for word in words) / len(words))
    assert sum(shares) / len(shares) >= 0.90
    assert sum(share == 1 for share in shares) / len(shares) >= 0.78


def test_a_search_does_not_find_everybody() -> None:
    texts = sorted({side["text"] for pair in PAIRS for side in (pair["a"], pair["b"])})
    found = sum(finds(a, b) for a in texts for b in texts if a != b)
    assert found / (len(texts) * (len(texts) - 1)) <= 0.045  # a third of these pairs share a father or a family name
    assert (
        sum(finds(pair["a"]["text"], pair["b"]["text"]) for pair in UNRELATED) <= 2
    )  # two Mohammads; an Ali and an Allah


def test_the_same_name_ranks_above_an_unrelated_one() -> None:
    assert min(name_similarity(pair["a"]["text"], pair["b"]["text"]) for pair in SAME) >= RANKED_AS_ALIKE
    assert max(name_similarity(pair["a"]["text"], pair["b"]["text"]) for pair in UNRELATED) < RANKED_AS_ALIKE


def test_every_pair_was_used() -> None:
    by_label = defaultdict(int)
    for pair in PAIRS:
        by_label[pair["label"]] += 1
    assert (len(PAIRS), by_label["same"], by_label["different"], len(UNRELATED)) == (250, 140, 110, 48)


def test_a_name_being_typed_is_found_by_its_beginning() -> None:
    assert finds("moh", "Mohammed Abdulrahman") and finds("no", "Noor Hassan")
    assert not finds("ham", "Mohammed Abdulrahman")


@pytest.mark.parametrize("text", ["", "  ", "12", "-", "()", "\u200f", "al", "Ma", "U", "😀"])
def test_nothing_breaks_on_what_is_no_name(text: str) -> None:
    assert isinstance(name_keys(text), list)
    assert 0.0 <= name_similarity(text, "Noor") <= 1.0
    assert name_similarity(text, text) == 1.0


def test_fold_and_order() -> None:
    assert fold("  ÉLOÏSE  Hélène ") == "eloise helene"
    assert fold("مُحَـمَّد") == fold("محمد") and fold("فاطمة") == fold("فاطمه")
    assert fold("٠٧٩") == "079"
    assert sort_key("O'Brien-Smith, Ann") == "obrien smith ann"
    assert sorted(["Zoé", "éva", "Eva B", "anna"], key=sort_key) == ["anna", "éva", "Eva B", "Zoé"]


@pytest.mark.parametrize("text", ["+962 79 123 4567", "00962791234567", "0791234567", "079-123-4567", "٠٧٩١٢٣٤٥٦٧"])
def test_a_phone_number_has_one_key(text: str) -> None:
    assert phone_key(text) == "91234567"


def test_identifiers() -> None:
    assert identifier_key(" ab-12/٣ ") == "ab123"
    assert phone_key("none") == ""


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("079 123 4567 / 078 222 3333", "+962782223333"),
        ("home 06 512 3456, mother 0791234567", "00962 79 1234567"),
        ("+251 11 512 3456", "512 3456"),
        ("079/1234567", "0791234567"),
        ("٠٧٩ ١٢٣ ٤٥٦٧", "1234567"),
    ],
)
def test_every_number_in_a_field_is_found(stored: str, asked: str) -> None:
    assert phone_search_key(asked) in phone_keys(stored)


@pytest.mark.parametrize("text", ["", "none", "12345", "0000000"])
def test_a_few_digits_find_nobody(text: str) -> None:
    assert phone_search_key(text) == ""


def test_a_part_of_an_identifier_has_the_pieces_of_the_whole() -> None:
    stored = identifier_pieces(identifier_key("AB-2026/00417"))
    for part in ("ab2026", "417", "2600", "AB-2026/00417"):
        assert any(set(way) <= set(stored) for way in search_pieces(identifier_key(part)))
    assert not any(set(way) <= set(stored) for way in search_pieces("471"))
    assert search_pieces("41") == []
    made = identifier_pieces("3f2a9c1e5b7d4a8890cc12aa34bb56dd")
    assert made == ["^3f2a9c1e"] and ["^3f2a9c1e"] in search_pieces("3f2a9c1e5b")


@pytest.mark.parametrize("typed", ["Mohamed", "Mohmamed", "Mohammedd", "Mohmmed", "Mahammed"])
def test_a_typing_error_does_not_hide_a_name(typed: str) -> None:
    stored = set(name_keys("Mohammed Haddad"))
    (word,) = search_words(typed)
    assert not stored.isdisjoint((*word.keys, *word.mistyped))


@pytest.mark.parametrize(
    ("query", "name", "kind"),
    [
        ("noor hassan", "Noor Hassan", "same"),
        ("Hassan Noor", "Noor Hassan", "same"),
        ("Noor", "Noor Hassan", "same"),
        ("No", "Noor Hassan", "beginning"),
        ("Nour Hasan", "Noor Hassan", "sound"),
        ("نور حسن", "Noor Hassan", "script"),
        ("Samriwat", "Samrawit", "sound"),
        ("Bondarenxo", "Bondarenko", "near"),
        ("Noor Kaya", "Noor Hassan", "some"),
    ],
)
def test_the_reason_of_a_find(query: str, name: str, kind: str) -> None:
    assert name_likeness(query, name).kind == kind


def test_the_name_that_was_asked_for_ranks_first() -> None:
    found = ["Nora Kaya", "Noor Hassan", "Nour", "Noor", "Noora Hassan"]
    ranked = sorted(found, key=lambda name: -name_likeness("Noor", name).score)
    assert ranked[:2] == ["Noor", "Noor Hassan"] and ranked[-1] == "Nora Kaya"
    assert name_likeness("Noor Hassan", "Noor Hassan Kaya").score > name_likeness("Noor Hassan", "Noor Kaya").score
