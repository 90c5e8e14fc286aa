"""What this instance has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.conf import settings

from cpims.lib.clock import iso
from cpims.settings.models import ContactInformation, Instance
from cpims.settings.rules import CONTACT, DEFAULTS, NEVER_SHOWN


@dataclass(frozen=True)
class Decided:
    """The settings at one configuration, with what stands by default filled in."""

    configuration: int
    values: Mapping[str, Any]
    locales: tuple[str, ...]
    default_locale: str
    time_zone: str

    def option(self, name: str, fallback: Any = None) -> Any:
        """One of the system options."""
        found = (self.values.get("system_options") or {}).get(name)
        return fallback if found is None else found


def configuration_number() -> int:
    """The number of the configuration that holds now."""
    return Instance.objects.values_list("configuration", flat=True).get()


@lru_cache(maxsize=8)
def settings_at(configuration: int) -> Decided:
    """The settings at a configuration number."""
    stored = {**DEFAULTS, **Instance.objects.values_list("data", flat=True).get()}
    options = {k: v for k, v in (stored.get("system_options") or {}).items() if k not in NEVER_SHOWN}
    stored["system_options"] = options
    locales = tuple(stored.get("locales") or settings.ENVIRONMENT.locales)
    default = stored.get("default_locale") or settings.ENVIRONMENT.default_locale
    return Decided(
        configuration=configuration,
        values=MappingProxyType(stored),
        locales=locales,
        default_locale=default if default in locales else locales[0],
        time_zone=stored.get("time_zone") or settings.ENVIRONMENT.time_zone,
    )


def contact_information() -> dict[str, Any]:
    """Whom people here turn to; what was not told is left out."""
    contact = ContactInformation.objects.first()
    return {key: value for key in CONTACT if contact and (value := getattr(contact, key)) is not None} | (
        {"created_at": iso(contact.created_at), "updated_at": iso(contact.updated_at)} if contact else {}
    )
