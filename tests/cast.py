"""The standing cast, and a small configuration for them to work with.

Amina (case worker, agency A), Bilal (case worker, same group), Chantal (supervisor of that group), Dawit (case worker,
agency B), Esther (administrator who may not read cases), Farid (super-user); and a child called Noor.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.catalogue import ADMIN_RESOURCES, SUPER_RESOURCES
from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Device, Role, User, UserGroup
from cpims.accounts.queries.sessions import session_digest
from cpims.cases.actions import register_case
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.ids import new_id
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at

PASSWORD = "orange-lantern-42-river"
MODULE = "primeromodule-cp"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

WORKER = (
    "read create write flag close reopen add_note change_log enable_disable_record services_section_from_case "
    "export_pdf"
).split()
SUPERVISOR = [*WORKER, "access_log", "assign", "export_xls"]


def in_production() -> None:
    """From now on in this test real telephones and numbers may be written: it is no demo."""
    Instance.objects.update(kind="production")
    settings_at.cache_clear()


def text(value: str) -> dict[str, str]:
    return {"en": value, "ar": f"ع {value}"}


def _form(unique_id: str, order: int, *fields: dict[str, Any], parent: str = "case", **values: Any) -> Form:
    form = Form.objects.create(
        unique_id=unique_id,
        name=text(unique_id.replace("_", " ").title()),
        parent_form=parent,
        module_ids=[MODULE],
        order=order,
        order_form_group=order,
        form_group_id="identification",
        **values,
    )
    for number, entry in enumerate(fields):
        attributes = {k: v for k, v in entry.items() if k not in ("name", "type", "subform", "disabled")}
        Field.objects.create(
            form=form,
            name=entry["name"],
            type=entry["type"],
            order=number,
            display_name=text(entry["name"].replace("_", " ")),
            subform=entry.get("subform"),
            disabled=entry.get("disabled", False),
            attributes=attributes,
        )
    return form


def field(name: str, kind: str = "text_field", **attributes: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **attributes}


def set_the_stage() -> None:
    """Agencies, groups, roles, people, a module, lookups, places and forms."""
    Module.objects.create(
        unique_id=MODULE, name="CP", associated_record_types=["case"], options={"use_workflow_case_plan": True}
    )
    for name, options in (
        ("lookup-gender", ("male", "female")),
        ("lookup-concerns", ("separated", "child_labour", "sexual_violence")),
        ("lookup-risk", ("low", "medium", "high")),
    ):
        values = [{"id": option, "display_text": text(option)} for option in options]
        Lookup.objects.create(unique_id=name, name=text(name), values=values)
    for code, path in (
        ("KA", ["KA"]),
        ("KA01", ["KA", "KA01"]),
        ("KA0101", ["KA", "KA01", "KA0101"]),
        ("KA02", ["KA", "KA02"]),
    ):
        Location.objects.create(
            code=code, hierarchy=path, admin_level=len(path) - 1, placename=text(code), name=text(code)
        )
    _people()
    _forms()
    instance = Instance.objects.get()
    instance.data = {
        "auto_populate_list": [
            {"field_key": "name", "format": ["name_first", "name_last"], "separator": " ", "auto_populated": True}
        ]
    }
    instance.configuration += 1
    instance.save()


def _role(unique_id: str, scope: str, permissions: dict[str, list[str]], **values: Any) -> Role:
    return Role.objects.create(
        unique_id=unique_id, name=unique_id, group_permission=scope, permissions=permissions,
        module_unique_ids=[MODULE], **values,
    )  # fmt: skip


def _people() -> None:
    agencies = {
        key: Agency.objects.create(unique_id=f"agency-{key}", agency_code=key.upper(), name=text(f"Agency {key}"))
        for key in ("a", "b")
    }
    groups = {
        key: UserGroup.objects.create(unique_id=f"usergroup-{key}", name=f"Group {key}") for key in ("north", "south")
    }
    worker = _role("role-worker", "self", {"case": WORKER})
    group_worker = _role("role-group-worker", "group", {"case": [*WORKER, "receive_referral", "receive_transfer"]})
    supervisor = _role("role-supervisor", "group", {"case": SUPERVISOR, "user": ["read"]}, is_manager=True)
    administrator = _role("role-administrator", "admin_only", {r: ["manage"] for r in ADMIN_RESOURCES})
    everything = _role("role-super", "all", {r: ["manage"] for r in SUPER_RESOURCES})
    from django.contrib.auth.hashers import make_password

    secret = make_password(PASSWORD)
    for name, role, agency, group in (
        ("amina", worker, "a", "north"),
        ("bilal", group_worker, "a", "north"),
        ("chantal", supervisor, "a", "north"),
        ("dawit", worker, "b", "south"),
        ("esther", administrator, "a", None),
        ("farid", everything, "a", None),
    ):
        user = User.objects.create(
            user_name=name, full_name=name.title(), email=f"{name}@example.org", password=secret, role=role,
            agency=agencies[agency], locale="en", location="KA0101",
        )  # fmt: skip
        if group:
            user.groups.add(groups[group])


def _forms() -> None:
    concern_rows = _form(
        "concern_rows",
        1,
        field("protection_concern_type", "select_box", option_strings_source="lookup lookup-concerns", required=True),
        field("concern_details", "textarea"),
        is_nested=True,
        visible=False,
    )
    note_rows = _form(
        "note_rows",
        1,
        field("note_text", "textarea"),
        field("note_date", "date_field", date_include_time=True),
        field("note_created_by"),
        is_nested=True,
        visible=False,
    )
    service_rows = _form(
        "service_rows",
        1,
        field("service_type"),
        field("service_implemented"),
        field("service_implemented_day_time", "date_field", date_include_time=True),
        is_nested=True,
        visible=False,
    )
    forms = {
        "basic_identity": _form(
            "basic_identity", 10,
            field("name_first", required=True), field("name_last"), field("name_nickname"),
            field("sex", "select_box", option_strings_source="lookup lookup-gender", show_on_minify_form=True),
            field("age", "numeric_field"), field("date_of_birth", "date_field", date_validation="not_future_date"),
            field("registration_date", "date_field"), field("national_id_no"), field("telephone_current", phone_number=True),
            field("location_current", "select_box", option_strings_source="Location"),
            field("unaccompanied", "tick_box"), field("siblings", "numeric_field"),
        ),
        "consent": _form("consent", 20, field("consent_given", "tick_box"), field("consent_reason", "textarea")),
        "protection": _form(
            "protection", 30,
            field("protection_concerns", "select_box", multi_select=True, option_strings_source="lookup lookup-concerns"),
            field("risk_level", "select_box", option_strings_source="lookup lookup-risk"),
            field("protection_concern_detail_subform_section", "subform", subform=concern_rows),
        ),
        "services": _form("services", 40, field("services_section", "subform", subform=service_rows)),
        "notes": _form("notes", 50, field("notes_section", "subform", subform=note_rows)),
        "closure": _form("closure", 60, field("closure_reason", required=True)),
        "sensitive": _form("sensitive", 70, field("medical_findings", "textarea"), field("hiv_status", "radio_button",
            option_strings_text=[{"id": "yes", "display_text": text("Yes")}, {"id": "no", "display_text": text("No")}])),
    }  # fmt: skip
    for role in Role.objects.exclude(unique_id="role-administrator"):
        for name, form in forms.items():
            if name == "sensitive" and role.unique_id in ("role-worker", "role-group-worker"):
                continue
            access = "r" if name == "sensitive" and role.unique_id == "role-supervisor" else "rw"
            FormGrant.objects.create(form=form, role=role, access=access)


def viewer(name: str) -> Viewer:
    """One of the cast as she stands now."""
    return current_viewer(name)


def register(by: str = "amina", at: datetime = AT, **values: Any) -> Record:
    """A child registered by one of the cast."""
    given = {"module_id": MODULE, "name_first": "Noor", "name_last": "Haddad", "sex": "female", "age": 9} | values
    return register_case(values=given, actor=viewer(by), at=at).record


def tablet(owner: str = "amina", secret: str = "the secret of a tablet") -> UUID:
    """A registered device of one of the cast."""
    user = User.objects.get(user_name=owner)
    made = Device.objects.create(
        id=new_id(), user=user, name="Blue tablet", platform="Android, Chrome", digest=session_digest(secret),
        created_at=AT, seen_at=AT,
    )  # fmt: skip
    return made.id
