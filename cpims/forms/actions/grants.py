"""Deciding which role may read or fill which form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from cpims.access.rules.administration import may_touch_role, require_forms_within
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Role, User
from cpims.accounts.queries.people import facts_of
from cpims.accounts.rules.refusals import RoleNotFound
from cpims.audit.actions import record_many
from cpims.audit.events import Event, differences
from cpims.forms.events import FormGrantsChanged
from cpims.forms.models import Form, FormGrant
from cpims.forms.rules.definitions import FormInvalid
from cpims.lib.errors import Problem
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration, raise_configuration


@atomic
def put_form_grants(
    *, grants: Mapping[str, Mapping[str, str]], actor: Viewer | None, at: datetime
) -> dict[str, dict[str, str]]:
    """Say for each named role which forms its holders may read (``r``) or read and fill (``rw``); others they may not.

    Forms of parts of the work that a role does not do are left out, as in Primero. Without an actor a pack is being
    loaded. Answers what stands afterwards.
    Raises: Forbidden, RoleNotFound, BeyondYourRights, FormInvalid.
    Records: FormGrantsChanged (one for each role that changed).
    """
    if actor is not None:
        require(actor, "role", "write", "create")
    hold_configuration(actor)
    roles = {role.unique_id: role for role in Role.objects.filter(unique_id__in=grants)}
    forms = {form.unique_id: form for form in Form.objects.filter(retired_at__isnull=True)}
    problems = _problems(grants, roles, forms)
    if problems:
        raise FormInvalid(problems)
    stored: dict[int, dict[str, str]] = defaultdict(dict)
    held = FormGrant.objects.filter(role__in=roles.values())
    for role_id, name, access in held.values_list("role_id", "form__unique_id", "access"):
        stored[role_id][name] = access
    events: list[Event] = []
    if actor is not None:
        _permit(actor, grants, roles, stored)
    changed: list[Role] = []
    fresh: list[FormGrant] = []
    standing: dict[str, dict[str, str]] = {}
    for name, wanted in grants.items():
        role = roles[name]
        after = {form: access for form, access in wanted.items() if _does(role, forms[form])}
        standing[name] = after
        changes = differences(stored[role.pk], after)
        if changes:
            changed.append(role)
            fresh += [FormGrant(role=role, form=forms[form], access=access) for form, access in after.items()]
            events.append(FormGrantsChanged(subject=f"role:{name}", changes=changes))
    if changed:
        FormGrant.objects.filter(role__in=changed).delete()
        FormGrant.objects.bulk_create(fresh, batch_size=1000)
        raise_epochs([role.pk for role in changed])
        raise_configuration()
        record_many([(event, actor, at) for event in events], {})
    return standing


def _permit(
    actor: Viewer,
    grants: Mapping[str, Mapping[str, str]],
    roles: Mapping[str, Role],
    stored: Mapping[int, Mapping[str, str]],
) -> None:
    """Nobody opens forms to a role out of her reach, nor forms that she may not read or fill herself."""
    for name, wanted in grants.items():
        role, before = roles[name], stored.get(roles[name].pk, {})
        just_made = actor.may("role", "create") and not before and not role.users.exists()
        if not just_made and not may_touch_role(actor, facts_of(role), "write"):
            raise RoleNotFound
        require_forms_within(actor, wanted, before)


def raise_epochs(role_ids: Sequence[int]) -> None:
    """Let every holder of these roles be looked at anew with her next request."""
    User.objects.filter(role__in=role_ids).update(access_epoch=F("access_epoch") + 1)


def _does(role: Role, form: Form) -> bool:
    return not form.module_ids or not role.module_unique_ids or bool(set(form.module_ids) & set(role.module_unique_ids))


def _problems(
    grants: Mapping[str, Mapping[str, str]], roles: Mapping[str, Role], forms: Mapping[str, Any]
) -> list[Problem]:
    problems: list[Problem] = []
    for role, wanted in grants.items():
        if role not in roles:
            problems.append(Problem(f"/{role}", "form.role_unknown", {"role": role}))
        for form, access in wanted.items():
            if form not in forms:
                problems.append(Problem(f"/{role}/{form}", "form.unknown", {"form": form}))
            if access not in ("r", "rw"):
                problems.append(Problem(f"/{role}/{form}", "form.access", {"access": str(access)}))
    return problems
