"""Questions that were asked once and are put away: work that was written while they were asked may still arrive."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from cpims.access.rules.viewer import Viewer
from cpims.forms.models import Field


def once_asked(viewer: Viewer, kind: str, names: Collection[str]) -> frozenset[str]:
    """Which of these names are questions that are put away, on forms that the viewer's role could fill."""
    away = Q(retired_at__isnull=False) | Q(form__retired_at__isnull=False)
    hers = Q(form__grants__role__unique_id=viewer.role, form__grants__access="rw")
    rows = Field.objects.filter(away, hers, name__in=names, form__parent_form=kind, form__is_nested=False)
    return frozenset(rows.values_list("name", flat=True))
