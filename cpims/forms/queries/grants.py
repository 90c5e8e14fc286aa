"""Which role may read or fill which form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cpims.forms.models import FormGrant


def grants_of_roles(role_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """The forms that roles may read (``r``) or read and fill (``rw``), by the roles' numbers."""
    granted: dict[int, dict[str, str]] = defaultdict(dict)
    rows = FormGrant.objects.filter(role__in=set(role_ids), form__retired_at__isnull=True)
    ordered = rows.order_by("form__order_form_group", "form__order", "form_id")
    for role_id, form, access in ordered.values_list("role_id", "form__unique_id", "access"):
        granted[role_id][form] = access
    return granted
