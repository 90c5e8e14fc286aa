"""Putting forms into another order, and bringing back one that was put away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.actions.grants import raise_epochs
from cpims.forms.actions.writing import write_forms
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.retired import find_retired_form
from cpims.forms.rules.definitions import FormNotFound
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration, raise_configuration

PLACES = ("order", "order_form_group")


@atomic
def arrange_forms(*, places: Sequence[Mapping[str, Any]], actor: Viewer, at: datetime) -> list[Form]:
    """An administrator puts forms into another order, all at once; each is named by its number.

    Raises: Forbidden, FormNotFound, FormInvalid.
    Records: FormChanged (one for each form that moved).
    """
    require(actor, "metadata", "manage", "manage_restricted")
    hold_configuration(actor)
    names = dict(
        Form.objects.filter(pk__in=[place["id"] for place in places], retired_at__isnull=True).values_list(
            "pk", "unique_id"
        )
    )
    if any(place["id"] not in names for place in places):
        raise FormNotFound
    sent = [
        {"unique_id": names[place["id"]], **{key: place[key] for key in PLACES if place.get(key) is not None}}
        for place in places
    ]
    written = write_forms(sent, actor=actor, at=at)
    if written.events:
        raise_configuration()
    return written.forms


@atomic
def bring_form_back(*, form_id: str, actor: Viewer, at: datetime) -> Form:
    """An administrator takes a form into use again, with the questions that it had; what does not fit any more is told.

    Raises: Forbidden, FormNotFound, FormInvalid.
    Records: FormChanged.
    """
    require(actor, "metadata", "manage")
    hold_configuration(actor)
    form = find_retired_form(form_id)
    questions = Field.objects.filter(form=form, retired_at__isnull=True).order_by("order", "name")
    fields = [{"name": name, "order": order} for name, order in questions.values_list("name", "order")]
    written = write_forms([{"unique_id": form.unique_id, "fields": fields}], actor=actor, at=at)
    raise_epochs(list(FormGrant.objects.filter(form=form).values_list("role_id", flat=True)))
    raise_configuration()
    return written.forms[0]
