"""A mother who looks for her children, and cases that may be about them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from cpims.accounts.models import Role, User
from cpims.forms.models import Field, Form, FormGrant
from cpims.records.models import Record
from cpims.settings.models import Instance
from cpims.tracing.models import Trace
from tests.cast import MODULE, _form, field, register
from tests.kinds import put_kinds, register_kind

NOOR, OMAR, SARA = (UUID(f"00000000-0000-4000-8000-00000000000{n}") for n in (1, 2, 3))
DECIDES: Final = ("find_tracing_match",)


def put_tracing() -> None:
    """Forms and rights for tracing: who works with cases may compare and decide."""
    put_kinds()
    actions = _form(
        "tracing_actions_section", 1, field("date_tracing", "date_field"), field("tracing_outcome"),
        field("location_tracing", "select_box", option_strings_source="Location"), is_nested=True, visible=False,
    )  # fmt: skip
    relatives = _form(
        "family_details_section", 1, field("relation"), field("relation_name"), field("relation_telephone"),
        is_nested=True, visible=False,
    )  # fmt: skip
    reunifications = _form(
        "reunification_details_section", 1, field("date_reunification", "date_field"), field("reunification_type"),
        field("location_reunified_adult", "select_box", option_strings_source="Location"), is_nested=True, visible=False,
    )  # fmt: skip
    followups = _form(
        "followup_subform_section", 1, field("followup_date", "date_field"), field("followup_type"),
        is_nested=True, visible=False,
    )  # fmt: skip
    forms = {
        "tracing": _form(
            "tracing", 80, field("consent_for_tracing", "tick_box"), field("tracing_status"),
            field("matched_tracing_request_id", disabled=True), field("date_of_separation", "date_field"),
            field("separation_cause"), field("location_separation", "select_box", option_strings_source="Location"),
            field("tracing_actions_section", "subform", subform=actions),
            field("family_details_section", "subform", subform=relatives),
            field("reunification_details_section", "subform", subform=reunifications),
            field("followup_subform_section", "subform", subform=followups),
        ),
        "origin": _form("origin", 81, field("language"), field("name_other")),
    }  # fmt: skip
    rows = Form.objects.get(unique_id="tracing_request_subform_section")
    for number, name in enumerate(("matched_case_id", "tracing_request_status"), start=20):
        Field.objects.create(form=rows, name=name, type="text_field", order=number, display_name={"en": name})
    for role in Role.objects.exclude(unique_id="role-administrator"):
        for name, form in forms.items():
            if not (name == "origin" and role.unique_id == "role-worker"):
                FormGrant.objects.create(form=form, role=role, access="rw")
        role.permissions = role.permissions | {"potential_match": ["read"]}
        role.permissions["case"] = [*role.permissions.get("case", []), *DECIDES]
        if role.unique_id == "role-super":
            role.permissions["matching_configuration"] = ["manage"]
        role.save()
    changed()


def changed(**options: Any) -> None:
    """The configuration and everybody's rights are read anew; options of the system."""
    instance = Instance.objects.get()
    if options:
        instance.data["system_options"] = {**(instance.data.get("system_options") or {}), **options}
    instance.configuration += 1
    instance.save()
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(access_epoch=user.access_epoch + 1)


def request_of_mariam(by: str = "amina", **values: Any) -> Record:
    """Mariam looks for Noor, Omar and Sara; she writes Arabic."""
    rows = [
        {"unique_id": str(NOOR), "name": "نور حداد", "sex": "female", "age": 9, "relation": "mother"},
        {"unique_id": str(OMAR), "name": "عمر حداد", "sex": "male", "age": 6, "relation": "mother"},
        {"unique_id": str(SARA), "name": "سارة حداد", "sex": "female", "age": 3, "relation": "mother"},
    ]
    given = {"relation_name": "مريم حداد", "inquiry_date": "2026-02-01", "tracing_request_subform_section": rows}
    return register_kind("tracing_request", by, **(given | values))


def child(by: str = "bilal", **values: Any) -> Record:
    """A case that may be Noor: Latin letters, her mother's name, consent to tracing."""
    mother = [{"relation": "mother", "relation_name": "Mariam Haddad"}]
    given = {"name_first": "Nour", "name_last": "Hadad", "age": 9, "consent_for_tracing": True}
    return register(by, **(given | {"family_details_section": mother} | values))


def trace(named: UUID = NOOR) -> Trace:
    """A trace as it stands."""
    return Trace.objects.get(pk=named)


__all__ = ["MODULE", "NOOR", "OMAR", "SARA", "changed", "child", "put_tracing", "request_of_mariam", "trace", "uuid4"]
