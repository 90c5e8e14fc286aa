"""What an account must have, and who may change what of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from cpims.accounts.rules.texts import EMAIL, flag_problems, is_blank, list_problems
from cpims.lib.errors import Problem
from cpims.lib.texts import text_problems

TEXTS: Final = [
    "full_name",
    "user_name",
    "code",
    "phone",
    "email",
    "position",
    "location",
    "reporting_location_code",
    "time_zone",
    "locale",
    "agency_office",
    "registration_stream",
    "identity_provider_unique_id",
    "role_unique_id",
    "agency_unique_id",
]
FLAGS: Final = ("disabled", "send_mail", "receive_webpush", "accept_terms_of_use")
LISTS: Final = ("services", "user_group_unique_ids")
#: What is stored as it was sent.
PLAIN: Final = (
    "full_name",
    "code",
    "phone",
    "email",
    "position",
    "location",
    "reporting_location_code",
    "time_zone",
    "locale",
    "agency_office",
    "registration_stream",
    "identity_provider_unique_id",
    "send_mail",
    "receive_webpush",
    "services",
    "settings",
)
#: What an administrator may send about somebody else.
KEYS: Final = (
    frozenset(TEXTS)
    | frozenset(FLAGS)
    | frozenset(LISTS)
    | frozenset("id agency_id code_of_conduct_id password password_confirmation user_group_ids settings".split())
)
#: What everybody may send about herself, whatever her role.
OWN_KEYS: Final = frozenset(
    [
        "full_name",
        "code",
        "password",
        "password_confirmation",
        "locale",
        "services",
        "email",
        "position",
        "phone",
        "location",
        "send_mail",
        "code_of_conduct_id",
        "receive_webpush",
        "settings",
        "accept_terms_of_use",
    ]
)
#: What follows from the role or is never written; sent by clients all the same.
DERIVED: Final = frozenset({"module_unique_ids"})
LONGEST_NAME: Final = 100


def user_name_of(text: str) -> str:
    """A user name as it is stored: trimmed, one form of each letter, lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).lower())


def email_of(text: str) -> str | None:
    """An e-mail address as it is stored: trimmed and in lower case, or nothing."""
    return text.strip().lower() or None


def user_problems(
    values: Mapping[str, Any], *, new: bool, locales: Collection[str], conduct: int | None = None
) -> list[Problem]:
    """Everything that is wrong with an account as it is sent, without looking at others.

    ``conduct`` is the code of conduct that may be accepted: the one that holds now, by nobody but the person herself.
    """
    problems = text_problems(values, [*TEXTS, "password", "password_confirmation"])
    problems += flag_problems(values, FLAGS) + list_problems(values, LISTS)
    problems += list_problems(values, ["user_group_ids"], (int, str))
    for key in ("agency_id", "code_of_conduct_id"):
        value = values.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            problems.append(Problem(f"/{key}", "value.not_whole_number"))
    if problems:
        return problems
    if is_blank(values.get("full_name")) and (new or "full_name" in values):
        problems.append(_problem("full_name", "user.full_name.required", "full_name"))
    if new:
        problems += _name_problems(values.get("user_name"))
    email = values.get("email")
    if email and not EMAIL.match(email.strip()):
        problems.append(_problem("email", "user.email.format", "email"))
    locale = values.get("locale")
    if locale and locale not in locales:
        problems.append(_problem("locale", "user.locale.unknown", "invalid_locale"))
    zone = values.get("time_zone")
    if zone is not None and zone not in available_timezones():
        problems.append(Problem("/time_zone", "user.time_zone.unknown"))
    if values.get("code_of_conduct_id") is not None and values["code_of_conduct_id"] != conduct:
        problems.append(Problem("/code_of_conduct_id", "user.code_of_conduct.not_current"))
    if not _settings_fit(values.get("settings")):
        problems.append(Problem("/settings", "user.settings.format"))
    return problems + _confirmation_problems(values)


def _problem(key: str, code: str, primero: str) -> Problem:
    return Problem(f"/{key}", code, {"primero": f"errors.models.user.{primero}"})


def _name_problems(name: Any) -> list[Problem]:
    if is_blank(name):
        return [_problem("user_name", "user.user_name.required", "user_name_present")]
    stored = user_name_of(name)
    if len(stored) > LONGEST_NAME or not stored.isprintable() or any(sign.isspace() for sign in stored):
        return [_problem("user_name", "user.user_name.spaces", "user_name")]
    return []


def _confirmation_problems(values: Mapping[str, Any]) -> list[Problem]:
    if is_blank(values.get("password")):
        return []
    again = values.get("password_confirmation")
    if again is None:
        return [_problem("password_confirmation", "user.password.confirmation_required", "password_confirmation")]
    if again != values["password"]:
        return [_problem("password_confirmation", "user.password.mismatch", "password_mismatch")]
    return []


def _settings_fit(settings: Any) -> bool:
    if settings is None:
        return True
    if not isinstance(settings, dict) or set(settings) - {"notifications"}:
        return False
    kinds = settings.get("notifications") or {}
    return (
        isinstance(kinds, dict)
        and set(kinds) <= {"send_mail", "receive_webpush"}
        and all(
            isinstance(choices, dict)
            and len(choices) < 100
            and all("\x00" not in key and isinstance(flag, bool) for key, flag in choices.items())
            for choices in kinds.values()
        )
    )
