"""What the answers to each question tell about a person."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cpims.forms.models import Field
from cpims.forms.rules.privacy import class_of


@lru_cache(maxsize=4)
def privacy_classes(configuration: int) -> Mapping[str, Mapping[str, str]]:
    """The class of each question by form and name, at a configuration number. Shows: nothing of any record."""
    found: dict[str, dict[str, str]] = {}
    rows = Field.objects.filter(retired_at__isnull=True, form__retired_at__isnull=True).order_by("form", "order", "id")
    for form, name, kind, attributes in rows.values_list("form__unique_id", "name", "type", "attributes"):
        found.setdefault(form, {})[name] = class_of({**attributes, "name": name, "type": kind})
    return found
