"""What this instance has decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.conf import settings

from cpims.access.rules.viewer import Viewer, require
from cpims.lib.clock import iso
from cpims.lib.messages import sentence
from cpims.settings.models import ContactInformation, Instance
from cpims.settings.rules import CONTACT, DEFAULTS, KINDS, NEVER_SHOWN


@dataclass(frozen=True)
class Decided:
    """The settings at one configuration, with what stands by default filled in."""

    configuration: int
    values: Mapping[str, Any]
    locales: tuple[str, ...]
    default_locale: str
    time_zone: str
    is_demo: bool

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
    instance = Instance.objects.only("data", "kind").get()
    stored = {**DEFAULTS, **instance.data}
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
        is_demo=instance.is_demo,
    )


def system_name(locale: str) -> str:
    """What this instance is called in mails; a demo says that it is one."""
    instance = Instance.objects.only("kind", "name").get()
    name = instance.name or "CPIMS"
    return sentence(locale, "mail.demo_system", name=name) if instance.is_demo else name


def decided_settings(*, viewer: Viewer) -> dict[str, Any]:
    """Every setting as it holds now, what stands by default filled in, for whoever decides them.

    Raises: Forbidden.
    """
    require(viewer, "system", "manage")
    decided = settings_at(viewer.configuration)
    usual = {"default_locale": decided.default_locale, "time_zone": decided.time_zone, "locales": list(decided.locales)}
    return {key: decided.values.get(key, usual.get(key)) for key in KINDS}


def contact_information() -> dict[str, Any]:
    """Whom people here turn to; what was not told is left out."""
    contact = ContactInformation.objects.first()
    return {key: value for key in CONTACT if contact and (value := getattr(contact, key)) is not None} | (
        {"created_at": iso(contact.created_at), "updated_at": iso(contact.updated_at)} if contact else {}
    )
