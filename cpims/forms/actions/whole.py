"""Forms put away and grants laid down whole, many at once, for the act that applies a configuration.

The caller holds the configuration, permits, and raises its number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Role
from cpims.audit.actions import record_many
from cpims.audit.events import Event, differences
from cpims.forms.actions.grants import raise_epochs
from cpims.forms.events import FormGrantsChanged, FormRetired
from cpims.forms.models import Form, FormGrant
from cpims.forms.rules.definitions import FormInvalid
from cpims.lib.errors import Problem


def write_forms_away(unique_ids: Sequence[str], *, actor: Viewer | None, at: datetime) -> None:
    """Forms are put away, with whatever was answered on them staying in the records.

    Records: FormRetired.
    """
    rows = list(Form.objects.select_for_update().filter(unique_id__in=unique_ids, retired_at__isnull=True))
    Form.objects.filter(pk__in=[row.pk for row in rows]).update(retired_at=at, updated_at=at)
    raise_epochs(list(FormGrant.objects.filter(form__in=rows).values_list("role_id", flat=True).distinct()))
    events = [FormRetired(subject=f"form:{row.unique_id}", changes={"retired_at": (None, at)}) for row in rows]
    record_many([(event, actor, at) for event in events], {})


def write_grants(grants: Mapping[str, Mapping[str, str]], *, actor: Viewer | None, at: datetime) -> None:
    """Roles may read or fill exactly these forms of those in use; what they held on forms put away waits with these.

    A role that was put away keeps what it held. Raises: FormInvalid. Records: FormGrantsChanged.
    """
    roles = {row.unique_id: row for row in Role.objects.exclude(disabled=True, retired_at__isnull=False)}
    forms = dict(Form.objects.filter(retired_at__isnull=True).values_list("unique_id", "pk"))
    problems = [Problem(f"/{role}", "form.role_unknown", {"role": role}) for role in grants if role not in roles]
    for role, wanted in grants.items():
        for form, access in wanted.items():
            if form not in forms:
                problems.append(Problem(f"/{role}/{form}", "form.unknown", {"form": form}))
            elif access not in ("r", "rw"):
                problems.append(Problem(f"/{role}/{form}", "form.access", {"access": str(access)}))
    if problems:
        raise FormInvalid(problems)
    held: dict[str, dict[str, str]] = defaultdict(dict)
    numbers: dict[tuple[str, str], int] = {}
    rows = FormGrant.objects.filter(role__in=roles.values(), form__retired_at__isnull=True)
    for pk, role, form, access in rows.values_list("pk", "role__unique_id", "form__unique_id", "access"):
        held[role][form] = access
        numbers[role, form] = pk
    gone: list[int] = []
    fresh: list[FormGrant] = []
    events: list[Event] = []
    touched: list[int] = []
    for role, row in roles.items():
        changes = differences(held[role], grants.get(role, {}))
        if not changes:
            continue
        gone += [numbers[role, form] for form in changes if (role, form) in numbers]
        fresh += [
            FormGrant(role=row, form_id=forms[form], access=access)
            for form, (_, access) in changes.items()
            if access is not None
        ]
        touched.append(row.pk)
        events.append(FormGrantsChanged(subject=f"role:{role}", changes=changes))
    FormGrant.objects.filter(pk__in=gone).delete()
    FormGrant.objects.bulk_create(fresh, batch_size=1000)
    raise_epochs(touched)
    record_many([(event, actor, at) for event in events], {})
