"""What an instance has before a pack is loaded into it."""

from __future__ import annotations

from cpims.accounts.models import Agency, Role, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.configuration.events import PackLoaded
from cpims.configuration.rules import Standing
from cpims.forms.models import Field, Form
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
    )
