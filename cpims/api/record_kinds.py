"""Incidents, tracing requests, families, registry records: what is done with every kind of record."""

from __future__ import annotations

from functools import partial

from ninja import Router

from cpims.api.alerts import add_alerts
from cpims.api.attachments import add_attachments
from cpims.api.flags import add_flags
from cpims.api.record_history import add_history
from cpims.api.records import Amend, Noun, Register, add_records
from cpims.api.sync import add_quarantine
from cpims.families.actions.recording import FAMILY_COURSE, amend_family, register_family
from cpims.incidents.actions.recording import INCIDENT_COURSE, amend_incident, register_incident
from cpims.records.actions.amending import acts_on, require_may_amend
from cpims.records.actions.registering import Course, require_may_register
from cpims.registry.actions.recording import REGISTRY_COURSE, amend_registry_record, register_registry_record
from cpims.tracing.actions.recording import TRACING_COURSE, amend_tracing_request, register_tracing_request

router = Router(tags=["records"])
ours = Router(tags=["records"])


def _noun(course: Course, one: str, register: Register, amend: Amend) -> Noun:
    return Noun(
        kind=course.kind,
        one=one,
        register=register,
        amend=amend,
        may_register=partial(require_may_register, course),
        may_amend=partial(require_may_amend, course),
        acts=acts_on(course.kind.name).keys(),
    )


NOUNS = (
    _noun(INCIDENT_COURSE, "an incident", register_incident, amend_incident),
    _noun(TRACING_COURSE, "a tracing request", register_tracing_request, amend_tracing_request),
    _noun(FAMILY_COURSE, "a family", register_family, amend_family),
    _noun(REGISTRY_COURSE, "a registry record", register_registry_record, amend_registry_record),
)
for _each in NOUNS:
    add_records(router, ours, _each)
    add_history(router, _each.kind)
    add_flags(router, _each.kind)
    add_alerts(router, _each.kind)
    add_attachments(router, ours, _each.kind)
    add_quarantine(ours, _each.kind)
