"""What a person may see and do with a record, and why: the same decisions as everywhere, with their grounds beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cpims.access.rules.catalogue import ACTIONS, ALSO_GRANTS, MANAGE
from cpims.access.rules.viewer import Viewer
from cpims.access.rules.visibility import Sight, sight_of
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on, readable_of
from cpims.records.queries.setup import forms_of, name_parts_of
from cpims.records.rules.fields import (
    FormView,
    Ground,
    closed_because,
    in_module,
    readable_grounds,
    writable_grounds,
)
from cpims.records.rules.kinds import KINDS, Kind

#: What an explanation about one record tells of it; whoever asks must be able to read as much herself.
TELLS = frozenset({"owned_by", "owned_by_agency_id", "owned_by_groups", "associated_user_names", "module_id"})


@dataclass(frozen=True)
class Explained:
    """An explanation, and the record that it is about, when whoever asked may see that record."""

    said: dict[str, Any]
    record: Record | None


def find_explanation(*, kind: str, record_id: UUID | None, subject: Viewer, viewer: Viewer) -> Explained:
    """What ``subject`` may see and do, told to a viewer who may know how the subject's role is made.

    Shows: about one record only what the viewer sees of it herself; a record out of her sight and one that does not
    exist give the same answer, about records of the kind in general.
    """
    record = None
    if record_id is not None and viewer.may(kind, "read"):
        record = Record.objects.visible_to(viewer).of_kind(kind).filter(pk=record_id).first()
    if record is not None and not readable_of(record, viewer) >= TELLS:
        record = None
    return Explained(explain(subject, KINDS[kind], record), record)


def explain(subject: Viewer, kind: Kind, record: Record | None) -> dict[str, Any]:
    """What a person may see and do with records of a kind, or with one record."""
    subject = eyes_on(record, subject) if record is not None else subject
    missing = missing_of(subject, record) if record is not None else []
    within = not missing
    sees = within and subject.may(kind.name, "read")
    forms = forms_of(subject.configuration, kind.name)
    modules = [record.module] if record is not None else sorted(subject.modules)
    about = _Fields(subject, kind, record, forms, modules, within)
    said: dict[str, Any] = {
        "scope": scope_said(subject, kind),
        "actions": [_action(subject, kind, action, record, within=within) for action in ACTIONS[kind.name]],
        "forms": [about.form(form) for form in forms],
        "other_fields": about.others(),
    }
    if record is not None:
        said["record"] = {
            "id": str(record.id),
            "module_id": record.module,
            "in_sight": sees,
            "because": because_of(subject, record) if sees else [],
            "missing": missing if subject.may(kind.name, "read") else [_told("no_read"), *missing],
        }
    return said


def _told(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": params}


def _shown(ground: Ground) -> dict[str, Any]:
    return {"code": ground.code, "by": ground.by or None}


# --- whose records -----------------------------------------------------------------------------------------------


def scope_said(subject: Viewer, kind: Kind) -> dict[str, Any]:
    """Whose records a list shows her, and of which modules (nothing named: of all)."""
    sight = sight_of(subject)
    said = _reach(subject, sight) if subject.may(kind.name, "read") else _told("nothing")
    beyond = subject.may(kind.name, "read") and subject.holds(kind.name, "search_owned_by_others")
    modules = sorted(sight.modules) if sight.modules is not None else None
    return {**said, "group_permission": str(subject.scope), "modules": modules, "searches_beyond": beyond}


def _reach(subject: Viewer, sight: Sight) -> dict[str, Any]:
    if sight.everything:
        return _told("all")
    if sight.agency is not None:
        return _told("agency", agency=sight.agency)
    if sight.groups:
        return _told("group", groups=sorted(sight.groups))
    if sight.identified_by is not None:
        return _told("identified", user_name=sight.identified_by)
    return _told("own", user_name=subject.user_name)


def because_of(subject: Viewer, record: Record) -> list[dict[str, Any]]:
    """Which of a record's associations bring it into her sight."""
    sight = sight_of(subject)
    because: list[dict[str, Any]] = []
    if sight.everything:
        because.append(_told("all"))
    elif sight.agency is not None:
        because.append(_told("agency", agency=sight.agency, of_owner=sight.agency == record.owned_by_agency_id))
    elif sight.groups:
        shared = sight.groups.intersection(record.associated_user_groups)
        owners = shared.intersection(record.owned_by_groups)
        because.append(_told("group", groups=sorted(shared), of_owner=bool(owners)))
    elif sight.identified_by is not None:
        because.append(_told("identified"))
    else:
        because.append(_told("owner" if record.owned_by == subject.user_name else "assigned"))
    return [*because, _told("every_module" if sight.modules is None else "module", module=record.module)]


