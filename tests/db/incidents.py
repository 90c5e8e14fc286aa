"""The stage on which incidents are tied to cases: who may, and short ways to do it and to look."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from cpims.accounts.models import Role, User
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.cases.actions import amend_case
from cpims.incidents.actions.recording import register_incident
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.editing import Edit
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, viewer
from tests.kinds import put_kinds

TODAY = date(2026, 3, 2)
LATER = AT + timedelta(hours=1)
FROM_CASE = ["incident_from_case", "incident_details_from_case", "view_incident_from_case"]


def grant(role_id: str, **more: list[str]) -> None:
    """Let a role do more, from now on."""
    role = Role.objects.get(unique_id=role_id)
    for resource, actions in more.items():
        role.permissions[resource] = [*role.permissions.get(resource, []), *actions]
    role.save()
    renew()


def renew() -> None:
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(access_epoch=user.access_epoch + 1)
    instance = Instance.objects.get()
    instance.configuration += 1
    instance.save()


def put_incidents() -> None:
    """Kinds beside cases, and workers who may do with the incidents of a case what there is to do."""
    put_kinds()
    for role in ("role-worker", "role-group-worker", "role-supervisor"):
        grant(role, case=FROM_CASE, incident=["link_incident_to_case"])
    Module.objects.filter(unique_id=MODULE).update(
        field_map={"fields": [{"source": ["nickname", "age"], "target": "age"}, {"source": "national_id_no", "target": "survivor_code"}]}
    )  # fmt: skip


def on_case(case: Record, by: str = "amina", **values: Any) -> Record:
    given = {"incident_case_id": str(case.id), "incident_date": "2026-02-20", "cp_incident_violence_type": "beaten"}
    return Record.objects.get(pk=register_incident(values=given | values, actor=viewer(by), at=LATER).record.pk)


def details(case: Record, *rows: dict[str, Any], by: str = "amina", **edit: Any):
    edit_ = Edit(values={"incident_details": list(rows)}, **edit)
    return amend_case(case_id=case.id, edit=edit_, actor=viewer(by), at=LATER)


def shown(record: Record, by: str = "amina") -> dict[str, Any]:
    found = get_record(kind=record.kind, record_id=record.id, viewer=viewer(by))
    return served(found, viewer(by), today=TODAY)


def events(record: Record) -> list[str]:
    return [one.event for one in find_happenings(record.id)]


def fresh(record: Record) -> Record:
    return Record.objects.get(pk=record.pk)


def untouched(act) -> None:
    """An act that was refused left nothing behind."""
    before = (
        ChangeEntry.objects.count(),
        list(Record.objects.order_by("id").values_list("id", "revision", "state", "data")),
    )
    act()
    after = (
        ChangeEntry.objects.count(),
        list(Record.objects.order_by("id").values_list("id", "revision", "state", "data")),
    )
    assert before == after
