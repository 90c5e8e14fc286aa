"""Filling a demo instance: the invented country, its people and their caseload."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cpims.access.rules.viewer import Viewer
from cpims.cases.actions import register_cases
from cpims.cases.actions.register import NewCase
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import Pack, read_folder, read_pack
from cpims.configuration.queries import standing_now
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.clock import today
from cpims.lib.errors import Conflict
from cpims.lib.transactions import atomic
from cpims.management.demo.caseload import InventedCase, Worker, invent_caseload
from cpims.management.demo.kinds import FOR_SO_MANY, invent_beside
from cpims.management.demo.kinds import MOST as MOST_BESIDE
from cpims.management.demo.recipes import read_recipes
from cpims.records.models import Record
from cpims.settings.actions import hold_configuration
from cpims.settings.queries import settings_at
from cpims.sync.actions.recording import REGISTERS

CAST: Final = ("amina", "bilal", "chantal", "dawit", "esther", "farid")
#: Known to everybody who reads the manual; only for a demo that listens to its own machine alone.
FIXED_PASSWORD: Final = "lantern-under-olive-tree"
CASE_WORKER: Final = "role-cp-case-worker"
BATCH: Final = 250
MOST: Final = 1_000_000


class NotADemo(Conflict):
    """This instance is not marked demo; invented children are never put beside real ones."""

    code = "demo.not_demo"


class NotEmpty(Conflict):
    """There are cases already."""

    code = "demo.not_empty"


class NoStandardPack(Conflict):
    """The standard configuration is not loaded yet."""

    code = "demo.no_pack"


@dataclass(frozen=True)
class Filled:
    """What was made, and how the cast signs in."""

    cases: int
    workers: int
    sign_ins: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@atomic
def fill_demo(
    *, packs: Path, count: int, seed: int, fixed: bool, at: datetime, tell: Callable[[int], None] = lambda done: None
) -> Filled:
    """Load the invented country and register its children, all or nothing; the same seed gives the same children.

    ``tell`` hears how many cases are done.
    Raises: NotADemo, NotEmpty, NoStandardPack, BrokenPack.
    Records: PackLoaded, CaseRegistered, CaseClosed, TracingRequestRegistered, IncidentRegistered, FamilyRegistered …
    """
    instance = hold_configuration()
    if not instance.is_demo:
        raise NotADemo
    if Record.objects.exists():
        raise NotEmpty
    pack = read_pack(read_folder(packs / "demo"))
    if not set(pack.requires) <= standing_now().packs:
        raise NoStandardPack
    passwords = {name: FIXED_PASSWORD if fixed else _random_password() for name in CAST}
    loaded = load_pack(pack=pack, actor=None, at=at, passwords=passwords)
    workers = [
        Worker(item.data["user_name"], item.data["location"], item.data["locale"])
        for item in pack.users
        if item.data["role"] == CASE_WORKER
    ]
    viewers = {worker.user_name: current_viewer(worker.user_name) for worker in workers}
    waiting: list[NewCase] = []
    beside: list[InventedCase] = []
    day, recipes = today(settings_at(loaded.after).time_zone, at), read_recipes(read_folder(packs / "caseload"))
    done = 0
    for number, case in enumerate(
        invent_caseload(count=count, seed=seed, today=day, workers=workers, providers=_providers(pack), recipes=recipes)
    ):
        if number % FOR_SO_MANY == 0 and len(beside) < MOST_BESIDE:
            beside.append(case)
        waiting.append(_new_case(case, viewers[case.owner]))
        if len(waiting) == BATCH:
            done += register_cases(cases=waiting, at=at)
            waiting = []
            tell(done)
    if waiting:
        done += register_cases(cases=waiting, at=at)
        tell(done)
    for one in invent_beside(beside, seed=seed, today=day, recipes=recipes):
        values = {"created_at": one.created_at.isoformat()} | dict(one.answers)
        REGISTERS[one.kind](values=values, actor=viewers[one.owner], at=at, record_id=one.record_id, strict=True)
    people = {item.data["user_name"]: item.data for item in pack.users}
    sign_ins = {name: (passwords[name], str(people[name]["position"])) for name in CAST}
    return Filled(cases=done, workers=len(workers), sign_ins=sign_ins)


def _new_case(case: InventedCase, owner: Viewer) -> NewCase:
    hidden = {"hidden_name": True} if case.hidden_name else {}
    return NewCase(
        actor=owner,
        values={**case.answers, **hidden},
        created_at=case.created_at,
        case_id=case.case_id,
        closed_on=case.closed_on,
        workflow=case.workflow,
    )


def _providers(pack: Pack) -> dict[str, Sequence[str]]:
    offered: dict[str, list[str]] = defaultdict(list)
    for item in pack.agencies:
        for service in item.data.get("services", ()):
            offered[service].append(item.data["unique_id"])
    return dict(offered)


def _random_password() -> str:
    return "-".join(secrets.token_hex(3) for _ in range(4))
