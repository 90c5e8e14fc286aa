"""A small instance for tests of the configuration: one part of the work, two lists, three forms, and the cast."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Role, User
from cpims.forms.actions import put_form_grants, put_forms
from cpims.forms.queries.viewers import current_viewer
from cpims.lookups.actions import put_lookups
from cpims.modules.actions import put_module
from cpims.settings.models import Instance

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CP = "primeromodule-cp"
ADMIN = {
    **{name: ["manage"] for name in ("role", "user", "user_group", "agency", "metadata", "system")},
}
SUPER = {**ADMIN, **{name: ["manage"] for name in ("case", "incident", "report")}}
CAST = {
    "amina": ("role-worker", "Amina", {"case": ["read", "create", "write"]}, "self"),
    "chantal": ("role-supervisor", "Chantal", {"case": ["read", "write"]}, "group"),
    "dawit": ("role-words", "Dawit", {"case": ["read"], "metadata": ["manage_restricted"]}, "self"),
    "esther": ("role-admin", "Esther", ADMIN, "admin_only"),
    "farid": ("role-super", "Farid", SUPER, "all"),
}
SEX = {
    "unique_id": "lookup-gender",
    "name": {"en": "Sex", "ar": "الجنس"},
    "values": [
        {"id": "female", "display_text": {"en": "Female", "ar": "أنثى"}},
        {"id": "male", "display_text": {"en": "Male", "ar": "ذكر"}},
    ],
}
GROUPS = {
    "unique_id": "lookup-form-group-cp-case",
    "name": {"en": "Groups"},
    "values": [{"id": "registration", "display_text": {"en": "Registration"}}],
}


def field(name: str, kind: str = "text_field", **more: Any) -> dict[str, Any]:
    """A question with an English label."""
    return {"name": name, "type": kind, "display_name": {"en": name.replace("_", " ").title()}, **more}


IDENTITY: dict[str, Any] = {
    "unique_id": "basic_identity",
    "parent_form": "case",
    "name": {"en": "Identity", "ar": "الهوية"},
    "module_ids": [CP],
    "core_form": True,
    "form_group_id": "registration",
    "fields": [
        field("name_first", required=True),
        field("sex", "select_box", option_strings_source="lookup lookup-gender"),
        field("safe_to_call", "radio_button", option_strings_text=[
            {"id": "always", "display_text": {"en": "Always"}},
            {"id": "never", "display_text": {"en": "Never"}},
        ]),
    ],
}
SIBLING_ROWS: dict[str, Any] = {
    "unique_id": "sibling_rows",
    "parent_form": "case",
    "name": {"en": "Sibling"},
    "is_nested": True,
    "visible": False,
    "fields": [field("sibling_name"), field("sibling_age", "numeric_field")],
}
FAMILY: dict[str, Any] = {
    "unique_id": "family",
    "parent_form": "case",
    "name": {"en": "Family"},
    "module_ids": [CP],
    "fields": [field("siblings", "subform", subform_unique_id="sibling_rows")],
}
FORMS = [SIBLING_ROWS, IDENTITY, FAMILY]


def configure() -> None:
    """Fill the instance."""
    put_module(module={"unique_id": CP, "name": "CP", "associated_record_types": ["case"]}, actor=None, at=AT)
    put_lookups(lookups=[SEX, GROUPS], actor=None, at=AT)
    put_forms(forms=FORMS, actor=None, at=AT)
    agency = Agency.objects.create(unique_id="agency-a", agency_code="A", name={"en": "Agency A"})
    for user_name, (role, name, permissions, scope) in CAST.items():
        made = Role.objects.create(
            unique_id=role, name=role, permissions=permissions, group_permission=scope, module_unique_ids=[CP]
        )
        User.objects.create(user_name=user_name, full_name=name, role=made, agency=agency)
    put_form_grants(grants={"role-worker": {"basic_identity": "rw", "family": "r"}}, actor=None, at=AT)


def viewer(user_name: str) -> Viewer:
    """One of the cast as she stands now."""
    return current_viewer(user_name)


def configuration() -> int:
    """The number of the configuration."""
    return Instance.objects.get().configuration
