"""A table of people or places: what it would do, and doing exactly that. Nothing of it is half done."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from cpims.access.rules.viewer import Viewer
from cpims.accounts.actions.people import change_user, create_user, hold_accounts
from cpims.accounts.queries.people import said_of
from cpims.audit.actions import record
from cpims.imports.events import TableImported
from cpims.imports.formats import Sheet, read_sheet
from cpims.imports.queries.standing import accounts_in_care, known_teams, stored_places
from cpims.imports.rules.columns import Given, read_heads, read_row
from cpims.imports.rules.people import differing, read_person, refused
from cpims.imports.rules.places import check_places, plan_of, read_places, to_write, unique_places
from cpims.imports.rules.plans import (
    BadCell,
    ImportInvalid,
    Kind,
    Outcome,
    Plan,
    Planned,
    require_as_planned,
    require_may_import,
)
from cpims.imports.rules.progress import Phase, Tell, untold
from cpims.lib.errors import Problem, Refusal
from cpims.lib.transactions import atomic
from cpims.locations.actions import put_locations
from cpims.settings.actions import hold_configuration
from cpims.settings.queries import configuration_number, settings_at

#: So many people come in one table: each is an act of its own.
MOST_PEOPLE: Final = 5_000
#: So many places are stored before it is said how far the table has come.
AT_A_TIME: Final = 2_000


def plan_import(*, kind: Kind, content: bytes, actor: Viewer | None, at: datetime, tell: Tell = untold) -> Plan:
    """What a table would do, row by row: done by the same acts, and taken back whole. Nothing is stored, nobody is told.

    Raises: Forbidden, SheetUnreadable, ImportInvalid, ImportCancelled.
    """
    with transaction.atomic():
        plan = _brought_in(kind, content, actor, at, write=False, tell=tell)
        transaction.set_rollback(True)
    return plan


@atomic
def import_table(
    *, kind: Kind, content: bytes, plan_hash: str, leave_out_bad: bool, actor: Viewer | None, at: datetime,
    tell: Tell = untold,
) -> Plan:  # fmt: skip
    """An administrator brings in a table as its plan showed it: all good rows, or nothing when anything is otherwise.

    Without an actor an operator does it: nobody is invited then.
    Raises: Forbidden, SheetUnreadable, ImportInvalid, PlanOutdated, HasBadRows, ImportCancelled.
    Records: TableImported; UserCreated, UserChanged, UserDisabled or UserEnabled for each person; LocationCreated or
    LocationChanged for each place.
    """
    plan = _brought_in(kind, content, actor, at, write=True, tell=tell)
    require_as_planned(plan, plan_hash, leave_out_bad=leave_out_bad)
    created, changed = plan.count(Outcome.CREATE), plan.count(Outcome.CHANGE)
    if created or changed:
        about = {"created": created, "changed": changed, "left_out": len(plan.bad_rows), "file": plan.digest}
        record(TableImported(subject=f"table:{kind.value}", about=about), actor=actor, at=at)
    return plan


def _brought_in(kind: Kind, content: bytes, actor: Viewer | None, at: datetime, *, write: bool, tell: Tell) -> Plan:
    tell(Phase.READING, 0, 0)
    if actor is not None:
        require_may_import(actor, kind)
    sheet = read_sheet(content)
    while sheet.rows and not any(sheet.rows[-1]):
        sheet.rows.pop()
    if not sheet.rows:
        raise ImportInvalid([Problem("/data_base64", "import.file.empty")])
    plan = Plan(kind, hashlib.sha256(content).hexdigest(), encoding=sheet.encoding)
    if kind is Kind.USERS:
        _people(plan, sheet, actor, at, tell)
    else:
        _places(plan, sheet, actor, at, write=write, tell=tell)
    plan.bad.sort(key=lambda cell: (cell.row, -1 if cell.column is None else cell.column))
    plan.cells = {row: sheet.rows[row] for row in plan.bad_rows}
    return plan


def _unreadable(sheet: Sheet, ignored: Collection[int]) -> dict[int, list[BadCell]]:
    """By row: the cells that hold no text of their own, in columns that are read."""
    found: dict[int, list[BadCell]] = {}
    for (row, column), problem in sheet.wrong.items():
        if column not in ignored:
            found.setdefault(row, []).append(BadCell(row, column, problem.code))
    return found


# --- places -----------------------------------------------------------------------------------------------------


def _places(plan: Plan, sheet: Sheet, actor: Viewer | None, at: datetime, *, write: bool, tell: Tell) -> None:
    if write:
        hold_configuration(actor)
    places = read_places(sheet.rows, settings_at(configuration_number()).locales)
    plan.heads, plan.heads_row = sheet.rows[places.heads], places.heads
    plan.ignored, plan.rows = places.ignored, len(places.rows)
    unreadable = _unreadable(sheet, places.ignored)
    places.drop([cell for row in unreadable.keys() & places.rows.keys() for cell in unreadable[row]])
    codes = {given.values.get("code") for row in places.rows.values() for given in row}
    codes |= {given.values.get("parent_code") for row in places.rows.values() for given in row}
    stored = stored_places({code for code in codes if code})
    tell(Phase.CHECKING, 0, plan.rows)
    depths = check_places(places, stored)
    plan.bad = places.bad
    given = unique_places(places)
    plan.planned = [plan_of(one, stored.get(one.values["code"])) for one in given]
    if write:
        touched = {one.name for one in plan.planned if one.outcome is not Outcome.SAME}
        wanted = sorted(
            (one for one in given if one.values["code"] in touched), key=lambda one: depths[one.values["code"]]
        )
        for start in range(0, len(wanted), AT_A_TIME):
            tell(Phase.STORING, start, len(wanted))
            part = wanted[start : start + AT_A_TIME]
            rows = [to_write(one, stored.get(one.values["code"])) for one in part]
            put_locations(locations=rows, actor=actor, at=at)


# --- people -----------------------------------------------------------------------------------------------------


def _people(plan: Plan, sheet: Sheet, actor: Viewer | None, at: datetime, tell: Tell) -> None:
    hold_accounts()
    heads, plan.ignored = read_heads(Kind.USERS, sheet.rows[0], ())
    plan.heads = sheet.rows[0]
    rows = [read_row(n, cells, heads) for n, cells in enumerate(sheet.rows[1:], start=1) if any(cells)]
    plan.rows = len(rows)
    if len(rows) > MOST_PEOPLE:
        raise ImportInvalid([Problem("/data_base64", "import.file.too_many_rows", {"most": MOST_PEOPLE})])
    teams, unreadable = known_teams(), _unreadable(sheet, plan.ignored)
    good: dict[str, Given] = {}
    for given in rows:
        bad = unreadable.get(given.row) or read_person(
            given, roles=teams.roles, agencies=teams.agencies, groups=teams.groups
        )
        if not bad and (first := good.setdefault(given.values["user_name"], given)) is not given:
            bad = [given.bad("/user_name", "import.row.twice", {"row": first.row + 1}, "user_name")]
        plan.bad += bad
    known = accounts_in_care(good.keys(), actor)
    for place, (name, given) in enumerate(good.items()):
        tell(Phase.STORING, place, len(good))
        user = known.get(name)
        differs = differing(given.values, {} if user is None else said_of(user))
        try:
            if user is None:
                create_user(values=given.values, actor=actor, at=at)
            elif differs:
                values = {key: given.values[key] for key in differs}
                change_user(user_id=user.id, values=values, actor=actor, at=at)
        except Refusal as refusal:
            plan.bad += refused(given, refusal)
            continue
        outcome = Outcome.CREATE if user is None else Outcome.CHANGE if differs else Outcome.SAME
        plan.planned.append(Planned(given.row, name, outcome, differs))
        invites = outcome is Outcome.CREATE and given.values.get("email") and not given.values.get("disabled")
        plan.invited += bool(actor is not None and invites)
