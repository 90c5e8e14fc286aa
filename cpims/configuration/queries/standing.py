"""What an instance has before a pack is loaded into it."""

from __future__ import annotations

from collections.abc import Iterable

from cpims.accounts.models import Agency, Role, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.configuration.events import PackLoaded
from cpims.configuration.rules import Standing
from cpims.forms.models import Field, Form
from cpims.forms.queries.grants import grants_of_roles
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module

PACK = "pack:"


def standing_now() -> Standing:
    """The ids that stand already, so that a pack may name them."""
    loaded = ChangeEntry.objects.filter(event=PackLoaded.name).values_list("subject", flat=True).distinct()
    fields: dict[str, dict[str, str]] = {}
    rows = Field.objects.filter(retired_at__isnull=True, form__retired_at__isnull=True, form__is_nested=False)
    for kind, name, field_type in rows.values_list("form__parent_form", "name", "type"):
        fields.setdefault(kind, {})[name] = field_type
    nested: dict[str, set[str]] = {}
    inside = Field.objects.filter(retired_at__isnull=True, form__retired_at__isnull=True, form__is_nested=True)
    for form, name in inside.values_list("form__unique_id", "name"):
        nested.setdefault(form, set()).add(name)
    return Standing(
        packs=frozenset(subject.removeprefix(PACK) for subject in loaded),
        modules=frozenset(Module.objects.values_list("unique_id", flat=True)),
        lookups=frozenset(Lookup.objects.filter(retired_at__isnull=True).values_list("unique_id", flat=True)),
        locations=frozenset(Location.objects.values_list("code", flat=True)),
        agencies=frozenset(Agency.objects.values_list("unique_id", flat=True)),
        user_groups=frozenset(UserGroup.objects.values_list("unique_id", flat=True)),
        roles=frozenset(Role.objects.values_list("unique_id", flat=True)),
        forms=frozenset(
            Form.objects.filter(retired_at__isnull=True, is_nested=False).values_list("unique_id", flat=True)
        ),
        fields=fields,
        nested={form: frozenset(names) for form, names in nested.items()},
    )


def grants_standing(roles: Iterable[str]) -> dict[str, dict[str, str]]:
    """What these roles may do with forms now, by the roles' ids; a role that holds nothing is there too."""
    names = dict(Role.objects.filter(unique_id__in=set(roles)).values_list("pk", "unique_id"))
    held = grants_of_roles(names)
    return {name: held.get(number, {}) for number, name in names.items()}
