"""How much each agreement and each contradiction weighs, and from which score on a match is possible or likely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any


@dataclass(frozen=True)
class Weights:
    """Weights as natural logarithms of likelihood ratios: against two strangers, and (``kin_…``) against brother and sister.

    Calibrated with ``cpims matching evaluate`` (``docs/howto/match.md``); an instance may decide otherwise.
    """

    #: Before anything is compared: of the records that the index brings few are the same person, and fewer are siblings.
    strangers: float = -5.0
    kin: float = -2.0

    first_name: float = 4.0
    first_name_against: float = -5.0
    kin_first_name: float = 6.0
    kin_first_name_against: float = -7.0
    further_name: float = 2.5
    further_name_against: float = -4.5
    #: However long a name, another child may bear it.
    names_most: float = 7.0
    name_missing: float = -0.4
    name_order: float = -1.0

    sex: float = 0.7
    sex_against: float = -4.0

    born_same_day: float = 5.0
    kin_born_same_day: float = 3.0
    born_swapped: float = 3.0
    #: How much is made of ages that fit or do not: 1 is what chance alone would say, within these bounds.
    birth: float = 1.0
    birth_most: float = 2.2
    birth_against_most: float = -4.5
    #: A guess of an age is wrong by so many years, most of the time.
    guessed_years: float = 1.3

    mother: float = 3.0
    father: float = 2.0
    relative: float = 1.5
    mother_against: float = -3.0
    father_against: float = -2.5

    place: float = 2.0
    place_near: float = 1.0
    place_region: float = 0.3
    place_against: float = -1.0
    language: float = 0.4
    language_against: float = -0.8
    nationality: float = 0.3
    nationality_against: float = -0.8
    ethnicity: float = 0.6
    ethnicity_against: float = -0.6
    religion: float = 0.2
    religion_against: float = -0.6

    separated_near: float = 2.0
    separated_against: float = -0.8

    phone: float = 3.0
    identifier: float = 7.0
    kin_identifier: float = 5.0
    identifier_against: float = -1.0
    household: float = 3.0

    #: From these scores on a match is likely, or possible; below, it is not shown.
    likely: float = 0.9
    possible: float = 0.4


NAMES = frozenset(one.name for one in fields(Weights))
DEFAULT = Weights()


def weights_of(decided: Any) -> Weights:
    """The weights that an instance decided on, the calibrated ones for all that it left out or that is no number."""
    if not isinstance(decided, Mapping):
        return DEFAULT
    numbers = {
        name: float(value)
        for name, value in decided.items()
        if name in NAMES and isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    }
    return Weights(**{**asdict(DEFAULT), **numbers}) if numbers else DEFAULT
