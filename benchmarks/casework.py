"""``python -m benchmarks.casework``: each act of case work beside a plain save of the same run; and a supervisor's pages.

``CASES`` (100000) says how many cases the table holds, ``LIVES`` (60) how many cases go through all the acts, four at a time as four
teams would. Then dashboards, tasks and team of a supervisor who sees 5,000 of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import place, results
from benchmarks.building import built, say
from benchmarks.load import Connection, Person, Tally, drive, request, summary

LIVES = int(os.environ.get("LIVES", "60"))
TEAMS, SEEN, SECONDS = 4, 5_000, float(os.environ.get("BENCH_SECONDS", "6"))
SAVE = "save"
#: The acts in the order of a case's life; ``done`` and what else is needed between them is not measured.
ACTS = (
    *("assign", "refer", "accept a referral", "transfer", "accept a transfer", "ask for an approval", "approve"),
    *("flag", "unflag", "complete a task", "close", "reopen"),
)
CLOSING_FORM = "closure_form"


@dataclass(frozen=True)
class Team:
    """A worker, her colleague, who leads both, and the cases that go through the acts."""

    worker: Person
    colleague: Person
    leader: Person
    cases: list[str]


def find_teams() -> tuple[list[Team], dict[str, Any]]:
    """Teams whose workers hold complete, open cases; and the answers with which a case is closed."""
    from benchmarks.acts import _person
    from cpims.accounts.models import User
    from cpims.forms.models import Field
    from cpims.records.models import Record
    from cpims.transitions.models import Consent

    asked = set(Field.objects.filter(form__unique_id=CLOSING_FORM).values_list("name", flat=True))
    ended = Record.objects.filter(kind="case", status="closed", data__has_key="closure_reason", incomplete=[]).first()
    if ended is None:
        raise RuntimeError("no case in this database was closed")
    closing = {name: value for name, value in ended.data.items() if name in asked}
    rng, teams = random.Random(5), []
    leaders = list(User.objects.filter(user_name__startswith="supervisor").order_by("user_name"))
    for user in rng.sample(leaders, len(leaders)):
        group = user.groups.get()
        workers = list(group.users.filter(user_name__startswith="worker").order_by("user_name")[:2])
        if len(workers) < 2:
            continue
        held = Record.objects.filter(owner=workers[0], kind="case", status="open", record_state=True, incomplete=[])
        chosen = list(held.filter(assigned_user_names=[]).order_by("id")[: -(-LIVES // TEAMS)])
        if not chosen:
            continue
        for case in chosen:
            Consent.objects.create(
                id=uuid4(), record=case, given=True, said_at=case.created_at, written_by=workers[0].user_name
            )
        people = [
            _person(one, scope, f"casework-{one.user_name}", [])
            for one, scope in ((workers[0], "self"), (workers[1], "self"), (user, "group"))
        ]
        teams.append(Team(*people, [str(case.id) for case in chosen]))
        if len(teams) == TEAMS:
            break
    if not teams:
        raise RuntimeError("no team in this database has complete, open cases")
    return teams, closing


class Life:
    """One case after the other through all the acts, each answer timed."""

    def __init__(self, port: int, team: Team, closing: dict[str, Any], tally: Tally, begun: float) -> None:
        self.team, self.closing, self.tally, self.begun = team, closing, tally, begun
        self.connection = Connection("127.0.0.1", port)
        self.saved = 0

    async def run(self) -> None:
        """All cases of the team, one after the other."""
        for case in self.team.cases:
            await self._live(case)
        self.connection.close()

    async def _do(self, person: Person, act: str, method: str, path: str, body: Any = None) -> Any:
        sent = time.perf_counter()
        status, raw = await self.connection.send(request(person, act, method, path, body).raw)
        now = time.perf_counter()
        if status >= 400 or status == 0:
            raise RuntimeError(f"{act}: {status} {raw[:400]!r}")
        self.tally.add(act, now - sent, status, now - self.begun, len(raw))
        return json.loads(raw)["data"] if raw else None

    async def _save(self, path: str) -> None:
        self.saved += 1
        data = {"landmark_current": f"By the well number {self.saved}", "family_size": 2 + self.saved % 8}
        await self._do(self.team.worker, SAVE, "PATCH", path, {"data": data})

    async def _live(self, case: str) -> None:
        path, team = f"/api/v2/cases/{case}", self.team
        worker, colleague, leader = team.worker, team.colleague, team.leader
        to = {"data": {"transitioned_to": colleague.name}}
        await self._save(path)
        flag = await self._do(leader, "flag", "POST", f"{path}/flags", {"data": {"message": "Look at the address"}})
        seen = {"data": {"unflag_message": "Seen"}}
        await self._do(leader, "unflag", "PATCH", f"{path}/flags/{flag['id']}", seen)
        await self._save(path)
        done = {"data": {"assessment_requested_on": "2026-03-02"}}
        await self._do(worker, "complete a task", "PATCH", path, done)
        plan = f"{path}/approvals/case_plan"
        await self._do(worker, "ask for an approval", "PATCH", plan, {"data": {"approval_status": "requested"}})
        await self._do(leader, "approve", "PATCH", plan, {"data": {"approval_status": "approved"}})
        sent = await self._do(worker, "refer", "POST", f"{path}/referrals", to)
        one = f"{path}/referrals/{sent['id']}"
        await self._do(colleague, "accept a referral", "PATCH", one, {"data": {"status": "accepted"}})
        await self._do(colleague, "finish a referral", "PATCH", one, {"data": {"status": "done"}})
        await self._save(path)
        sent = await self._do(worker, "transfer", "POST", f"{path}/transfers", to)
        one = f"{path}/transfers/{sent['id']}"
        await self._do(colleague, "accept a transfer", "PATCH", one, {"data": {"status": "accepted"}})
        back = {"data": {"transitioned_to": worker.name}}
        await self._do(leader, "assign", "POST", f"{path}/assigns", back)
        await self._save(path)
        closed = {"data": {**self.closing, "status": "closed"}, "record_action": "close"}
        await self._do(leader, "close", "PATCH", path, closed)
        opened = {"data": {"status": "open", "case_status_reopened": True}, "record_action": "reopen"}
        await self._do(worker, "reopen", "PATCH", path, opened)


def live(port: int, teams: Iterable[Team], closing: dict[str, Any]) -> Tally:
    """All teams at the same time."""
    tally, begun = Tally(), time.perf_counter()

    async def all_of_them() -> None:
        await asyncio.gather(*(Life(port, team, closing, tally, begun).run() for team in teams))

    asyncio.run(all_of_them())
    tally.seconds = time.perf_counter() - begun
    return tally


def find_supervisor() -> tuple[Person, int]:
    """Somebody who leads so many teams that she sees about 5,000 cases, or all there are."""
    from django.db.models import F

    from benchmarks.acts import _person
    from cpims.accounts.models import User, UserGroup
    from cpims.forms.queries.viewers import current_viewer
    from cpims.records.models import Record

    user = User.objects.filter(user_name__startswith="supervisor").order_by("-user_name")[0]
    seen = 0
    for group in UserGroup.objects.filter(unique_id__startswith="usergroup-n").order_by("id"):
        seen = Record.objects.visible_to(current_viewer(user.user_name)).of_kind("case").count()
        if seen >= SEEN:
            break
        user.groups.add(group)
        User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1)
    return _person(user, "group", f"casework-{user.user_name}", []), seen


PAGES: dict[str, tuple[str, str, Any]] = {
    "dashboards": (
        "GET",
        "/api/v2/dashboards?names=workflow_team,case_overview,case_risk,dash_cases_by_social_worker",
        None,
    ),
    "tasks": ("POST", "/api/cpims/v1/tasks/search", {"due": ["overdue"], "per": 20, "page": 1}),
    "team": ("GET", "/api/cpims/v1/team", None),
    "list": ("GET", "/api/v2/cases?fields=short&status=open&record_state=true&per=20&page=1", None),
}


def look(port: int, supervisor: Person) -> dict[str, Any]:
    """Her pages, one after the other from one client, then from four at once."""
    found = {}
    for name, (method, path, body) in PAGES.items():
        asked = request(supervisor, name, method, path, body)
        alone = drive(port, lambda _, asked=asked: asked, clients=1, seconds=SECONDS / 2)
        together = drive(port, lambda _, asked=asked: asked, clients=TEAMS, seconds=SECONDS / 2)
        found[name] = {
            "one client": summary(alone, name),
            "four clients": summary(together, name),
            "statuses": alone.statuses,
        }
        say(f"  {name:<12} {found[name]}")
    return found


def measure(cluster: Any, name: str) -> dict[str, Any]:
    """Both on one database."""
    from benchmarks.servers import site

    address = place.use(cluster, name)
    teams, closing = find_teams()
    supervisor, seen = find_supervisor()
    from django.db import connections

    connections["default"].close()
    with site(address) as running:
        first = [Team(t.worker, t.colleague, t.leader, t.cases[:1]) for t in teams]
        live(running.port, first, closing)  # caches are filled
        tally = live(running.port, teams, closing)
        acts = {act: summary(tally, act) for act in (SAVE, *ACTS)}
        for act, row in acts.items():
            say(f"  {act:<20} p50 {row['p50']:>7} p95 {row['p95']:>7} of {row['answers']}")
        pages = look(running.port, supervisor)
    return {"acts": acts, "cases in a supervisor's sight": seen, "pages": pages}


def table(found: dict[str, Any]) -> str:
    """The results for people."""
    acts, save = found["acts"], found["acts"][SAVE]
    out = [
        f"# Case work, {found['cases']:,} cases in the database", "", results.described(found["machine"]), "",
        f"Four teams at once, each act {acts['refer']['answers']} times; milliseconds. A plain save in the same run is the measure.", "",
        "| act | p50 | p95 | p99 | p95 ÷ p95 of a save |", "|---|--:|--:|--:|--:|",
    ]  # fmt: skip
    for act, row in acts.items():
        out.append(f"| {act} | {row['p50']} | {row['p95']} | {row['p99']} | {row['p95'] / save['p95']:.2f} |")
    seen = found["cases in a supervisor's sight"]
    out += [
        "",
        f"A supervisor who sees {seen:,} cases:",
        "",
        "| page | one client p50 | p95 | four clients p95 | answers |",
        "|---|--:|--:|--:|---|",
    ]
    for page, row in found["pages"].items():
        one, four = row["one client"], row["four clients"]
        out.append(f"| {page} | {one['p50']} | {one['p95']} | {four['p95']} | {row['statuses']} |")
    return "\n".join([*out, ""])


def main() -> int:
    """Measure and write down."""
    cases = int(os.environ.get("CASES", "100000"))
    place.prepare_environment()
    with place.running() as cluster, built(cluster, cases) as (name, _):
        found = {"machine": results.machine(cluster), "cases": cases} | measure(cluster, name)
    for path in results.keep_plain(found, "casework", table(found)):
        say(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
