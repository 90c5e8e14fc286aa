"""Naming the people of a household as their culture does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from cpims.management.demo.recipes import Culture, Pair


@dataclass(frozen=True)
class Name:
    """A person's name in parts, and how it is written in Latin letters where its own are others."""

    first: str
    middle: str = ""
    last: str = ""
    latin: str = ""

    @property
    def full(self) -> str:
        """The whole name."""
        return " ".join(part for part in (self.first, self.middle, self.last) if part)


@dataclass(frozen=True)
class Household:
    """The adults of a family, from whom the children's names come."""

    culture: Culture
    father: Pair
    mother: Pair
    grandfather: Pair
    grandmother: Pair
    family: Pair
    mothers_family: Pair

    def child(self, given: Pair, female: bool) -> Name:
        """A child's name."""
        return self._name(given, female, self.father, self.grandfather)

    def father_name(self) -> Name:
        """The father's name."""
        return self._name(self.father, False, self.grandfather, None)

    def mother_name(self) -> Name:
        """The mother's name; in most cultures she keeps that of her own family."""
        if self.culture.order in ("family", "gendered"):
            return self._name(self.mother, True, None, None)
        own = Household(
            self.culture, self.father, self.mother, self.grandfather, self.grandmother, self.mothers_family, self.family
        )
        return own._name(self.mother, True, None, None)

    def grandmother_name(self) -> Name:
        """The grandmother's name, on the father's side."""
        return self._name(self.grandmother, True, None, None)

    def _name(self, given: Pair, female: bool, parent: Pair | None, grandparent: Pair | None) -> Name:
        parts = [self._parts(given, female, parent, grandparent, side) for side in (0, 1)]
        own, latin = parts
        return Name(*own, latin=" ".join(part for part in latin if part) if latin != own else "")

    def _parts(
        self, given: Pair, female: bool, parent: Pair | None, grandparent: Pair | None, side: int
    ) -> tuple[str, str, str]:
        def said(pair: Pair | None) -> str:
            return pair[side] if pair else ""

        order = self.culture.order
        if order == "single":
            return said(given), "", ""
        if order == "fathers":
            return said(given), said(parent), said(grandparent)
        if order == "chain":
            return said(given), " ".join(n for n in (said(parent), said(grandparent)) if n), said(self.family)
        if order == "two":
            return said(given), "", f"{said(self.family)} {said(self.mothers_family)}"
        if order == "gendered":
            return said(given), _patronymic(said(parent), female, side), said(self.family) + _ending(female, side)
        return said(given), "", said(self.family)


def _patronymic(father: str, female: bool, side: int) -> str:
    if not father:
        return ""
    stem = father.removesuffix(("о", "o")[side])
    return stem + (("івна", "ivna") if female else ("ович", "ovych"))[side]


def _ending(female: bool, side: int) -> str:
    return (("а", "a") if female else ("ий", "yi"))[side]


def found_household(rng: Random, culture: Culture) -> Household:
    """A family of this culture."""
    men = rng.sample(list(culture.men), 2)
    women = rng.sample(list(culture.women), 2)
    families: Sequence[Pair] = rng.sample(list(culture.families), 2) if culture.families else [("", ""), ("", "")]
    return Household(culture, men[0], women[0], men[1], women[1], families[0], families[1])


def pick_names(rng: Random, household: Household, females: Sequence[bool]) -> list[Name]:
    """Names for brothers and sisters, none twice."""
    girls = list(household.culture.girls)
    boys = list(household.culture.boys)
    rng.shuffle(girls)
    rng.shuffle(boys)
    return [household.child((girls if female else boys).pop(), female) for female in females]
