"""The policy for settings, lists, places, the code of conduct and terms of use (api.md §7.2–7.5, 9.3, 10.2, 10.3)."""

from __future__ import annotations

from tests.api.table_matrix import TERMS
from tests.properties.policy import CONFIGURES, V1, WORDS
from tests.properties.shapes import Rule, Shape, plain


def _terms(shape: Shape) -> int:
    """Everybody of the agency; beyond it those who may read it."""
    if shape.team:
        return 200
    if not shape.may("agency", "read"):
        return 403
    return 200 if shape.touches_agency() else 404


def _acceptances(shape: Shape) -> int:
    return 200 if shape.may("code_of_conduct", "manage") and shape.may("user", "read") else 403


TABLE_RULES: dict[tuple[str, str], Rule] = {
    ("GET", f"{V1}/system_settings"): plain("system", "manage"),
    ("PATCH", f"{V1}/system_settings"): plain("system", "manage"),
    ("GET", f"{V1}/lookups/uses"): WORDS,
    ("GET", f"{V1}/places"): CONFIGURES,
    ("GET", f"{V1}/codes_of_conduct"): plain("code_of_conduct", "manage"),
    ("GET", f"{V1}/codes_of_conduct/acceptances"): Rule(
        {"code_of_conduct": ["manage"], "user": ["read"]}, _acceptances
    ),
    ("GET", TERMS): Rule({"agency": ["read"]}, _terms),
}
