"""The viewer as she stands now: her account, her role and her form grants, read once per epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cpims.access.rules.administration import report_scope
from cpims.access.rules.catalogue import MANAGE, Scope
from cpims.access.rules.viewer import Viewer, read_permissions
from cpims.accounts.models import Role, User
from cpims.accounts.queries.conduct import find_conduct
from cpims.accounts.rules.terms import owes_terms
from cpims.forms.models import FormGrant
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at

#: What of a role stands and falls with its forms: each opens a section that the role need not be granted.
FORM_BOUND = frozenset({"add_note", "incident_details_from_case", "services_section_from_case"})


@lru_cache(maxsize=4096)
def viewer_of(user_id: int, epoch: int, configuration: int) -> Viewer:
    """The viewer behind an account at an epoch and a configuration; both rise with every change, so this never lies.

    Raises: User.DoesNotExist.
    """
    user = User.objects.select_related("role", "agency").get(pk=user_id)
    role = user.role
    stored: dict[str, Any] = role.permissions
    objects = stored.get("objects") or {}
    grants = FormGrant.objects.filter(role=role, form__retired_at__isnull=True).values_list("form__unique_id", "access")
    return Viewer(
        user_id=user.id,
        user_name=user.user_name,
        full_name=user.full_name,
        epoch=epoch,
        configuration=configuration,
        role=role.unique_id,
        role_name=role.name,
        scope=Scope(role.group_permission),
        permissions=read_permissions({} if role.disabled else stored),
        modules=frozenset(role.module_unique_ids),
        groups=frozenset(user.groups.filter(disabled=False).values_list("unique_id", flat=True)),
        agency=user.agency.unique_id,
        agency_id=user.agency_id,
        locale=user.locale or "",
        is_manager=role.is_manager,
        category=role.user_category,
        location=user.location,
        form_access=MappingProxyType(dict(grants)),
        managed_roles=_named(objects, "role"),
        managed_agencies=_named(objects, "agency"),
        report_scope=report_scope(objects),
        owes_conduct=_owes_conduct(user, configuration),
        owes_terms=owes_terms(
            enforced=settings_at(configuration).option("enforce_terms_of_use") is True,
            enabled=user.agency.terms_of_use_enabled,
            uploaded=user.agency.terms_of_use_uploaded_at,
            accepted=user.terms_of_use_accepted_on,
        ),
    )


@lru_cache(maxsize=4096)
def wearing(viewer: Viewer, roles: tuple[str, ...]) -> Viewer:
    """The viewer with the forms of roles that were lent to her (``""`` is her own) in place of those of her role.

    Sight, and what she may do, stay hers. Every change of a role or of its forms raises the configuration, and with it
    the viewer, so that this never lies.
    """
    lent = Role.objects.filter(unique_id__in=[role for role in roles if role], disabled=False)
    granted = list(
        FormGrant.objects.filter(role__in=lent, form__retired_at__isnull=True).values_list("form__unique_id", "access")
    )
    bound = {action for stored in lent.values_list("permissions", flat=True) for action in _bound(stored)}
    if "" in roles:
        granted += viewer.form_access.items()
        bound |= FORM_BOUND
    held = viewer.permissions.get("case", frozenset()) - (FORM_BOUND - bound)
    permissions = MappingProxyType({**viewer.permissions, "case": held})
    return replace(viewer, form_access=_widest(granted), permissions=permissions)


def _bound(stored: Mapping[str, Any]) -> frozenset[str]:
    held = read_permissions(stored).get("case", frozenset())
    return FORM_BOUND if MANAGE in held else held & FORM_BOUND


def _widest(granted: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Of two grants of the same form the one that lets her fill it."""
    found: dict[str, str] = {}
    for form, access in granted:
        found[form] = max(access, found.get(form, access))
    return MappingProxyType(found)


def _owes_conduct(user: User, configuration: int) -> bool:
    """Does the instance ask everybody to accept a code of conduct, and has she not accepted the one that holds now?"""
    if settings_at(configuration).option("code_of_conduct_enabled") is not True:
        return False
    conduct = find_conduct()
    return conduct is not None and conduct.id != user.code_of_conduct_id


def _named(objects: dict[str, Any], key: str) -> frozenset[str] | None:
    names = objects.get(key)
    return frozenset(names) if isinstance(names, list) and names else None


def current_viewer(user_name: str) -> Viewer:
    """The viewer of an account as it stands at this moment, for commands and jobs.

    Raises: User.DoesNotExist.
    """
    user = User.objects.get(user_name=user_name)
    return viewer_of(user.id, user.access_epoch, Instance.objects.values_list("configuration", flat=True).get())
