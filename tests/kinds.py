"""The four other kinds of record, for the standing cast: their forms, who works with them, and one of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from cpims.access.rules.catalogue import ACTIONS
from cpims.accounts.models import Role, User
from cpims.families.actions.recording import amend_family, register_family
from cpims.forms.models import Form, FormGrant
from cpims.incidents.actions.recording import amend_incident, register_incident
from cpims.modules.models import Module
from cpims.records.actions.writing import Outcome
from cpims.records.models import Record
from cpims.registry.actions.recording import amend_registry_record, register_registry_record
from cpims.settings.models import Instance
from cpims.tracing.actions.recording import amend_tracing_request, register_tracing_request
from tests.cast import AT, MODULE, _form, field, viewer

KINDS: Final = ("incident", "tracing_request", "family", "registry_record")
PLURALS: Final = {
    "incident": "incidents",
    "tracing_request": "tracing_requests",
    "family": "families",
    "registry_record": "registry_records",
}
#: What a worker may do with each of them, as far as the kind has the act.
WORK: Final = "read create write flag close reopen change_log enable_disable_record".split()
REGISTERS: Final[dict[str, Callable[..., Outcome]]] = {
    "incident": register_incident,
    "tracing_request": register_tracing_request,
    "family": register_family,
    "registry_record": register_registry_record,
}
AMENDS: Final[dict[str, Callable[..., Outcome]]] = {
    "incident": amend_incident,
    "tracing_request": amend_tracing_request,
    "family": amend_family,
    "registry_record": amend_registry_record,
}
#: One of each, and the name by which it is searched, where it has one.
NEW: Final[dict[str, dict[str, Any]]] = {
    "incident": {
        "incident_date": "2026-02-20",
        "cp_incident_violence_type": "beaten",
        "survivor_code": "SC-1177",
        "age": 9,
    },
    "tracing_request": {
        "relation_name": "Mariam Haddad",
        "relation_telephone": "+99912345678",
        "tracing_request_subform_section": [
            {"name": "Noor Haddad", "sex": "female"},
            {"name": "Omar Haddad", "sex": "male"},
        ],
    },
    "family": {
        "family_name": "Haddad",
        "family_number": "F-2040",
        "family_size": 4,
        "family_members": [{"relation_name": "Mariam Haddad", "relation_telephone": "+99912345678"}],
    },
    "registry_record": {"registry_type": "foster_care", "registry_no": "R-88", "name": "Huda Saleh"},
}
NAMED: Final = {
    "tracing_request": ("relation_name", "Mariam Haddad"),
    "family": ("family_name", "Haddad"),
    "registry_record": ("name", "Huda Saleh"),
}
#: A short answer of each, that a list may be narrowed by, and a secret on a form of its own.
TOLD: Final = {
    "incident": ("cp_incident_violence_type", "beaten", "robbed"),
    "tracing_request": ("separation_cause", "conflict", "flood"),
    "family": ("family_size", 4, 5),
    "registry_record": ("registry_type", "foster_care", "farmer"),
}
SECRET: Final = ("medical_findings", "fever")


def _yes(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "display_text": {"en": name, "ar": name}} for name in names]


def put_kinds() -> None:
    """Forms for each kind, and the right to work with it for everybody who works with cases; once."""
    if Form.objects.filter(unique_id="family_overview").exists():
        return
    traces = _form(
        "tracing_request_subform_section", 1, field("name"), field("name_nickname"), field("name_other"), field("age", "numeric_field"),
        field("sex", "select_box", option_strings_source="lookup lookup-gender"), field("relation"),
        parent="tracing_request", is_nested=True, visible=False,
    )  # fmt: skip
    members = _form(
        "family_members_rows", 1, field("relation_name"), field("relation_nickname"), field("relation_age", "numeric_field"),
        field("family_relationship"), field("relation_telephone"), parent="family", is_nested=True, visible=False,
    )  # fmt: skip
    forms = {
        "incident": [
            field("incident_date", "date_field"), field("date_of_first_report", "date_field"), field("age", "numeric_field"),
            field("cp_incident_violence_type", "select_box", option_strings_text=_yes("beaten", "robbed")),
            field("survivor_code"), field("incident_location", "select_box", option_strings_source="Location"),
            field("incident_description", "textarea"),
        ],
        "tracing_request": [
            field("relation_name"), field("relation_nickname"), field("relation_telephone"), field("inquiry_date", "date_field"),
            field("separation_cause", "select_box", option_strings_text=_yes("conflict", "flood")),
            field("location_last", "select_box", option_strings_source="Location"),
            field("tracing_request_subform_section", "subform", subform=traces),
        ],
        "family": [
            field("family_name"), field("family_number"), field("family_size", "numeric_field"), field("family_notes", "textarea"),
            field("family_registration_date", "date_field"), field("family_telephone_current"),
            field("family_members", "subform", subform=members),
        ],
        "registry_record": [
            field("registry_type", "select_box", option_strings_text=_yes("foster_care", "farmer")), field("registry_no"),
            field("name"), field("registration_date", "date_field"), field("telephone_current"),
        ],
    }  # fmt: skip
    for role in Role.objects.exclude(unique_id="role-administrator"):
        for kind in KINDS:
            held = ["manage"] if role.unique_id == "role-super" else [act for act in WORK if act in ACTIONS[kind]]
            if role.unique_id == "role-supervisor":
                held += ["access_log"]
            role.permissions[kind] = held
        role.save()
    for kind, fields in forms.items():
        plain = _form(f"{kind}_overview", 10, *fields, parent=kind)
        sensitive = _form(f"{kind}_sensitive", 20, field(SECRET[0], "textarea"), parent=kind)
        for role in Role.objects.exclude(unique_id="role-administrator"):
            FormGrant.objects.create(form=plain, role=role, access="rw")
            if role.unique_id not in ("role-worker", "role-group-worker"):
                FormGrant.objects.create(form=sensitive, role=role, access="rw")
    Module.objects.filter(unique_id=MODULE).update(associated_record_types=["case", *KINDS])
    instance = Instance.objects.get()
    instance.configuration += 1
    instance.save()
    User.objects.update(access_epoch=1)


def register_kind(kind: str, by: str = "amina", at: datetime = AT, **values: Any) -> Record:
    """A record of a kind, registered by one of the cast."""
    given = {"module_id": MODULE} | NEW[kind] | values
    return REGISTERS[kind](values=given, actor=viewer(by), at=at).record


def overview(kind: str) -> Form:
    """The form that everybody who works with a kind fills."""
    return Form.objects.get(unique_id=f"{kind}_overview")


def kinds_in(path: str) -> list[str]:
    """The kinds beside cases that an address speaks of."""
    return [kind for kind in KINDS if f"/{PLURALS[kind]}" in path or f"{{{kind}_id}}" in path]
