"""What is said of a form and of a question, as the ledger keeps it and as changes are laid over it."""

from __future__ import annotations

from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.models import Field, Form
from cpims.forms.queries.catalogue import form_json
from cpims.forms.rules.definitions import FormNotFound
from cpims.lib.sequences import read_number


def form_said(form: Form) -> dict[str, Any]:
    """Everything that is said of a form, its questions aside."""
    return {
        **form.attributes,
        "unique_id": form.unique_id,
        "parent_form": form.parent_form,
        "name": dict(form.name),
        "description": dict(form.description),
        "help_text": dict(form.help_text),
        "module_ids": list(form.module_ids),
        "visible": form.visible,
        "is_nested": form.is_nested,
        "core_form": form.core_form,
        "editable": form.editable,
        "order": form.order,
        "order_form_group": form.order_form_group,
        "order_subform": form.order_subform,
        "form_group_id": form.form_group_id,
        "retired_at": form.retired_at,
    }


def field_said(field: Field) -> dict[str, Any]:
    """Everything that is said of a question; ``subform_unique_id`` names the form of its rows."""
    return {
        **field.attributes,
        "name": field.name,
        "type": field.type,
        "order": field.order,
        "visible": field.visible,
        "disabled": field.disabled,
        "display_name": dict(field.display_name),
        "subform_unique_id": field.subform.unique_id if field.subform else None,
    }


def find_form(form_id: str) -> Form:
    """A form that is in use, by its number.

    Raises: FormNotFound.
    """
    number = read_number(form_id)
    found = Form.objects.filter(pk=number, retired_at__isnull=True).first() if number else None
    if found is None:
        raise FormNotFound
    return found


def whole_form(form: Form, locales: tuple[str, ...]) -> dict[str, Any]:
    """A form with its questions as the API shows it."""
    fields = list(Field.objects.filter(form=form, retired_at__isnull=True).order_by("order", "name"))
    return form_json(form, fields, locales)


def get_form(form_id: str, *, viewer: Viewer, locales: tuple[str, ...]) -> dict[str, Any]:
    """One form, for whoever looks after the configuration.

    Raises: Forbidden, FormNotFound.
    """
    require(viewer, "metadata", "manage", "manage_restricted")
    return whole_form(find_form(form_id), locales)
