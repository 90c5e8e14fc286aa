"""What can have happened to forms and to who may fill them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FormCreated(Event):
    """A new form was made."""

    name: ClassVar[str] = "form.created"


@dataclass(frozen=True, kw_only=True)
class FormChanged(Event):
    """A form or its questions were changed."""

    name: ClassVar[str] = "form.changed"


@dataclass(frozen=True, kw_only=True)
class FormRetired(Event):
    """A form was put away; answers given on it stay."""

    name: ClassVar[str] = "form.retired"


@dataclass(frozen=True, kw_only=True)
class FormGrantsChanged(Event):
    """Which forms a role may read or fill was changed."""

    name: ClassVar[str] = "role.form_grants_changed"
