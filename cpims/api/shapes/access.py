"""What somebody may see and do, with the grounds: codes and what they rest on, never sentences."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cpims.api.shapes.accounts import Scope
from cpims.api.shapes.envelope import FormAccess, Ignored, Shape


class SimulationAsked(Shape):
    """Whose rights, over which kind of record, or over which one record."""

    user_name: str
    record_type: str = Field(examples=["case"])
    record_id: str | None = None


class Told(Shape):
    """A stable code with the values that belong to it."""

    code: str
    params: dict[str, Any]


class Ground(Shape):
    """Why, or why not, and the form or the permission that it rests on."""

    code: str
    by: str | None


class SimulatedUser(Shape):
    """Who she is, as far as her rights depend on it."""

    user_name: str
    full_name: str
    role_unique_id: str
    agency_unique_id: str
    user_group_unique_ids: list[str]
    may_sign_in: bool
    role_disabled: bool
    is_super_user: bool
    is_user_administrator: bool


class SimulatedScope(Told):
    """Whose records a list shows her; ``modules`` null: of every module."""

    group_permission: Scope
    modules: list[str] | None
    searches_beyond: bool


class SimulatedAction(Shape):
    """Whether she may do this, and which entry of her role says so."""

    action: str
    granted: bool
    code: Literal["held", "held_through", "missing", "not_in_sight"]
    by: str | None


class SimulatedField(Shape):
    """One question on a form."""

    name: str
    type: str
    readable: bool
    read: Ground
    masked: bool
    writable: bool
    write: Ground
    writable_on_create: bool | None = Field(None, description="only where no one record is meant")


class SimulatedForm(Shape):
    """One form, how it is granted to her role, and its questions."""

    unique_id: str
    access: FormAccess | None
    in_module: bool
    fields: list[SimulatedField]


class SimulatedName(Shape):
    """A name beside the forms that she reads."""

    name: str
    read: Ground
    masked: bool


class SimulatedRecord(Shape):
    """Whether the record lies in her sight, because of what, or what it lacks."""

    id: str
    module_id: str
    in_sight: bool
    because: list[Told]
    missing: list[Told]


class Simulated(Shape):
    """What she may see and do, and why. ``record`` is there only when whoever asked sees that record herself."""

    user: SimulatedUser
    record_type: str
    scope: SimulatedScope
    actions: list[SimulatedAction]
    forms: list[SimulatedForm]
    other_fields: list[SimulatedName]
    record: SimulatedRecord | None = None


class SimulationNotes(Shape):
    """Whether the answer is about the record or about its kind, and why not about the record."""

    about: Literal["record", "record_type"]
    why: Literal["record_not_in_your_sight"] | None
    ignored: list[Ignored] | None = None


class IdentifiedPerson(Shape):
    """Somebody whom a case may be about."""

    user_name: str
    full_name: str
    email: str | None
