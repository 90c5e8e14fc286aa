"""Forms on the desk: as they stand, as they would be, and what stands around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cpims.audit.events import Event
from cpims.forms.models import Field, Form
from cpims.forms.queries.definitions import field_said, form_said
from cpims.forms.rules.amendments import amended
from cpims.forms.rules.definitions import Values
from cpims.lib.errors import Problem
from cpims.lookups.models import Lookup
from cpims.modules.models import Module

FORM_COLUMNS = (
    *("parent_form", "name", "description", "help_text", "module_ids", "visible", "is_nested", "core_form", "editable"),
    *("order", "order_form_group", "order_subform", "form_group_id"),
)
FIELD_COLUMNS = ("order", "visible", "disabled", "display_name")
FORM_DEFAULTS: Mapping[str, Any] = {
    "description": {},
    "help_text": {},
    "module_ids": [],
    "visible": True,
    "is_nested": False,
    "core_form": False,
    "editable": True,
    "order": 0,
    "order_form_group": 0,
    "order_subform": 0,
    "form_group_id": None,
    "name": {},
}


@dataclass
class Draft:
    """A form being changed: its row, what was said of it before, and what will be said."""

    form: Form
    pointer: str
    new: bool
    sent: Values
    before: dict[str, Any]
    after: dict[str, Any]
    rows: dict[str, Field]
    standing: dict[str, dict[str, Any]]
    fields: dict[str, dict[str, Any]] | None = None
    places: dict[str, str] = field(default_factory=dict)


@dataclass
class Written:
    """What was written: the forms as given, what happened, and what of the sent was left aside."""

    forms: list[Form]
    events: list[Event]
    ignored: list[Problem]


@dataclass(frozen=True)
class Around:
    """What stands around the forms that are written: lists, parts of the work, nested forms, questions elsewhere."""

    lookups: frozenset[str]
    modules: frozenset[str]
    nested: Mapping[str, int]
    numbers: Mapping[int, str]
    below: Mapping[str, frozenset[str]]


def draft_forms(kept: Sequence[Values], *, at: datetime, pack: bool, exact: bool = False) -> list[Draft]:
    """The forms as stored and as they would be after what is sent, held until the transaction ends."""
    wanted = [values["unique_id"] for values in kept]
    stored = {
        row.unique_id: row for row in Form.objects.select_for_update().filter(unique_id__in=wanted).order_by("id")
    }
    rows: dict[int, dict[str, Field]] = defaultdict(dict)
    for row in Field.objects.filter(form__in=stored.values()).select_related("subform").order_by("order", "id"):
        rows[row.form_id][row.name] = row
    drafts = []
    for place, values in enumerate(kept):
        form = stored.get(values["unique_id"])
        fields = rows[form.pk] if form else {}
        before = form_said(form) if form else {}
        after = {
            **FORM_DEFAULTS,
            **amended(before, values, whole=pack, exact=exact),
        }
        after["unique_id"] = values["unique_id"]
        if form is not None and form.is_nested and not exact:
            after["module_ids"] = list(form.module_ids)
        drafts.append(
            Draft(
                form=form or Form(unique_id=values["unique_id"], created_at=at),
                pointer=f"/{place}" if pack else "",
                new=form is None,
                sent=values,
                before=before,
                after=after,
                rows=fields,
                standing={name: field_said(row) for name, row in fields.items()},
            )
        )
    return drafts


def look_around(drafts: Sequence[Draft]) -> Around:
    """What stands around these forms now."""
    forms = list(Form.objects.filter(retired_at__isnull=True).values_list("unique_id", "id", "is_nested"))
    nested = {name: number for name, number, is_nested in forms if is_nested}
    for draft in drafts:
        if draft.after.get("is_nested"):
            nested.setdefault(draft.form.unique_id, 0)
    below: dict[str, set[str]] = defaultdict(set)
    links = Field.objects.filter(type="subform", retired_at__isnull=True, subform__isnull=False)
    for above, under in links.values_list("form__unique_id", "subform__unique_id"):
        below[above].add(under)
    return Around(
        lookups=frozenset(Lookup.objects.filter(retired_at__isnull=True).values_list("unique_id", flat=True)),
        modules=frozenset(Module.objects.values_list("unique_id", flat=True)),
        nested=nested,
        numbers={number: name for name, number, _ in forms},
        below={above: frozenset(under) for above, under in below.items()},
    )
