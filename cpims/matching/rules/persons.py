"""What is known of a person when asking whether two records speak of the same one; whoever builds one puts in only what the
viewer may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Birth:
    """Between which days a birth lies, as it was told; ``estimated`` where that was a guess."""

    low: date
    high: date
    estimated: bool = False


@dataclass(frozen=True)
class Person:
    """A person as one record tells of her; nothing is said by what is empty.

    ``names`` are whole names as they are written, the first given name first; ``nicknames`` other names that she answers to.
    ``relatives`` has whole names by role (``mother``, ``father``, ``sibling``, ``caregiver`` …), ``places`` paths of codes from
    the country down by what the place is to her (``current``, ``last``, ``separation``, ``birth``). ``identifiers`` are her
    own, ``household`` those that a family shares; both by kind. ``sex`` is a code of the instance, compared as it stands.
    """

    names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    sex: str = ""
    birth: Birth | None = None
    relatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    ethnicities: frozenset[str] = frozenset()
    religions: frozenset[str] = frozenset()
    separated_on: date | None = None
    phones: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    household: Mapping[str, str] = field(default_factory=dict)
