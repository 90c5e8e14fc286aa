"""The rows of the matrix about the configuration as a whole. Nobody of the cast may manage configurations."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpims.configuration.actions.publishing import keep_version
from cpims.configuration.queries import configuration_document
from cpims.modules.models import Module
from tests.api.rows import Row, data
from tests.cast import AT

OURS, THEIRS = "/api/cpims/v1/configuration", "/api/v2/configurations"
EVERYBODY = "amina bilal chantal dawit esther farid"


def configuration_places(path: str) -> dict[str, Any]:
    """A version of the configuration, for the paths that speak of one."""
    if not path.startswith((OURS, THEIRS)):
        return {}
    other = {"name": "Other", "associated_record_types": ["case"]}
    Module.objects.get_or_create(unique_id="primeromodule-other", defaults=other)
    with transaction.atomic():
        version = keep_version(cause="publish", reason="As it stood", actor=None, at=AT, again=True)
    assert version is not None
    return {"version_number": version.number, "configuration_id": str(version.id)}


def _document() -> Any:
    return {"document": configuration_document(None)}


CONFIGURATION_ROWS: tuple[Row, ...] = (
    Row("GET", f"{OURS}/current", forbidden=EVERYBODY),
    Row("GET", f"{OURS}/versions", forbidden=EVERYBODY),
    Row("POST", f"{OURS}/versions", forbidden=EVERYBODY, body=lambda: {"reason": "A new form"}),
    Row("GET", f"{OURS}/versions/{{version_number}}", forbidden=EVERYBODY),
    Row("GET", f"{OURS}/versions/{{version_number}}/document", forbidden=EVERYBODY),
    Row("GET", f"{OURS}/diff", forbidden=EVERYBODY),
    Row("POST", f"{OURS}/diff", forbidden=EVERYBODY, body=_document),
    Row(
        "POST", f"{OURS}/versions/{{version_number}}/rollback", forbidden=EVERYBODY,
        body=lambda: {"reason": "A mistake"}, success=422,  # the version there knows a role that permits nothing
    ),
    Row("GET", f"{OURS}/problems", forbidden=EVERYBODY),
    Row("POST", f"{OURS}/problems", forbidden=EVERYBODY, body=_document),
    Row("GET", f"{OURS}/impact", forbidden=EVERYBODY),
    Row("POST", f"{OURS}/impact", forbidden=EVERYBODY, body=_document),
    Row("GET", f"{OURS}/bundle", forbidden=EVERYBODY),
    Row("GET", THEIRS, forbidden=EVERYBODY),
    Row("POST", THEIRS, forbidden=EVERYBODY, body=data(name="Before the training")),
    Row("GET", f"{THEIRS}/{{configuration_id}}", forbidden=EVERYBODY),
    Row("PATCH", f"{THEIRS}/{{configuration_id}}", forbidden=EVERYBODY, body=data(apply_now=True), success=422),
    Row("DELETE", f"{THEIRS}/{{configuration_id}}", forbidden=EVERYBODY),
)  # fmt: skip
