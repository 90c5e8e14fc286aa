"""Children registered twice: cases that share an identifier carry an alert, each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.conf import settings

from cpims.audit.actions import record as write_down
from cpims.audit.events import differences
from cpims.cases.events import CaseEvent, DuplicateSettled, DuplicateSuspected
from cpims.cases.models import DuplicateCheck
from cpims.cases.rules.kind import CASE
from cpims.lib.clock import today
from cpims.lib.transactions import atomic
from cpims.notices.actions import clear_alerts, raise_alert
from cpims.notices.models import Alert
from cpims.notices.rules import AlertFor
from cpims.records.actions.writing import derive_columns
from cpims.records.models import Record
from cpims.settings.queries import configuration_number, settings_at

#: So many cases of one identifier are told; a number that more share identifies nobody.
MOST = 50


def compare_identifiers(cases: Iterable[tuple[Record, Collection[str]]], *, configuration: int) -> None:
    """Have identifiers compared with those of all cases soon: what a case has now, and what it had before.

    Other cases are not looked at here: whoever writes holds her own case only, and nobody waits for anybody.
    """
    forms = duplicate_forms(configuration)
    if not forms:
        return
    checks = [
        DuplicateCheck(record_id=case.id, field=name, key=key)
        for case, before in cases
        for key in {*_told(case), *before}
        if (name := key.partition("=")[0]) in forms and (key in before) != (key in _told(case))
    ]
    DuplicateCheck.objects.bulk_create(checks, batch_size=1_000)


def duplicate_forms(configuration: int) -> dict[str, str]:
    """The identifiers that no two children share, each with the form that it stands on."""
    decided = settings_at(configuration).option("duplicate_field_to_form", {})
    forms = decided.get("case") if isinstance(decided, dict) else None
    told = forms if isinstance(forms, dict) else {}
    return {name: form for name, form in told.items() if name in CASE.identifier_fields and isinstance(form, str)}


@atomic
def resolve_duplicate(*, at: datetime) -> bool:
    """One identifier is compared: every case that has it carries an alert where there are several, and none where not.

    Answers whether there was one to compare. Cut off anywhere, it is done again.
    Records: DuplicateSuspected, DuplicateSettled.
    """
    check = DuplicateCheck.objects.select_for_update(skip_locked=True).order_by("id").first()
    if check is None:
        return False
    configuration = configuration_number()
    form = duplicate_forms(configuration).get(check.field)
    alike = Record.objects.of_kind("case").filter(identifiers__contains=[check.key], record_state=True)
    found = set(alike.order_by("id").values_list("id", flat=True)[: MOST + 1])
    held = Record.objects.filter(pk__in={*found, check.record_id}).order_by("id").select_for_update(of=("self",))
    for case in list(held):
        keys = [key for key in _told(case) if key.startswith(f"{check.field}=")]
        others = alike.exclude(pk=case.pk) if check.key in keys else None
        shared = form is not None and others is not None and len(found) <= MOST and others.exists()
        if check.key in keys or not keys or not case.record_state:
            _mark(case, check.field, form if shared else None, configuration, at)
    DuplicateCheck.objects.filter(record_id=check.record_id, key=check.key, id__lte=check.id).delete()
    return True


def _mark(case: Record, field: str, form: str | None, configuration: int, at: datetime) -> None:
    there = Alert.objects.filter(record=case, alert_for=AlertFor.DUPLICATE_FIELD, type=field).exists()
    if there == (form is not None):
        return
    before = {"current_alert_types": case.state.get("current_alert_types")}
    event: type[CaseEvent]
    if form is not None:
        raise_alert(case, alert_for=AlertFor.DUPLICATE_FIELD, type=field, form=form, at=at)
        event = DuplicateSuspected
    else:
        clear_alerts(case, alert_for=[AlertFor.DUPLICATE_FIELD], types=[field])
        event = DuplicateSettled
    derive_columns(
        case, CASE, configuration=configuration, today=today(settings.ENVIRONMENT.time_zone, case.created_at)
    )
    case.revision += 1
    case.save(update_fields=["alert_count", "state", "facets", "facet_keys", "revision"])
    changes = differences(before, {"current_alert_types": case.state.get("current_alert_types")})
    told = event(record=case.id, revision=case.revision, changes=changes, about={"field": field})
    write_down(told, actor=None, at=at)


def _told(case: Record) -> Collection[str]:
    return case.identifiers if case.record_state else ()
