"""A demo and a production of one implementation, each with its own server, database and secrets, paired."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from cpims.lib.secrets import make_secrets
from cpims.management.demo.filling import FIXED_PASSWORD
from tests.conftest import Databases
from tests.running import ROOT, LiveServer, start_server

V1 = "/api/cpims/v1"


@dataclass
class Site:
    """One instance: its pages, and its database."""

    databases: Databases
    name: str
    server: LiveServer

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.server.url

    def ask(self, method: str, path: str, body: Any = None, *, by: str = "farid") -> tuple[int, Any]:
        """What it answers somebody who asks without a browser."""
        sign_in = base64.b64encode(f"{by}:{FIXED_PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {sign_in}", "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}{V1}{path}", data=content, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def data(self, method: str, path: str, body: Any = None) -> Any:
        """What it answers when all is well."""
        status, reply = self.ask(method, path, body)
        assert status == 200, (method, path, status, reply)
        return reply["data"]

    def hash(self) -> str:
        """The hash of what is configured now."""
        return str(self.data("GET", "/configuration/current")["hash"])

    def document(self, number: int) -> bytes:
        """The bytes of a version."""
        _, said = self.ask("GET", f"/configuration/versions/{number}/document")
        return json.dumps(said, sort_keys=True).encode()

    def gate(self, name: str) -> str:
        """How a gate stands."""
        road = self.data("GET", "/rollout")
        return next(str(gate["state"]) for gate in road["gates"] if gate["id"] == name)

    def sql(self, statement: str) -> None:
        """Somebody goes around the program."""
        address = self.databases.cluster.address(database=self.name)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Direct sight of its database."""
        self.databases.use(self.name)
        self.databases.allowed = True
        try:
            yield
        finally:
            self.databases.close()
            self.databases.allowed = False


def _filled(databases: Databases, name: str, folder: Path) -> dict[str, str]:
    """A database with children of its own, under secrets of its own; what its server has to know of that."""
    make_secrets(folder / "secrets")
    own = {"CPIMS_DATA": str(folder)}
    env = {**os.environ, **own, "DATABASE_URL": databases.cluster.address(database=name), "CPIMS_KIND": "demo"}
    for act in (
        ["load_pack", str(ROOT / "packs" / "cpims")],
        ["demo", "--cases", "60", "--seed", "7", "--passwords", "fixed"],
    ):
        subprocess.run([sys.executable, "-m", "django", *act, "--verbosity", "0"], env=env, cwd=ROOT, check=True)
    return own


@contextmanager
def two_sites(databases: Databases, model: str, web: Path, place: Path) -> Iterator[tuple[Site, Site]]:
    """Both, alike in their configuration, each knowing the other."""
    from cpims.settings.models import Instance

    sites: list[Site] = []
    names: list[str] = []
    try:
        for kind in ("demo", "production"):
            folder = place / kind
            folder.mkdir()
            names.append(databases.copy(model if kind == "demo" else "cpims"))
            own = {} if kind == "demo" else _filled(databases, names[-1], folder)
            databases.use(names[-1])
            databases.allowed = True
            Instance.objects.update(kind=kind, uuid=uuid4(), name=kind.title())
            databases.close()
            databases.allowed = False
            server = start_server(
                databases.cluster.address(database=names[-1]),
                folder / "web.log",
                **own,
                CPIMS_KIND=kind,
                CPIMS_WEB_DIST=str(web),
            )
            sites.append(Site(databases, names[-1], server))
        demo, production = sites
        for one, other in ((demo, production), (production, demo)):
            said = other.data("GET", "/pair")["self"]
            one.data("POST", "/pair", {key: said[key] for key in ("uuid", "name", "kind", "url", "public_key")})
        yield demo, production
    finally:
        for site in sites:
            site.server.stop()
        for name in names:
            databases.drop(name)
