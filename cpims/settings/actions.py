"""Deciding how an instance works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import F

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.transactions import atomic
from cpims.settings.events import ContactInformationChanged, SettingsChanged
from cpims.settings.models import ContactInformation, Instance
from cpims.settings.rules import (
    CONTACT,
    ConfigurationClosed,
    ContactInvalid,
    SettingsInvalid,
    contact_problems,
    settings_problems,
)

_let_in: ContextVar[bool] = ContextVar("configuration_let_in", default=False)


@contextmanager
def by_promotion() -> Iterator[None]:
    """What changes inside came by a promotion, or takes one back: a closed instance lets it in."""
    held = _let_in.set(True)
    try:
        yield
    finally:
        _let_in.reset(held)


def hold_configuration(actor: Viewer | None = None) -> Instance:
    """Keep everybody else from changing the configuration until this transaction ends.

    Whoever changes forms, lookups, locations, modules, roles or settings holds this row first: one at a time, in one order.
    Where configuration comes by promotion only, a person (``actor``) is refused; an operator is not, and is found out.
    Raises: ConfigurationClosed.
    """
    instance = Instance.objects.select_for_update().get()
    if instance.closed and actor is not None and not _let_in.get():
        raise ConfigurationClosed
    return instance


def raise_configuration() -> None:
    """Give the configuration its next number, so that everybody reads it anew."""
    Instance.objects.update(configuration=F("configuration") + 1)


@atomic
def put_settings(*, settings: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Instance:
    """An administrator (or a pack, when there is no actor) decides some settings; the others stay as they are.

    Raises: Forbidden, ConfigurationClosed, SettingsInvalid.
    Records: SettingsChanged.
    """
    if actor is not None:
        require(actor, "system", "manage")
    return write_settings(hold_configuration(actor), settings, actor=actor, at=at)


def write_settings(instance: Instance, settings: Mapping[str, Any], *, actor: Viewer | None, at: datetime) -> Instance:
    """Write settings for an action that holds the configuration; nothing (``null``) takes one away.

    Raises: SettingsInvalid.
    Records: SettingsChanged.
    """
    before = dict(instance.data)
    after = {key: value for key, value in (before | dict(settings)).items() if value is not None}
    problems = settings_problems(after)
    if problems:
        raise SettingsInvalid(problems)
    changes = differences(before, after)
    if changes:
        instance.data = after
        instance.updated_at = at
        instance.save(update_fields=["data", "updated_at"])
        raise_configuration()
        instance.refresh_from_db()
        record(SettingsChanged(changes=changes), actor=actor, at=at)
    return instance


@atomic
def change_settings(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Instance:
    """An administrator decides what is named; a system option alone as well, and nothing (``null``) is what stands by default.

    Raises: Forbidden, ConfigurationClosed, SettingsInvalid.
    Records: SettingsChanged.
    """
    require(actor, "system", "manage")
    hold_configuration(actor)
    options = values.get("system_options")
    if not isinstance(options, Mapping):
        return put_settings(settings=values, actor=actor, at=at)
    stored = Instance.objects.values_list("data", flat=True).get().get("system_options") or {}
    merged = {key: value for key, value in {**stored, **options}.items() if value is not None}
    return put_settings(settings={**values, "system_options": merged}, actor=actor, at=at)


@atomic
def put_contact_information(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> ContactInformation:
    """An administrator says whom people here turn to; what is not named stays.

    Raises: Forbidden, ConfigurationClosed, ContactInvalid.
    Records: ContactInformationChanged.
    """
    require(actor, "system", "manage")
    hold_configuration(actor)
    return write_contact_information(values, actor=actor, at=at)


def write_contact_information(values: Mapping[str, Any], *, actor: Viewer | None, at: datetime) -> ContactInformation:
    """Write whom people turn to, for an action that holds the configuration.

    Raises: ContactInvalid.
    Records: ContactInformationChanged.
    """
    problems = contact_problems(values)
    if problems:
        raise ContactInvalid(problems)
    contact = ContactInformation.objects.first() or ContactInformation(created_at=at)
    before = {key: getattr(contact, key) for key in CONTACT}
    after = before | {key: (values[key] or "").strip() or None for key in CONTACT if key in values}
    changes = differences(before, after)
    if changes:
        for key, value in after.items():
            setattr(contact, key, value)
        contact.updated_at = at
        contact.save()
        record(ContactInformationChanged(changes=changes), actor=actor, at=at)
    return contact
