"""The policy for arranging forms and bringing them back: as for changing a form (api.md §10.1)."""

from __future__ import annotations

from tests.properties.policy import CONFIGURES, V1, WORDS
from tests.properties.shapes import Rule

FORM_RULES: dict[tuple[str, str], Rule] = {
    ("GET", f"{V1}/forms/retired"): WORDS,
    ("GET", f"{V1}/forms/{{form_id}}/retired"): WORDS,
    ("POST", f"{V1}/forms/arrange"): WORDS,
    ("POST", f"{V1}/forms/{{form_id}}/bring_back"): CONFIGURES,
}
