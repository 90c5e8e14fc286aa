"""``python -m benchmarks.matching``: one child, as somebody who looks for her tells of her, against ``CASES`` (100000) cases.

``SEARCHES`` (200) children of the database are told again with their names heard otherwise, ages guessed and places moved; each is
looked for by somebody who sees everything and by a supervisor who sees her teams. How long it took, whether the child was found,
and how the candidates were: by the index of keys, never row by row. Nothing is written: it runs on the built database itself.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import place, results
from benchmarks.building import build, say
from benchmarks.load import percentile

SEARCHES = int(os.environ.get("SEARCHES", "200"))
WARM = 20
AIM_MS = 300
SEED = 11


@dataclass
class Found:
    """What the searches of one person came to."""

    seconds: list[float] = field(default_factory=list)
    #: What this process reckoned itself, whoever else used the machine meanwhile.
    reckoned: list[float] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    here: int = 0
    first: int = 0
    likely: int = 0

    def told(self) -> dict[str, Any]:
        """In figures."""
        count = len(self.seconds)
        return {
            "searches": count,
            **{f"p{share}": round(percentile(self.seconds, share / 100), 1) for share in (50, 95, 99)},
            "longest": round(1000 * max(self.seconds), 1),
            "own reckoning, p95": round(percentile(self.reckoned, 0.95), 1),
            "candidates": round(sum(self.candidates) / count, 1),
            "found %": round(100 * self.here / count, 1),
            "first %": round(100 * self.first / count, 1),
            "likely %": round(100 * self.likely / count, 1),
        }


def told_again(rng: random.Random, answers: dict[str, Any], tree: list[str]) -> dict[str, Any]:
    """The answers about a child as her aunt would give them: by ear, by guess, and perhaps from another district."""
    from cpims.management.demo.misspelling import misspell, mistype

    latin = rng.random() < 0.5 and isinstance(answers.get("name_other"), str) and answers["name_other"]
    parts = [str(answers[p]) for p in ("name_first", "name_middle", "name_last") if answers.get(p)]
    words = (str(latin) if latin else " ".join(parts)).split()
    if len(words) > 2 and rng.random() < 0.3:
        del words[rng.randrange(1, len(words))]
    name = " ".join(words)
    if name.isascii():
        name = misspell(rng, name)
    if rng.random() < 0.1:
        name = mistype(rng, name)
    told: dict[str, Any] = {"name": name, "sex": answers.get("sex")}
    if isinstance(answers.get("age"), int):
        told |= {"age": max(answers["age"] + rng.choice((-1, 0, 0, 0, 1)), 0), "estimated": True}
    here = answers.get("location_current")
    told["location_current"] = here if rng.random() < 0.7 else rng.choice(tree)
    family = [row for row in answers.get("family_details_section") or () if isinstance(row, dict)]
    if family and rng.random() < 0.7:
        told["family_details_section"] = family[:1]
    return {name: value for name, value in told.items() if value}


def children(rng: random.Random, visible: Any, count: int) -> Iterator[Any]:
    """Cases in sight, drawn at random by their ids."""
    drawn: set[UUID] = set()
    for _ in range(20 * count):
        case = visible.filter(id__gte=UUID(int=rng.getrandbits(128))).order_by("id").only("id", "data", "name").first()
        if case is not None and case.name and case.id not in drawn:
            drawn.add(case.id)
            yield case
        if len(drawn) == count:
            return


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The statements that ask for candidates."""
    from django.db import connection

    seen: list[tuple[str, Any]] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "name_keys" in sql and "&&" in sql:
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield seen


