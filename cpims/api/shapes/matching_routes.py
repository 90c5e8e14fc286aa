"""The routes of matching, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes.matching import LikelyAsked, LikelyCase
from cpims.api.shapes.route import V1, Route

MATCHING_ROUTES: dict[tuple[str, str], Route] = {
    ("POST", f"{V1}/cases/likely"): Route(
        "Cases that may be about the same child, with the reasons",
        LikelyCase,
        many=True,
        request=LikelyAsked,
        wrapper="",
    ),
}
