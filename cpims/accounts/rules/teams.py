"""What agencies and user groups must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cpims.accounts.rules.terms import CONTENT, FILE_NAME
from cpims.accounts.rules.texts import (
    EMAIL,
    LONGEST_PROSE,
    flag_problems,
    is_blank,
    list_problems,
    localized_problems,
    unique_id_problem,
)
from cpims.lib.errors import Problem
from cpims.lib.texts import text_problems

TERMS_KEYS: Final = (CONTENT, FILE_NAME)
AGENCY_TEXTS: Final = ("agency_code", "telephone", "contact_email", "contact_name", "contact_phone")
AGENCY_FLAGS: Final = ("pdf_logo_option", "terms_of_use_enabled", "exclude_agency_from_lookups", "disabled")
AGENCY_LOCALIZED: Final = ("name", "description")
AGENCY_PLAIN: Final = (*AGENCY_TEXTS, *AGENCY_FLAGS, "notes", "services", "order")
AGENCY_KEYS: Final = frozenset([*AGENCY_PLAIN, *AGENCY_LOCALIZED, "id", "unique_id", *TERMS_KEYS])
#: Keys of Primero's agencies that hold or depend on files; they come with stored files.
AGENCY_LATER: Final = frozenset(
    [
        "logo_enabled",
        "logo_full_base64",
        "logo_full_file_name",
        "logo_icon_base64",
        "logo_icon_file_name",
    ]
)
GROUP_KEYS: Final = frozenset(["id", "unique_id", "name", "description", "disabled", "agency_ids", "agency_unique_ids"])


def agency_problems(values: Mapping[str, Any], *, new: bool) -> list[Problem]:
    """Everything that is wrong with an agency as it is sent."""
    problems = text_problems(values, AGENCY_TEXTS) + text_problems(values, ["notes"], LONGEST_PROSE)
    problems += flag_problems(values, AGENCY_FLAGS) + list_problems(values, ["services"])
    problems += localized_problems(values, AGENCY_LOCALIZED)
    problems += unique_id_problem(values.get("unique_id"), "agency.unique_id.format")
    order = values.get("order", 0)
    if isinstance(order, bool) or not isinstance(order, int) or not -(2**31) <= order < 2**31:
        problems.append(Problem("/order", "value.not_whole_number"))
    if problems:
        return problems
    code = values.get("agency_code")
    if is_blank(code) and (new or "agency_code" in values):
        problems.append(_problem("agency_code", "agency.code.required", "code_present"))
    elif new and not values.get("unique_id"):
        problems += unique_id_problem(str(code).strip(), "agency.unique_id.format")
    name = values.get("name") or {}
    if is_blank(name.get("en")) and (new or "en" in name or ("name" in values and not values["name"])):
        problems.append(_problem("name", "agency.name.required", "name_present"))
    email = values.get("contact_email")
    if email and not EMAIL.match(email.strip()):
        problems.append(Problem("/contact_email", "agency.email.format"))
    return problems


def _problem(key: str, code: str, primero: str) -> Problem:
    return Problem(f"/{key}", code, {"primero": f"errors.models.agency.{primero}"})


def group_problems(values: Mapping[str, Any], *, new: bool) -> list[Problem]:
    """Everything that is wrong with a user group as it is sent."""
    problems = text_problems(values, ["name"]) + text_problems(values, ["description"], LONGEST_PROSE)
    problems += flag_problems(values, ["disabled"]) + list_problems(values, ["agency_unique_ids"])
    problems += list_problems(values, ["agency_ids"], (int, str))
    problems += unique_id_problem(values.get("unique_id"), "user_group.unique_id.format")
    if not problems and is_blank(values.get("name")) and (new or "name" in values):
        problems.append(
            Problem("/name", "user_group.name.required", {"primero": "errors.models.user_group.name_present"})
        )
    return problems