def plan_of(sql: str, params: Any) -> dict[str, Any]:
    """How the database answers a question for candidates: with which indexes, and whether it reads any table through."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL cpu_tuple_cost = 10; SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"
        )
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        read = cursor.fetchone()[0]
    tree = json.loads(read) if isinstance(read, str) else read
    nodes: list[dict[str, Any]] = []

    def walk(node: dict[str, Any]) -> None:
        nodes.append(node)
        for below in node.get("Plans", ()):
            walk(below)

    walk(tree[0]["Plan"])
    return {
        "indexes": sorted({node["Index Name"] for node in nodes if "Index Name" in node}),
        "tables read through": sorted({node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}),
    }


def measure() -> dict[str, Any]:
    """Both who look, on one database."""
    from cpims.accounts.models import User
    from cpims.cases.queries import likely
    from cpims.forms.queries.viewers import current_viewer
    from cpims.locations.models import Location
    from cpims.records.models import Record
    from cpims.records.queries.setup import places

    rng = random.Random(SEED)
    leader = User.objects.filter(user_name__startswith="supervisor").order_by("user_name").first()
    tree = list(Location.objects.filter(admin_level__gte=2).order_by("code").values_list("code", flat=True))
    day, found = date.today(), {}
    for who, name in (("sees everything", "farid"), ("sees her teams", leader.user_name if leader else "chantal")):
        viewer = current_viewer(name)
        places(viewer.configuration)
        visible = Record.objects.visible_to(viewer).of_kind("case").filter(record_state=True, hidden_name=False)
        tally, plan = Found(), None
        alike = likely.find_alike
        counted: list[int] = []

        def counting(*args: Any, _ask: Any = alike, _counted: list[int] = counted, **kwargs: Any) -> list[UUID]:
            ids = _ask(*args, **kwargs)
            _counted.append(len(ids))
            return list(ids)

        likely.find_alike = counting
        try:
            for number, case in enumerate(children(rng, visible, SEARCHES + WARM)):
                told = told_again(rng, case.data, tree)
                with statements() as seen:
                    begun, reckoned = time.perf_counter(), time.process_time()
                    person = likely.person_typed(told, viewer=viewer, today=day)
                    cases = likely.find_likely_cases(viewer=viewer, person=person, today=day)
                    spent, own = time.perf_counter() - begun, time.process_time() - reckoned
                if number < WARM:
                    continue
                plan = plan or plan_of(*seen[0])
                ids = [one.record.id for one in cases]
                tally.seconds.append(spent)
                tally.reckoned.append(own)
                tally.candidates.append(counted[-1])
                tally.here += case.id in ids
                tally.first += ids[:1] == [case.id]
                tally.likely += any(one.record.id == case.id and one.score.likelihood == "likely" for one in cases)
        finally:
            likely.find_alike = alike
        found[who] = {**tally.told(), "plan": plan}
        say(f"  {who}: {found[who]}")
    return found


def report(cases: int, found: dict[str, Any], machine: dict[str, Any]) -> str:
    """A table for people."""
    columns = ["p50", "p95", "p99", "longest", "own reckoning, p95", "candidates", "found %", "first %", "likely %"]
    lines = [
        f"# One child against {cases} cases",
        "",
        f"Made by `benchmarks/matching.py`. Milliseconds, in one process beside the database; aim: p95 of {AIM_MS} ms.",
        "",
        "| who looks | searches | " + " | ".join(columns) + " |",
        "|---" * (2 + len(columns)) + "|",
    ]
    for who, told in found.items():
        lines.append(f"| {who} | {told['searches']} | " + " | ".join(str(told[c]) for c in columns) + " |")
    lines += ["", "Candidates:", ""]
    for who, told in found.items():
        plan = told["plan"]
        through = ", ".join(plan["tables read through"]) or "none"
        lines.append(f"- {who}: by {', '.join(plan['indexes'])}; tables read through: {through}")
    return "\n".join([*lines, "", results.described(machine), ""])


def main() -> int:
    """Build or find the database, measure, keep the figures; 1 where the aim was missed."""
    place.prepare_environment()
    cases = int(os.environ.get("CASES", "100000"))
    with place.running() as cluster:
        name = build(cluster, cases)
        place.use(cluster, name)
        machine = results.machine(cluster)
        found = measure()
        from django.db import connections

        connections["default"].close()
    text = report(cases, found, machine)
    for path in results.keep_plain({"cases": cases, "found": found, "machine": machine}, "matching", text):
        say(f"written: {path}")
    print(text)
    good = all(told["p95"] <= AIM_MS and not told["plan"]["tables read through"] for told in found.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
