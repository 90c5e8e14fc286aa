"""What of somebody’s details belongs to the family, and what to one child’s case (records.md §18).

A member is a row of the family’s ``family_members``. On the case of a child the same people stand in
``family_details_section``: the family’s answers about them, and beside them what is said of them for this child alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from cpims.families.rules.names import PARTS, joined_name, split_name

Row = dict[str, Any]

ID: Final = "unique_id"
DETAILS: Final = "family_details_section"
MEMBERS: Final = "family_members"
#: Answers of a case that are the family’s as soon as the case is linked to one.
SHARED: Final = ("family_number", "family_size", "family_notes")
#: What a case says of somebody for its own child alone.
LOCAL: Final = frozenset(
    (
        "relation relation_is_caregiver relation_lives_with_child relation_child_lived_with_pre_separation "
        "relation_child_is_in_contact relation_child_is_separated_from relation_other_family "
        "child_consent_relation_contact no_consent_provide_details"
    ).split()
)
#: What a family says of its members and no case repeats.
OF_MEMBER: Final = frozenset(
    (
        "family_relationship family_relation_is_caregiver family_relationship_notes "
        "family_relationship_notes_additional family_relationship_additional_notes"
    ).split()
)
#: Laid over rows when they are shown; never stored.
SHOWN: Final = frozenset({"case_id", "case_id_display", "can_read_record"})
#: What a case said of somebody, as the family’s first word about the same.
BEGINS: Final = {"relation": "family_relationship", "relation_is_caregiver": "family_relation_is_caregiver"}
#: A member’s answers and the same answers of a child’s case.
OF_CHILD: Final = {
    "relation_nickname": "name_nickname",
    "relation_sex": "sex",
    "relation_age": "age",
    "relation_date_of_birth": "date_of_birth",
    "relation_age_estimated": "estimated",
    "relation_national_id": "national_id_no",
    "relation_other_id": "other_id_no",
    "relation_unhcr_individual_id": "unhcr_individual_no",
    "relation_ethnicity": "ethnicity",
    "relation_sub_ethnicity1": "sub_ethnicity_1",
    "relation_sub_ethnicity2": "sub_ethnicity_2",
    "relation_language": "language",
    "relation_religion": "religion",
    "relation_nationality": "nationality",
    "relation_address_current": "address_current",
    "relation_landmark_current": "landmark_current",
    "relation_location_current": "location_current",
    "relation_address_is_permanent": "address_is_permanent",
    "relation_telephone": "telephone_current",
}
NAMES: Final = frozenset({"relation_name", "relation_nickname"})


def rows_in(answers: Mapping[str, Any], name: str) -> list[Row]:
    """The rows of a subform that can be told apart."""
    rows = answers.get(name)
    found = rows if isinstance(rows, list) else []
    return [dict(row) for row in found if isinstance(row, Mapping) and isinstance(row.get(ID), str)]


def shared_keys(of_details: Collection[str], of_members: Collection[str]) -> frozenset[str]:
    """Of the questions that a case asks about somebody, those whose answer is the family’s: the family asks them too."""
    return frozenset(of_details) & frozenset(of_members) - LOCAL - OF_MEMBER - SHOWN - {ID}


def only(rows: Any, keys: Collection[str]) -> Any:
    """Rows with these answers of theirs, and what tells them apart; what is no list of rows stays what it is."""
    if not isinstance(rows, list):
        return rows
    kept = {ID, "_destroy", *keys}
    return [{k: v for k, v in row.items() if k in kept} if isinstance(row, Mapping) else row for row in rows]


def without(rows: Any, keys: Collection[str]) -> Any:
    """Rows without these answers of theirs."""
    if not isinstance(rows, list):
        return rows
    return [{k: v for k, v in row.items() if k not in keys} if isinstance(row, Mapping) else row for row in rows]


def is_said(row: Mapping[str, Any]) -> bool:
    """Does a row say anything?"""
    return any(value not in (None, "", []) for name, value in row.items() if name != ID)


def details_of(members: Iterable[Row], *, own: str, local: Sequence[Row], shared: Collection[str]) -> list[Row]:
    """The people of a family as a linked case shows them: everybody but the child, with what the case says of them."""
    said = {row[ID]: row for row in local}
    return [
        {ID: member[ID]} | {k: v for k, v in member.items() if k in shared} | said.get(member[ID], {})
        for member in members
        if member[ID] != own
    ]


def member_of_detail(row: Row, shared: Collection[str], of_members: Collection[str]) -> Row:
    """Somebody of whom a case told, as a member of the family."""
    begun = {
        name: row[said]
        for said, name in BEGINS.items()
        if name in of_members and row.get(said) not in (None, "", False)
    }
    return {ID: row[ID]} | {k: v for k, v in row.items() if k in shared} | begun


def member_of_child(answers: Mapping[str, Any], of_members: Collection[str]) -> Row:
    """The child of a case as a member of the family."""
    row: Row = {name: answers[source] for name, source in OF_CHILD.items() if answers.get(source) not in (None, "", [])}
    if name := joined_name(answers):
        row["relation_name"] = name
    return {name: value for name, value in row.items() if name in of_members}


def nameless(row: Mapping[str, Any]) -> Row:
    """A member without what tells who it is: of a child whose names are hidden."""
    return {name: value for name, value in row.items() if name in (ID, *OF_MEMBER, "relation_sex", "relation_age")}


def child_of_member(member: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What is known of a member as answers of a case of its own, as far as the case asks for them."""
    name = member.get("relation_name")
    answers: dict[str, Any] = dict(split_name(name)) if isinstance(name, str) else {}
    if answers and not any(part in fields for part in PARTS):
        answers = {"name": str(name).strip()}
    answers |= {of: member[name] for name, of in OF_CHILD.items() if member.get(name) not in (None, "", [])}
    found = {name: _fit(value, fields[name]) for name, value in answers.items() if name in fields}
    return {name: value for name, value in found.items() if value is not None}


def _fit(value: Any, field: Mapping[str, Any]) -> Any:
    """One answer where one is asked for, a list where several may be given."""
    if field.get("type") != "select_box":
        return None if isinstance(value, list) else value
    if field.get("multi_select"):
        return value if isinstance(value, list) else [value]
    if isinstance(value, list):
        return value[0] if len(value) == 1 else None
    return value


def changed_rows(before: Sequence[Row], after: Sequence[Row]) -> tuple[list[Row], list[Row]] | None:
    """Only the rows that a change touched, before and after it; nothing when it touched none."""
    was, now = {row[ID]: row for row in before}, {row[ID]: row for row in after}
    touched = [key for key in dict.fromkeys((*was, *now)) if was.get(key) != now.get(key)]
    if not touched:
        return None
    return [was[key] for key in touched if key in was], [now[key] for key in touched if key in now]
