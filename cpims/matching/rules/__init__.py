"""How alike two names, numbers and identifiers are: keys to find them by, and a likeness to rank what was found."""

from cpims.matching.rules.folding import fold, identifier_key, phone_key, sort_key
from cpims.matching.rules.keys import name_keys, search_keys, whole_keys
from cpims.matching.rules.likeness import name_similarity

__all__ = [
    "fold",
    "identifier_key",
    "name_keys",
    "name_similarity",
    "phone_key",
    "search_keys",
    "sort_key",
    "whole_keys",
]
