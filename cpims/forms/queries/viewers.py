"""The viewer as she stands now: her account, her role and her form grants, read once per epoch."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cpims.access.rules.administration import report_scope
from cpims.access.rules.catalogue import Scope
from cpims.access.rules.viewer import Viewer, read_permissions
from cpims.accounts.models import User
from cpims.accounts.queries.conduct import find_conduct
from cpims.forms.models import FormGrant
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at


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
    )


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
