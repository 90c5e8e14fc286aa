"""What was put away: forms and questions that can be brought back."""

from __future__ import annotations

from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.models import Field, Form
from cpims.forms.queries.catalogue import field_json, localized
from cpims.forms.queries.definitions import find_form
from cpims.forms.rules.definitions import FormNotFound
from cpims.lib.clock import iso
from cpims.lib.sequences import read_number
from cpims.settings.models import Instance


def retired_forms(*, viewer: Viewer, locales: tuple[str, ...]) -> list[dict[str, Any]]:
    """Forms that were put away, the last one first.

    Raises: Forbidden.
    Shows: names of forms, nothing of any record.
    """
    require(viewer, "metadata", "manage", "manage_restricted")
    rows = Form.objects.filter(retired_at__isnull=False).order_by("-retired_at", "-id")
    return [
        {
            "id": row.id,
            "unique_id": row.unique_id,
            "name": localized(row.name, locales),
            "parent_form": row.parent_form,
            "module_ids": list(row.module_ids),
            "is_nested": row.is_nested,
            "retired_at": iso(row.retired_at),
        }
        for row in rows
        if row.retired_at is not None
    ]


def is_closed() -> bool:
    """Whether configuration comes to this instance by promotion alone. Shows: nothing of any record."""
    return bool(Instance.objects.values_list("closed", flat=True).get())


def retired_questions(form_id: str, *, viewer: Viewer, locales: tuple[str, ...]) -> list[dict[str, Any]]:
    """The questions of a form that were put away, as the API shows questions.

    Raises: Forbidden, FormNotFound.
    Shows: the questions, nothing of any record.
    """
    require(viewer, "metadata", "manage", "manage_restricted")
    form = find_form(form_id)
    rows = Field.objects.filter(form=form, retired_at__isnull=False).order_by("-retired_at", "order", "id")
    return [field_json(row, locales) for row in rows]


def find_retired_form(form_id: str) -> Form:
    """A form that was put away, by its number.

    Raises: FormNotFound.
    """
    number = read_number(form_id)
    found = Form.objects.filter(pk=number, retired_at__isnull=False).first() if number else None
    if found is None:
        raise FormNotFound
    return found
