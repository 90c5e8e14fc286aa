"""Roles together with the forms they open: made and changed in one breath."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cpims.access.rules.administration import require_forms_within
from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.roles import change_role, create_role
from cpims.accounts.models import Role
from cpims.accounts.rules.refusals import RoleInvalid
from cpims.accounts.rules.roles import form_problems
from cpims.forms.actions.grants import put_form_grants
from cpims.forms.models import Form
from cpims.forms.queries.grants import grants_of_roles
from cpims.lib.transactions import atomic

GRANTS = "form_section_read_write"


@atomic
def create_role_with_forms(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Role:
    """An administrator makes a role and says which forms its holders may read or fill.

    Raises: Forbidden, BeyondYourRights, RoleInvalid, RoleExists.
    Records: RoleCreated, FormGrantsChanged.
    """
    role = create_role(values=values, actor=actor, at=at)
    _grant(role, values.get(GRANTS) or {}, {}, actor=actor, at=at)
    return role


@atomic
def change_role_with_forms(*, role_id: int, values: Mapping[str, Any], actor: Viewer, at: datetime) -> Role:
    """An administrator changes a role; forms that are named replace those it had.

    Raises: Forbidden, RoleNotFound, BeyondYourRights, RoleInvalid.
    Records: RoleChanged, FormGrantsChanged.
    """
    stood = Role.objects.filter(pk=role_id).first()
    role = change_role(role_id=role_id, values=values, actor=actor, at=at)
    if stood and (
        (stood.disabled and not role.disabled) or (role.referral_authorization > stood.referral_authorization)
    ):
        require_forms_within(actor, grants_of_roles([role.pk]).get(role.pk, {}), {})
    if GRANTS in values or "module_unique_ids" in values:
        before = grants_of_roles([role.pk]).get(role.pk, {})
        wanted = values.get(GRANTS)
        _grant(role, before if wanted is None else wanted, before, actor=actor, at=at)
    return role


def _grant(role: Role, wanted: Mapping[str, str], before: Mapping[str, str], *, actor: Viewer, at: datetime) -> None:
    problems = form_problems(wanted)
    if problems:
        raise RoleInvalid(problems)
    known = set(Form.objects.filter(unique_id__in=wanted, retired_at__isnull=True).values_list("unique_id", flat=True))
    kept = {form: access for form, access in wanted.items() if form in known}
    require_forms_within(actor, kept, before)
    if kept or before:
        put_form_grants(grants={role.unique_id: kept}, actor=actor, at=at)


def unknown_forms(values: Mapping[str, Any]) -> list[str]:
    """The places of forms that do not exist, as JSON pointers; they are not granted."""
    wanted = values.get(GRANTS)
    if not isinstance(wanted, dict):
        return []
    known = set(Form.objects.filter(retired_at__isnull=True).values_list("unique_id", flat=True))
    return [f"/{GRANTS}/{form}" for form in wanted if form not in known]
