"""Deciding how an instance works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.transactions import atomic
from cpims.settings.events import ContactInformationChanged, SettingsChanged
from cpims.settings.models import ContactInformation, Instance
from cpims.settings.rules import CONTACT, ContactInvalid, SettingsInvalid, contact_problems, settings_problems


def hold_configuration() -> Instance:
    """Keep everybody else from changing the configuration until this transaction ends.

    Whoever changes forms, lookups, locations, modules, roles or settings holds this row first: one at a time, in one order.
    """
    return Instance.objects.select_for_update().get()


def raise_configuration() -> None:
    """Give the configuration its next number, so that everybody reads it anew."""
    Instance.objects.update(configuration=F("configuration") + 1)


@atomic
def put_settings(*, settings: Mapping[str, Any], actor: Viewer | None, at: datetime) -> Instance:
    """An administrator (or a pack, when there is no actor) decides some settings; the others stay as they are.

    Raises: Forbidden, SettingsInvalid.
    Records: SettingsChanged.
    """
    if actor is not None:
        require(actor, "system", "manage")
    instance = hold_configuration()
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
def put_contact_information(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> ContactInformation:
    """An administrator says whom people here turn to; what is not named stays.

    Raises: Forbidden, ContactInvalid.
    Records: ContactInformationChanged.
    """
    require(actor, "system", "manage")
    hold_configuration()
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
