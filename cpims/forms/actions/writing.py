"""The one way in which forms are written, one or many, for actions that hold the configuration and raise it themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.forms.actions.drafts import Around, Draft, Written, draft_forms, look_around
from cpims.forms.actions.storing import store_drafts
from cpims.forms.models import Field
from cpims.forms.queries.definitions import field_said
from cpims.forms.rules.amendments import amended_field, ignored_changes
from cpims.forms.rules.definitions import FormInvalid, Values, field_problems, form_problems, narrowed, shape_problems
from cpims.lib.errors import Problem


def write_forms(
    given: Sequence[Values],
    *,
    actor: Viewer | None,
    at: datetime,
    pack: bool = False,
    exact: bool = False,
    restricted: bool = False,
    number: int | None = None,
) -> Written:
    """Lay what is sent over the stored forms, each named by its ``unique_id``; all problems at once.

    From a ``pack`` a form is given whole; ``exact``, it is afterwards as it was given and not otherwise. Who is ``restricted`` changes words and places only.
    Raises: FormInvalid.
    """
    ignored: list[Problem] = []
    problems: list[Problem] = []
    kept: list[dict[str, Any]] = []
    for place, values in enumerate(given):
        prefix = f"/{place}" if pack else ""
        said = {key: value for key, value in values.items() if key != "unique_id"}
        narrow, left, unknown = narrowed(said, pack=pack, restricted=restricted)
        if values.get("unique_id") is not None:
            narrow["unique_id"] = values["unique_id"]
        problems += [Problem(prefix + p.pointer, p.code, p.params) for p in unknown]
        problems += shape_problems(narrow, prefix)
        ignored += left
        kept.append(narrow)
    names = [values.get("unique_id") for values in kept]
    problems += [
        Problem(f"/{place}/unique_id", "form.twice", {"unique_id": str(name)})
        for place, name in enumerate(names)
        if name in names[:place]
    ]
    if problems:
        raise FormInvalid(problems)
    drafts = draft_forms(kept, at=at, pack=pack, exact=exact)
    around = look_around(drafts)
    for draft in drafts:
        if draft.sent.get("fields") is not None:
            _lay_fields(
                draft, around, pack=pack, exact=exact, restricted=restricted, ignored=ignored, problems=problems
            )
        problems += form_problems(draft.after, draft.pointer)
        problems += [
            Problem(f"{draft.pointer}/module_ids", "form.module_unknown", {"module": str(module)})
            for module in draft.after.get("module_ids") or ()
            if module not in around.modules
        ]
        if not draft.new and draft.sent.get("parent_form") not in (None, draft.form.parent_form):
            params = {"primero": "errors.models.form_section.parent_form_change"}
            problems.append(Problem(f"{draft.pointer}/parent_form", "form.parent_form_fixed", params))
    problems += _subform_problems(drafts, around)
    if not problems:
        problems += _clashes(drafts)
    if problems:
        raise FormInvalid(problems)
    events = store_drafts(drafts, around, actor=actor, at=at, number=number, exact=exact)
    return Written([draft.form for draft in drafts], events, ignored)


def _lay_fields(
    draft: Draft,
    around: Around,
    *,
    pack: bool,
    exact: bool,
    restricted: bool,
    ignored: list[Problem],
    problems: list[Problem],
) -> None:
    after: dict[str, dict[str, Any]] = {}
    sources = _copied(draft)
    spoken = {"multi_select": False} if exact else {}
    for place, sent in enumerate(draft.sent["fields"]):
        pointer = f"{draft.pointer}/fields/{place}"
        name = sent.get("name")
        own = next((n for n, row in draft.rows.items() if row.pk == sent.get("id")), None) if not name else None
        name = name or own
        standing = draft.standing.get(name) if name else None
        if standing is None and restricted:
            ignored.append(Problem(pointer, "form.key_not_permitted"))
            continue
        values = {key: value for key, value in sent.items() if not (key == "name" and value is None)}
        if standing is None and (source := sources.get(sent.get("id") or 0)) is not None:
            values = {**field_said(source), "name": name or source.name, **values}
        elif standing is not None and draft.rows[str(name)].retired_at is None:
            (problems if pack else ignored).extend(ignored_changes(standing, {**spoken, **values}, pointer))
        elif standing is not None and ignored_changes(standing, {**spoken, **values}, pointer):
            problems.append(Problem(f"{pointer}/type", "field.type_was", {"type": standing["type"]}))
        usual = standing["order"] if restricted and standing else place
        merged = amended_field(standing, values, usual, whole=pack, exact=exact)
        target = values.get("subform_unique_id")
        if values.get("subform_section_id") is not None:
            target = around.numbers.get(values["subform_section_id"], "")
        merged["subform_unique_id"] = target if target is not None else (standing or {}).get("subform_unique_id")
        key = str(merged.get("name") or "")
        if key in after:
            params = {"primero": "errors.models.form_section.unique_field_names", "name": key}
            problems.append(Problem(f"{pointer}/name", "field.name_twice", params))
        problems += field_problems(merged, pointer, around.lookups)
        after[key] = merged
        draft.places[key] = pointer
    for name, row in draft.rows.items():
        if name in after or row.retired_at is not None:
            continue
        if restricted:
            after[name] = draft.standing[name]
        elif not pack and row.attributes.get("editable") is False:
            problems.append(Problem(f"{draft.pointer}/fields", "field.stays", {"name": name}))
    draft.fields = after


def _copied(draft: Draft) -> dict[int, Field]:
    named = set(draft.rows)
    wanted = {sent.get("id") for sent in draft.sent["fields"] if sent.get("name") not in named}
    return {row.pk: row for row in Field.objects.filter(pk__in=wanted - {None}).select_related("subform")}


def _subform_problems(drafts: Sequence[Draft], around: Around) -> list[Problem]:
    problems: list[Problem] = []
    below = dict(around.below)
    for draft in drafts:
        if draft.fields is None:
            continue
        targets = {name: d["subform_unique_id"] for name, d in draft.fields.items() if d.get("type") == "subform"}
        for name, target in targets.items():
            if target not in around.nested:
                place = f"{draft.places.get(name, draft.pointer)}/subform_section_id"
                problems.append(Problem(place, "field.subform_unknown", {"name": name}))
        below[draft.form.unique_id] = frozenset(target for target in targets.values() if target)
    for draft in drafts:
        if draft.form.unique_id in _reached(below, draft.form.unique_id):
            problems.append(Problem(f"{draft.pointer}/fields", "form.contains_itself"))
    return problems


def _reached(below: Mapping[str, Iterable[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(below.get(start, ()))
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += below.get(here, ())
    return seen


def _clashes(drafts: Sequence[Draft]) -> list[Problem]:
    """Questions that share their key with one of another type: a record holds one answer under one key."""
    whole = [d for d in drafts if d.fields is not None and not d.after["is_nested"]]
    names = {name for draft in whole for name in draft.fields or {}}
    given = [draft.form.pk for draft in drafts if draft.form.pk and draft.fields is not None]
    found = (
        Field.objects.filter(
            name__in=names, retired_at__isnull=True, form__is_nested=False, form__retired_at__isnull=True
        )
        .exclude(form__in=given)
        .exclude(type="separator")
        .values_list(
            "name", "type", "attributes__multi_select", "form__parent_form", "form__module_ids", "form__unique_id"
        )
    )
    known = [(n, t, bool(m), parent, frozenset(modules), uid) for n, t, m, parent, modules, uid in found]
    problems: list[Problem] = []
    for draft in whole:
        parent, modules = draft.after["parent_form"], frozenset(draft.after["module_ids"])
        for name, said in (draft.fields or {}).items():
            if said["type"] == "separator":
                continue
            mine = (said["type"], bool(said.get("multi_select")))
            other = next(
                (k for k in known if k[0] == name and k[3] == parent and k[4] & modules and (k[1], k[2]) != mine), None
            )
            if other:
                params = {"name": name, "type": other[1], "form": other[5]}
                problems.append(
                    Problem(f"{draft.places.get(name, draft.pointer)}/type", "field.type_elsewhere", params)
                )
            known.append((name, *mine, parent, modules, draft.form.unique_id))
    return problems
