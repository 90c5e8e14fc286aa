"""``cpims instance create | pair | list``: several instances on one machine, each with a folder of its own.

What needs an instance's database is done in a process of its own, which is told which instance it is about.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cpims.lib.postgres import port_is_free
from cpims.management.launch.instance import NOTE, Place, instance_folder, noted
from cpims.management.launch.steps import step
from cpims.management.launch.words import ROOT, Stop, say, text

FIRST_PORT, LAST_PORT = 8000, 8999
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,40}")
#: What only the instance that the operator is in is told; another one beside it has its own.
OWN = ("CPIMS_DATA", "CPIMS_PORT", "CPIMS_KIND", "CPIMS_PUBLIC_URL", "DATABASE_URL")


def command(place: Place, arguments: list[str]) -> int:
    """Do what the operator asked about instances.

    Raises: Stop.
    """
    parser = argparse.ArgumentParser(prog="cpims instance")
    acts = parser.add_subparsers(dest="act", required=True)
    made = acts.add_parser("create")
    made.add_argument("name")
    made.add_argument("--kind", choices=("demo", "production"), required=True)
    made.add_argument("--admin-email", default="")
    made.add_argument("--admin-name", default="First administrator")
    made.add_argument("--port", type=int)
    paired = acts.add_parser("pair")
    paired.add_argument("demo")
    paired.add_argument("production")
    acts.add_parser("list").add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.act == "create":
        create(given.name, given.kind, port=given.port, email=given.admin_email, full_name=given.admin_name)
    elif given.act == "pair":
        pair(placed(given.demo), placed(given.production))
    else:
        _list(place.folder.parent, as_json=given.json)
    return 0


def placed(name: str) -> Place:
    """The instance of a name under ``var/``, or in a folder.

    Raises: Stop.
    """
    if "/" not in name and not NAME.fullmatch(name):
        raise Stop("ops.instance.bad_name", name=name)
    return at_home(instance_folder(name))


def at_home(folder: Path) -> Place:
    """The instance in a folder, with what was noted about it."""
    raw = noted(folder).get("port", FIRST_PORT)
    host = os.environ.get("CPIMS_HOST", "").strip() or "127.0.0.1"
    return Place(folder=folder, host=host, port=raw if isinstance(raw, int) else FIRST_PORT, database_url="")


def environment_of(place: Place, kind: str) -> dict[str, str]:
    """The environment of a process that works for one instance."""
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    return kept | {"CPIMS_DATA": str(place.folder), "CPIMS_PORT": str(place.port), "CPIMS_KIND": kind}


def ask(place: Place, *arguments: str) -> str:
    """Let a command be done for another instance, and take what it says.

    Raises: Stop, with what it complained about.
    """
    argv = [sys.executable, "-m", "cpims.management.cli", *arguments]
    kind = str(noted(place.folder).get("kind") or "demo")
    done = subprocess.run(
        argv, cwd=ROOT, env=environment_of(place, kind), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise Stop("ops.instance.failed", path=place.folder, why=done.stderr.strip() or done.stdout.strip())
    return done.stdout.strip()


def facts_of(place: Place) -> dict[str, Any]:
    """What an instance says of itself: kind, name, uuid, hash of its configuration, its pair.

    Raises: Stop.
    """
    found: dict[str, Any] = json.loads(ask(place, "instance_facts").splitlines()[-1])
    return found


def create(name: str, kind: str, *, port: int | None, email: str, full_name: str) -> Place:
    """Provision an instance: folder, secrets, database, standard configuration, and the first administrator's invitation.

    What is there already stays as it is; cut off, it goes on where it stopped. Nobody and no child is invented in it.
    Raises: Stop.
    """
    place = placed(name)
    known = noted(place.folder)
    if known.get("kind", kind) != kind:
        raise Stop("ops.instance.other_kind", path=place.folder, kind=text(f"ops.kind.{known['kind']}"))
    if place.cluster.exists and not known:
        facts = facts_of(place)
        if facts["kind"] != kind:
            raise Stop("ops.instance.other_kind", path=place.folder, kind=text(f"ops.kind.{facts['kind']}"))
    chosen = port or known.get("port") or _free_port(place)
    place = Place(folder=place.folder, host=place.host, port=int(str(chosen)), database_url="")
    say("ops.instance.begun" if known else "ops.instance.new", path=place.folder)
    place.make_folder()
    place.keep(kind=kind)
    with step("ops.instance.provide"):
        told = json.loads(ask(place, "instance_provide", *_administrator(email, full_name)).splitlines()[-1])
    say("ops.instance.ready", name=told["name"], kind=text(f"ops.kind.{kind}"), url=place.url, uuid=told["uuid"])
    if told["administrator"] == "mailed":
        say("ops.instance.mailed", user=told["user_name"], address=email)
        if not os.environ.get("CPIMS_MAIL_URL", ""):
            say("ops.instance.no_mail_server", path=place.folder / "mail")
    elif told["administrator"] == "link":
        say("ops.run.invitation", link=told["link"])
    else:
        say("ops.instance.has_administrator")
    say("ops.instance.start", name=place.folder.name if place.folder.parent == ROOT / "var" else place.folder)
    return place


def _administrator(email: str, full_name: str) -> list[str]:
    return ["--admin-name", full_name, *(["--admin-email", email] if email else [])]


def _free_port(place: Place) -> int:
    taken = {noted(folder).get("port") for folder in _folders(place.folder.parent)} | {FIRST_PORT}
    for port in range(FIRST_PORT, LAST_PORT):
        if port not in taken and port_is_free(place.host, port):
            return port
    raise Stop("ops.run.bad_port", port=LAST_PORT)


def _folders(parent: Path) -> Iterator[Path]:
    for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
        if (folder / NOTE).exists() or (folder / "pg" / "PG_VERSION").exists():
            yield folder


def is_paired(demo: Mapping[str, Any], production: Mapping[str, Any]) -> bool:
    """Does each of two instances know the other as its pair?"""
    one, other = demo.get("pair") or {}, production.get("pair") or {}
    return bool(one.get("uuid") == production["uuid"] and other.get("uuid") == demo["uuid"])


def pair(demo: Place, production: Place) -> None:
    """Let a demo and a production know each other's keys; done before, it changes nothing.

    Raises: Stop.
    """
    facts = {"demo": facts_of(demo), "production": facts_of(production)}
    for kind, place in (("demo", demo), ("production", production)):
        if facts[kind]["kind"] != kind:
            raise Stop("ops.instance.pair_kinds", path=place.folder, kind=text(f"ops.kind.{facts[kind]['kind']}"))
    if is_paired(facts["demo"], facts["production"]):
        say("ops.instance.paired_before", demo=facts["demo"]["name"], production=facts["production"]["name"])
        return
    with tempfile.TemporaryDirectory() as folder:
        for place, other in ((demo, production), (production, demo)):
            key = Path(folder) / "key.json"
            key.write_text(ask(other, "promotion", "key").splitlines()[-1], encoding="utf-8")
            ask(place, "promotion", "pair", str(key))
    say("ops.instance.paired", demo=facts["demo"]["name"], production=facts["production"]["name"])


def _list(parent: Path, *, as_json: bool) -> None:
    rows = [_row(at_home(folder)) for folder in _folders(parent)]
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    if not rows:
        say("ops.instance.none", path=parent)
    by_uuid = {row["uuid"]: row for row in rows if "uuid" in row}
    for row in rows:
        if "problem" in row:
            say("ops.instance.row_broken", name=row["folder"], why=row["problem"])
            continue
        other = (row["pair"] or {}).get("uuid")
        knows = by_uuid.get(other, {}).get("pair") or {}
        whole = other is not None and (other not in by_uuid or knows.get("uuid") == row["uuid"])
        say(
            "ops.instance.row",
            name=row["folder"],
            kind=text(f"ops.kind.{row['kind']}"),
            url=row["url"],
            running=text("ops.instance.runs" if row["running"] else "ops.instance.rests"),
            version=row["version"],
            hash=row["hash"][:12],
            pair=text("ops.instance.with", name=row["pair"]["name"]) if whole else text("ops.instance.orphan"),
        )


def _row(place: Place) -> dict[str, Any]:
    note = place.note()
    url = str(note.get("url") or place.url)
    about = {"folder": place.folder.name, "url": url, "running": note.get("state") == "running"}
    try:
        return about | facts_of(place)
    except Stop as problem:
        return about | {"problem": str(problem)}