def missing_of(subject: Viewer, record: Record) -> list[dict[str, Any]]:
    """Which associations a record lacks to lie in her sight; none when it does."""
    if record.is_visible_to(subject):
        return []
    sight = sight_of(subject)
    missing: list[dict[str, Any]] = []
    if sight.modules is not None and record.module not in sight.modules:
        missing.append(_told("module", module=record.module))
    if sight.everything:
        return missing
    if sight.agency is not None:
        lacks = sight.agency not in record.associated_user_agencies
        missing += [_told("agency", agency=sight.agency)] if lacks else []
    elif sight.groups:
        lacks = sight.groups.isdisjoint(record.associated_user_groups)
        missing += [_told("group", groups=sorted(sight.groups))] if lacks else []
    elif sight.identified_by is not None:
        missing += [_told("identified")] if record.identified_by != sight.identified_by else []
    elif subject.user_name not in record.associated_user_names:
        missing.append(_told("own"))
    return missing


# --- acts --------------------------------------------------------------------------------------------------------


#: What needs no right to read: a new record, and answers to one in her sight.
BLIND = frozenset({"create", "write"})


def _action(subject: Viewer, kind: Kind, action: str, record: Record | None, *, within: bool) -> dict[str, Any]:
    granted = subject.may(kind.name, action)
    by = _granted_by(subject, kind.name, action) if granted else None
    code = "missing" if not granted else "held" if by == action else "held_through"
    applies = within and (action in BLIND or subject.may(kind.name, "read"))
    if granted and record is not None and action != "create" and not applies:
        granted, code = False, "not_in_sight"
    return {"action": action, "granted": granted, "code": code, "by": by}


def _granted_by(subject: Viewer, resource: str, action: str) -> str:
    held = subject.permissions.get(resource, frozenset())
    if action in held:
        return action
    if MANAGE in held:
        return MANAGE
    return next(stored for stored, granted in ALSO_GRANTS.items() if stored in held and action in granted)


# --- answers -----------------------------------------------------------------------------------------------------


class _Fields:
    """The questions of a kind as one person meets them."""

    def __init__(
        self,
        subject: Viewer,
        kind: Kind,
        record: Record | None,
        forms: Sequence[FormView],
        modules: Sequence[str],
        within: bool,
    ) -> None:
        self.subject, self.kind, self.record, self.modules, self.within = subject, kind, record, modules, within
        self.module = record.module if record is not None else None
        self.readable = readable_grounds(
            subject, kind, forms, self.module, name_parts=name_parts_of(subject.configuration, kind.name)
        )
        self.writable: Mapping[str, Ground] = {}
        self.fillable: Mapping[str, Ground] = {}
        for module in modules:
            self.writable = {**writable_grounds(subject, kind, forms, module, on_create=False), **self.writable}
            self.fillable = {**writable_grounds(subject, kind, forms, module, on_create=True), **self.fillable}
        self.on_forms = {field["name"] for form in forms for field in form.fields}

    def form(self, form: FormView) -> dict[str, Any]:
        """One form: how it is granted, and each of its questions."""
        return {
            "unique_id": form.unique_id,
            "access": self.subject.form_access.get(form.unique_id),
            "in_module": in_module(self.subject, form, self.module),
            "fields": [self._field(form, field) for field in form.fields],
        }

    def others(self) -> list[dict[str, Any]]:
        """Names beside the forms that she reads: the record's own, and those that an action opens."""
        names = sorted(self.readable.keys() - self.on_forms) if self.within else []
        return [{"name": name, "read": _shown(self.readable[name]), "masked": self._is_masked(name)} for name in names]

    def _field(self, form: FormView, field: Mapping[str, Any]) -> dict[str, Any]:
        name = field["name"]
        readable, read = self._reading(form, name)
        writable, write = self._writing(form, field, on_create=False)
        said = {
            "name": name,
            "type": field["type"],
            "readable": readable,
            "read": _shown(read),
            "masked": readable and self._is_masked(name),
            "writable": writable,
            "write": _shown(write),
        }
        if self.record is None:
            said["writable_on_create"] = name in self.fillable
        return said

    def _reading(self, form: FormView, name: str) -> tuple[bool, Ground]:
        if not self.subject.may(self.kind.name, "read"):
            return False, Ground("action_missing", f"{self.kind.name}:read")
        if not self.within:
            return False, Ground("not_in_sight")
        if name in self.readable:
            return True, self.readable[name]
        if not in_module(self.subject, form, self.module):
            return False, Ground("form_not_in_module", form.unique_id)
        return False, Ground("form_not_granted", form.unique_id)

    def _writing(self, form: FormView, field: Mapping[str, Any], *, on_create: bool) -> tuple[bool, Ground]:
        name = field["name"]
        if not self.within:
            return False, Ground("not_in_sight")
        if self.record is not None and self.record.is_masked_for(self.subject) and name in self.kind.masked_fields:
            return False, Ground("masked")
        if name in self.writable:
            return True, self.writable[name]
        closed = None
        for module in self.modules:
            closed = closed_because(self.subject, self.kind, form, field, module, on_create=on_create)
            if closed is not None and closed.code != "form_not_in_module":
                break
        return False, closed or Ground("form_not_in_module", form.unique_id)

    def _is_masked(self, name: str) -> bool:
        record = self.record
        if record is None or not record.hidden_name:
            return False
        return name == "name" or (name in self.kind.masked_fields and record.is_masked_for(self.subject))
