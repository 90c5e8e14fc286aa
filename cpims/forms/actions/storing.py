"""Putting changed forms into their tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.audit.actions import record_many
from cpims.audit.events import Event, differences
from cpims.forms.actions.drafts import FIELD_COLUMNS, FORM_COLUMNS, Around, Draft
from cpims.forms.events import FormChanged, FormCreated
from cpims.forms.models import Field, Form


def store_drafts(
    drafts: Sequence[Draft],
    around: Around,
    *,
    actor: Viewer | None,
    at: datetime,
    number: int | None,
    exact: bool = False,
) -> list[Event]:
    """Store the forms that changed, with their questions; one ledger row each.

    Forms of rows belong to the parts of the work of the forms that show them, unless all was said of them (``exact``).
    """
    events: list[Event] = []
    touched: list[Draft] = []
    for draft in drafts:
        changes = _changes(draft)
        if not changes:
            continue
        form = draft.form
        for column in FORM_COLUMNS:
            setattr(form, column, draft.after[column])
        form.attributes = {
            k: v for k, v in draft.after.items() if k not in FORM_COLUMNS and k not in ("unique_id", "retired_at")
        }
        form.retired_at = None
        form.updated_at = at
        touched.append(draft)
        events.append((FormCreated if draft.new else FormChanged)(subject=f"form:{form.unique_id}", changes=changes))
    fresh = [draft.form for draft in touched if draft.new]
    if number and fresh:
        fresh[0].pk = number
    Form.objects.bulk_create(fresh)
    columns = [*FORM_COLUMNS, "attributes", "retired_at", "updated_at"]
    Form.objects.bulk_update([d.form for d in touched if not d.new], columns, batch_size=100)
    numbers = {**around.nested, **{draft.form.unique_id: draft.form.pk for draft in drafts if draft.form.pk}}
    _store_fields(touched, numbers, at=at)
    if touched and not exact:
        hand_down_modules(at=at)
    record_many([(event, actor, at) for event in events], {})
    return events


def _store_fields(drafts: Sequence[Draft], numbers: Mapping[str, int], *, at: datetime) -> None:
    fresh: list[Field] = []
    changed: list[Field] = []
    for draft in drafts:
        if draft.fields is None:
            continue
        for name, said in draft.fields.items():
            row = draft.rows.get(name)
            if row is not None and row.retired_at is None and draft.standing[name] == said:
                continue
            if row is None:
                row = Field(form=draft.form, name=name, type=said["type"], created_at=at)
                fresh.append(row)
            else:
                changed.append(row)
            for column in FIELD_COLUMNS:
                setattr(row, column, said[column])
            target = said.get("subform_unique_id")
            row.subform_id = numbers[target] if target else None
            skipped = (*FIELD_COLUMNS, "name", "type", "subform_unique_id")
            row.attributes = {key: value for key, value in said.items() if key not in skipped}
            row.retired_at, row.updated_at = None, at
        for name, row in draft.rows.items():
            if name not in draft.fields and row.retired_at is None:
                row.retired_at = row.updated_at = at
                changed.append(row)
    Field.objects.bulk_create(fresh, batch_size=500)
    columns = [*FIELD_COLUMNS, "subform", "attributes", "retired_at", "updated_at"]
    Field.objects.bulk_update(changed, columns, batch_size=100)


def _changes(draft: Draft) -> dict[str, tuple[Any, Any]]:
    changes = differences(draft.before, {**draft.after, "retired_at": None})
    if draft.fields is not None:
        live = {name: said for name, said in draft.standing.items() if draft.rows[name].retired_at is None}
        found = differences(live, draft.fields)
        changes |= {f"fields/{name}": change for name, change in found.items()}
    return changes


def hand_down_modules(*, at: datetime) -> None:
    """Let every nested form belong to the parts of the work of the forms that show it."""
    live = Form.objects.filter(retired_at__isnull=True)
    forms = {row.pk: row for row in live.only("id", "module_ids", "is_nested", "updated_at")}
    links: dict[int, set[int]] = defaultdict(set)
    fields = Field.objects.filter(type="subform", retired_at__isnull=True, subform__isnull=False)
    for above, under in fields.values_list("form_id", "subform_id"):
        if above in forms and under in forms:
            links[above].add(under)
    inherited: dict[int, set[str]] = defaultdict(set)
    waiting = [pk for pk, row in forms.items() if not row.is_nested]
    while waiting:
        above = waiting.pop()
        modules = inherited[above] | (set() if forms[above].is_nested else set(forms[above].module_ids))
        for under in links[above]:
            if not modules <= inherited[under]:
                inherited[under] |= modules
                waiting.append(under)
    changed = []
    for pk, modules in inherited.items():
        row = forms[pk]
        if row.is_nested and modules and set(row.module_ids) != modules:
            row.module_ids, row.updated_at = sorted(modules), at
            changed.append(row)
    Form.objects.bulk_update(changed, ["module_ids", "updated_at"])
