"""The people of a table: what a row says, as the act of the room of accounts takes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cpims.access.rules.administration import BeyondYourRights
from cpims.accounts.rules.users import email_of, user_name_of
from cpims.imports.rules.columns import Given, parts_of, read_tick
from cpims.imports.rules.plans import BadCell
from cpims.lib.errors import Invalid, Problem, Refusal

MAIN = "user_name"
#: Which column a refusal is about, by the parameter that it names.
ABOUT: Mapping[str, str] = {
    "role": "role_unique_id",
    "agency": "agency_unique_id",
    "groups": "user_group_unique_ids",
}


#: Pointers of the act that are another column here.
POINTS: Mapping[str, str] = {"/agency_id": "/agency_unique_id"}
TAKEN = "user.user_name.taken"


def read_person(
    given: Given,
    *,
    roles: Mapping[str, Collection[str]],
    agencies: Mapping[str, Collection[str]],
    groups: Mapping[str, Collection[str]],
) -> list[BadCell]:
    """Bring the values of a row into the shape that the act takes; answers what cannot be."""
    values = given.values
    problems: list[Problem] = []
    for key, known in (("role_unique_id", roles), ("agency_unique_id", agencies)):
        if key in values:
            values[key] = _meant(values[key], known, key, problems)
    if "user_group_unique_ids" in values:
        wanted = parts_of(values["user_group_unique_ids"])
        values["user_group_unique_ids"] = [_meant(one, groups, "user_group_unique_ids", problems) for one in wanted]
    if "disabled" in values:
        tick = read_tick(values["disabled"])
        if tick is None:
            problems.append(Problem("/disabled", "import.cell.not_yes_or_no", {"text": values["disabled"]}))
        values["disabled"] = tick
    if "email" in values:
        values["email"] = email_of(values["email"])
    if "user_name" in values:
        values["user_name"] = user_name_of(values["user_name"])
    else:
        problems.append(Problem("/user_name", "user.user_name.required"))
    return [given.bad(one.pointer, one.code, one.params, MAIN) for one in problems]


def _meant(text: str, known: Mapping[str, Collection[str]], key: str, problems: list[Problem]) -> str:
    found = sorted(known.get(text.casefold(), ()))
    if len(found) > 1:
        problems.append(Problem(f"/{key}", "import.cell.ambiguous", {"text": text}))
    elif not found:
        problems.append(Problem(f"/{key}", "import.cell.nothing_called", {"text": text}))
    return found[0] if len(found) == 1 else ""


def differing(values: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Before and after of each thing that a row says otherwise than it stands."""
    found = {}
    for key, value in values.items():
        after = sorted(value) if isinstance(value, list) else value
        if after != said.get(key):
            found[key] = (said.get(key), after)
    return found


def refused(given: Given, refusal: Refusal) -> list[BadCell]:
    """Why an act refused a row, at its cells. What of others a refusal names is not told."""
    if isinstance(refusal, Invalid) and refusal.problems:
        # Somebody out of her care has the name: what is missing for a new account is beside the point.
        taken = [one for one in refusal.problems if one.code == TAKEN]
        found = taken or refusal.problems
        return [given.bad(POINTS.get(one.pointer, one.pointer), one.code, one.params, MAIN) for one in found]
    key = MAIN
    if isinstance(refusal, BeyondYourRights):
        key = next((column for name, column in ABOUT.items() if name in refusal.params), MAIN)
    return [given.bad(f"/{key}", refusal.code, {}, MAIN)]
