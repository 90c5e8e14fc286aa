"""Making, changing and putting away forms."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Role
from cpims.audit.actions import record
from cpims.forms.actions.grants import raise_epochs
from cpims.forms.actions.writing import write_forms
from cpims.forms.events import FormRetired
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.definitions import find_form
from cpims.forms.rules.definitions import FormExists, FormInUse, FormInvalid, FormStale, FormStays
from cpims.lib.clock import iso
from cpims.lib.errors import Problem
from cpims.lib.ids import slug
from cpims.lib.sequences import HIGHEST, step_over
from cpims.lib.transactions import atomic
from cpims.lookups.actions import write_lookups
from cpims.lookups.models import Lookup
from cpims.settings.actions import hold_configuration, raise_configuration


@dataclass(frozen=True)
class FormOutcome:
    """A form after an act, and what of the sent was left aside, each with its reason."""

    form: Form
    ignored: list[Problem] = field(default_factory=list)


@atomic
def create_form(*, values: Mapping[str, Any], actor: Viewer, at: datetime, strict: bool = False) -> FormOutcome:
    """An administrator makes a form; holders of her role may fill it at once. ``strict`` leaves nothing aside.

    Raises: Forbidden, FormInvalid, FormExists.
    Records: FormCreated.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    number = values.get("id")
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= HIGHEST):
        raise FormInvalid([Problem("/id", "form.id")])
    if number and Form.objects.filter(pk=number).exists():
        raise FormExists(id=number)
    sent = dict(values)
    if not sent.get("unique_id"):
        name = sent["name"].get("en") if isinstance(sent.get("name"), Mapping) else ""
        sent["unique_id"] = f"form-section-{slug(name if isinstance(name, str) else '')}-{secrets.token_hex(4)[:7]}"
    if isinstance(sent["unique_id"], str) and Form.objects.filter(unique_id=sent["unique_id"]).exists():
        params = {"primero": "errors.models.form_section.unique_id"}
        raise FormInvalid([Problem("/unique_id", "form.unique_id_taken", params)])
    sent = _with_group(sent, None, actor=actor, at=at)
    written = write_forms([sent], actor=actor, at=at, number=number)
    if strict and written.ignored:
        raise FormInvalid(written.ignored)
    form = written.forms[0]
    if number:
        step_over("forms", number)
    role = Role.objects.filter(unique_id=actor.role).first()
    if role is not None:
        FormGrant.objects.create(form=form, role=role, access="rw")
        raise_epochs([role.pk])
    raise_configuration()
    return FormOutcome(form, written.ignored)


@atomic
def change_form(
    *,
    form_id: str,
    values: Mapping[str, Any],
    actor: Viewer,
    at: datetime,
    seen: str | None = None,
    strict: bool = False,
) -> FormOutcome:
    """An administrator changes a form; a sent list of questions replaces the old one, and who is left out is retired.

    ``seen`` is the ``updated_at`` that she read; when somebody changed the form since, nothing is done. ``strict``
    refuses what cannot be used instead of leaving it aside.
    Raises: Forbidden, FormNotFound, FormStale, FormInvalid.
    Records: FormChanged.
    """
    require(actor, "metadata", "manage", "manage_restricted")
    hold_configuration(actor)
    form = find_form(form_id)
    if seen is not None and seen != iso(form.updated_at):
        raise FormStale(unique_id=form.unique_id)
    if values.get("unique_id") not in (None, form.unique_id):
        params = {"primero": "errors.models.form_section.unique_id"}
        raise FormInvalid([Problem("/unique_id", "form.unique_id_fixed", params)])
    sent = {key: value for key, value in values.items() if key != "id"} | {"unique_id": form.unique_id}
    restricted = not actor.may("metadata", "manage")
    sent = _with_group(sent, form, actor=actor, at=at)
    written = write_forms([sent], actor=actor, at=at, restricted=restricted)
    ignored = [Problem("/id", "form.key_not_permitted")] if values.get("id") not in (None, form.pk) else []
    ignored += written.ignored
    if strict and ignored:
        raise FormInvalid(ignored)
    if written.events:
        raise_configuration()
    return FormOutcome(written.forms[0], ignored)


@atomic
def retire_form(*, form_id: str, actor: Viewer, at: datetime) -> Form:
    """An administrator puts a form away; what was answered on it stays in the records.

    Raises: Forbidden, FormNotFound, FormStays, FormInUse.
    Records: FormRetired.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    form = find_form(form_id)
    if form.core_form or not form.editable:
        raise FormStays(unique_id=form.unique_id)
    users = Field.objects.filter(subform=form, retired_at__isnull=True, form__retired_at__isnull=True)
    used_by = sorted(set(users.values_list("form__unique_id", flat=True)))
    if used_by:
        raise FormInUse(unique_id=form.unique_id, forms=used_by)
    form.retired_at = form.updated_at = at
    form.save(update_fields=["retired_at", "updated_at"])
    raise_epochs(list(FormGrant.objects.filter(form=form).values_list("role_id", flat=True)))
    raise_configuration()
    record(FormRetired(subject=f"form:{form.unique_id}", changes={"retired_at": (None, at)}), actor=actor, at=at)
    return form


@atomic
def put_forms(*, forms: Sequence[Mapping[str, Any]], actor: Viewer | None, at: datetime) -> dict[str, Form]:
    """Make or change many forms at once, each given whole by its ``unique_id``; giving them twice changes nothing.

    A subform question names the form of its rows by ``subform_unique_id``; that form stands in the same list or is
    stored already. Without an actor a pack is being loaded. Questions and options that are no longer named are retired.
    Raises: Forbidden, FormInvalid.
    Records: FormCreated, FormChanged (one for each form that changed).
    """
    if actor is not None:
        require(actor, "metadata", "manage")
    hold_configuration(actor)
    nameless = [
        Problem(f"/{place}/unique_id", "form.unique_id_format")
        for place, values in enumerate(forms)
        if not isinstance(values.get("unique_id"), str)
    ]
    if nameless:
        raise FormInvalid(nameless)
    written = write_forms(forms, actor=actor, at=at, pack=True)
    if written.events:
        raise_configuration()
    return {form.unique_id: form for form in written.forms}


def _with_group(sent: Mapping[str, Any], form: Form | None, *, actor: Viewer, at: datetime) -> dict[str, Any]:
    """Give a typed group its id, and its place in the lists of groups of the form's parts of the work."""
    typed = sent.get("form_group_id")
    if not isinstance(typed, str) or not typed.strip() or (form is not None and typed == form.form_group_id):
        return dict(sent)
    modules = sent.get("module_ids") if isinstance(sent.get("module_ids"), list) else None
    modules = modules or (list(form.module_ids) if form else [])
    kind = str(form.parent_form if form else sent.get("parent_form")).replace("_", "-")
    names = [f"lookup-form-group-{str(module).removeprefix('primeromodule-')}-{kind}" for module in modules]
    lists = list(Lookup.objects.filter(unique_id__in=names, retired_at__isnull=True))
    if any(option["id"] == typed for found in lists for option in found.values):
        return dict(sent)
    group = slug(typed, "_") or typed
    lacking = [
        {"unique_id": found.unique_id, "name": found.name, "values": [*found.values, _group(group, typed)]}
        for found in lists
        if all(option["id"] != group for option in found.values)
    ]
    if lacking:
        write_lookups(lacking, actor=actor, at=at, whole=False)
    return {**sent, "form_group_id": group}


def _group(group: str, typed: str) -> dict[str, Any]:
    return {"id": group, "display_text": {"en": typed.strip()}}
