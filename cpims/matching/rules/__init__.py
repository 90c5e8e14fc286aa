"""How alike two names, numbers and identifiers are: keys to find them by, and a likeness to rank what was found."""

from cpims.matching.rules.folding import fold, sort_key
from cpims.matching.rules.keys import WordKeys, name_keys, search_keys, search_words, whole_keys
from cpims.matching.rules.likeness import Likeness, name_likeness, name_similarity
from cpims.matching.rules.numbers import (
    identifier_key,
    identifier_pieces,
    phone_key,
    phone_keys,
    phone_search_key,
    search_pieces,
)

__all__ = [
    "Likeness",
    "WordKeys",
    "fold",
    "identifier_key",
    "identifier_pieces",
    "name_keys",
    "name_likeness",
    "name_similarity",
    "phone_key",
    "phone_keys",
    "phone_search_key",
    "search_keys",
    "search_pieces",
    "search_words",
    "sort_key",
    "whole_keys",
]
