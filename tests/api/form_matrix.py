"""The rows of the matrix about arranging forms, and bringing back what was put away."""

from __future__ import annotations

from typing import Any

from cpims.forms.models import Form
from tests.api.rows import Row
from tests.cast import AT, MODULE, text

FORMS = "/api/cpims/v1/forms"
WHO: dict[str, Any] = {"ok": "esther farid", "forbidden": "amina bilal chantal dawit"}


def form_places(path: str) -> dict[str, Any]:
    """A form that was put away, for the path that brings it back."""
    if not path.endswith("/bring_back"):
        return {}
    form = Form.objects.create(
        unique_id="old", name=text("Old"), parent_form="case", module_ids=[MODULE], retired_at=AT
    )
    return {"form_id": form.id}


def _places() -> Any:
    return {"forms": [{"id": Form.objects.get(unique_id="consent").id, "order": 70}]}


FORM_ROWS: tuple[Row, ...] = (
    Row("GET", f"{FORMS}/retired", **WHO, queries=3),
    Row("GET", f"{FORMS}/{{form_id}}/retired", **WHO, queries=3),
    Row("POST", f"{FORMS}/arrange", **WHO, body=_places),
    Row("POST", f"{FORMS}/{{form_id}}/bring_back", **WHO),
)
