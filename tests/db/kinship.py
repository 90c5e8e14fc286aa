"""The stage of families: what cases and families ask about the child’s people, and who links, makes and relates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from django.db.models import F

from cpims.accounts.models import Role, User
from cpims.cases.actions import amend_case
from cpims.families.actions import amend_family
from cpims.forms.models import Field, Form, FormGrant
from cpims.records.actions.writing import Outcome
from cpims.records.models import Record
from cpims.records.queries.reading import get_record, served
from cpims.records.rules.editing import Base, Edit
from cpims.settings.models import Instance
from tests.cast import _form, field, register, text, viewer
from tests.kinds import put_kinds

LATER = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
TODAY = date(2026, 3, 3)
ROWS = "family_details_section"
MOTHER, UNCLE = str(uuid4()), str(uuid4())
KIN = (
    "case_from_family link_family_record view_family_record view_case_relationships update_case_relationships "
    "add_registry_record view_registry_record"
).split()


def put_families() -> None:
    """The forms of both sides, and the permissions of everybody who works with children."""
    put_kinds()
    members = Form.objects.get(unique_id="family_members_rows")
    for name, kind, more in (
        ("relation_sex", "select_box", {"option_strings_source": "lookup lookup-gender"}),
        ("relation_date_of_birth", "date_field", {}),
        ("relation_national_id", "text_field", {}),
        ("family_relation_is_caregiver", "tick_box", {}),
    ):
        Field.objects.create(form=members, name=name, type=kind, order=20, display_name=text(name), attributes=more)
    put_details()
    for role in Role.objects.exclude(unique_id="role-administrator"):
        if role.unique_id != "role-super":
            role.permissions["case"] = [*role.permissions["case"], *KIN]
            role.permissions["family"] = [*role.permissions["family"], "case_from_family"]
        if role.unique_id == "role-supervisor":
            role.permissions["family"] = [*role.permissions["family"], "assign"]
        role.save()
    User.objects.update(access_epoch=F("access_epoch") + 1)
    Instance.objects.update(configuration=F("configuration") + 1)


def put_details() -> None:
    """What a case asks about the child’s people, for every role; once."""
    if Form.objects.filter(unique_id="family_details").exists():
        return
    rows = _form(
        "family_details_rows", 1, field("relation_name", required=True), field("relation"), field("relation_nickname"),
        field("relation_is_caregiver", "tick_box"), field("relation_lives_with_child", "tick_box"),
        field("relation_age", "numeric_field"), field("relation_telephone"), field("relation_contact_by"),
        is_nested=True, visible=False,
    )  # fmt: skip
    details = _form(
        "family_details", 80, field("family_size", "numeric_field"), field("family_number"),
        field("family_notes", "textarea"), field(ROWS, "subform", subform=rows),
    )  # fmt: skip
    for role in Role.objects.exclude(unique_id="role-administrator"):
        FormGrant.objects.create(form=details, role=role, access="rw")
    Instance.objects.update(configuration=F("configuration") + 1)
    User.objects.update(access_epoch=F("access_epoch") + 1)


def noor(by: str = "amina", **values: Any) -> Record:
    """Noor’s case, with her mother and her uncle."""
    people = [
        {"unique_id": MOTHER, "relation_name": "Mariam Haddad", "relation": "mother", "relation_is_caregiver": True,
         "relation_age": 34, "relation_contact_by": "a neighbour"},
        {"unique_id": UNCLE, "relation_name": "Yusuf Haddad", "relation": "uncle"},
    ]  # fmt: skip
    return register(by, **({"family_size": 5, ROWS: people} | values))


def change(
    case: Record, by: str = "amina", base: dict[str, Any] | None = None, move: str | None = None, **values: Any
) -> Outcome:
    """Somebody changes a case; ``base`` is what she saw."""
    seen = Base(case.revision, base) if base is not None else None
    return amend_case(case_id=case.id, edit=Edit(values=values, base=seen, move=move), actor=viewer(by), at=LATER)


def change_family(family: Record, by: str = "amina", **values: Any) -> Outcome:
    """Somebody changes a family."""
    return amend_family(record_id=family.id, edit=Edit(values=values), actor=viewer(by), at=LATER)


def shown(record: Record, by: str = "amina") -> dict[str, Any]:
    """A record as one of the cast reads it now."""
    found = get_record(kind=record.kind, record_id=record.id, viewer=viewer(by))
    return served(found, viewer(by), today=TODAY)


def people(record: Record, by: str = "amina", name: str = ROWS) -> dict[str, dict[str, Any]]:
    """The rows about somebody that are shown, by name."""
    return {row["relation_name"]: row for row in shown(record, by).get(name, ())}
