"""One instance: its folder, its address, its database, and whether it runs now."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cpims.lib.postgres import Cluster
from cpims.lib.processes import Lock
from cpims.lib.secrets import make_secrets
from cpims.management.launch.words import ROOT, Stop

UNFINISHED = "restore-unfinished"
"""A file in the instance's folder while a restore is under way; the instance does not start beside it."""


NOTE = "place.json"
"""Where ``cpims instance create`` notes the port and the kind of an instance, so that no command has to be told again."""


def noted(folder: Path) -> dict[str, object]:
    """What was noted about an instance when it was made; empty when nothing was."""
    try:
        found = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def instance_folder(raw: str) -> Path:
    """The folder of an instance: a bare name lies under ``var/``, anything with a slash is a path."""
    if not raw:
        return ROOT / "var" / "default"
    return (ROOT / "var" / raw).resolve() if "/" not in raw else Path(raw).expanduser().resolve()


@dataclass(frozen=True)
class Place:
    """Where an instance lies and listens; ``database_url`` is empty when the database is its own."""

    folder: Path
    host: str
    port: int
    database_url: str

    @property
    def embedded(self) -> bool:
        """Does it bring its own PostgreSQL?"""
        return not self.database_url

    @property
    def cluster(self) -> Cluster:
        """Its own PostgreSQL."""
        return Cluster(self.folder / "pg", self.logs / "postgres.log")

    @property
    def logs(self) -> Path:
        """The folder of its logs."""
        return self.folder / "log"

    @property
    def lock(self) -> Lock:
        """Held by the one process that runs the instance; its note says who and where."""
        return Lock(self.folder / "running.lock")

    @property
    def url(self) -> str:
        """Where the pages are."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://[{host}]:{self.port}/app/" if ":" in host else f"http://{host}:{self.port}/app/"

    @property
    def only_this_machine(self) -> bool:
        """Is it out of reach of every other machine?"""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def sign_ins(self) -> Path:
        """The published sign-ins of a demo that only this machine can reach."""
        return self.folder / "demo-sign-ins"

    def keep(self, *, kind: str) -> None:
        """Note the port and the kind for all later commands."""
        text = json.dumps({"port": self.port, "kind": kind})
        (self.folder / NOTE).write_text(text + "\n", encoding="utf-8")

    def note(self) -> dict[str, object]:
        """What the running process wrote about itself; empty when the instance does not run."""
        try:
            held = self.lock.is_held()
        except OSError:
            return {}
        if not held:
            return {}
        try:
            found: dict[str, object] = json.loads(self.lock.read() or "{}")
        except ValueError:
            return {}
        return found

    def make_folder(self, *, restoring: bool = False) -> None:
        """Make the instance's folder and its secrets; lost secrets are made anew only where a backup brings the old.

        Raises: Stop.
        """
        try:
            for path, mode in ((self.folder, 0o711), (self.folder / "files", 0o700), (self.logs, 0o700)):
                path.mkdir(mode=mode, parents=True, exist_ok=True)
            if not os.access(self.folder, os.W_OK):
                raise Stop("ops.run.folder", path=self.folder, why=os.strerror(13))
            if not restoring and (self.folder / UNFINISHED).exists():
                raise Stop("ops.restore.unfinished", path=self.folder)
            if (
                not restoring
                and self.embedded
                and self.cluster.exists
                and not (self.folder / "secrets" / "ledger.key").exists()
            ):
                raise Stop("ops.run.secrets_gone", path=self.folder / "secrets")
            make_secrets(self.folder / "secrets")
        except OSError as error:
            raise Stop("ops.run.folder", path=self.folder, why=error.strerror or str(error)) from error

    @contextlib.contextmanager
    def database(self, *, restoring: bool = False) -> Iterator[str]:
        """The address of the database, its own server started for the while if it does not run.

        Raises: DatabaseProblem, Stop.
        """
        if not self.embedded:
            yield self.database_url
            return
        self.make_folder(restoring=restoring)
        with self.cluster.running() as address:
            os.environ["DATABASE_URL"] = address
            try:
                yield address
            finally:
                del os.environ["DATABASE_URL"]


def this_place() -> Place:
    """The instance that the environment names; the rest of the program is told the same.

    Raises: Stop.
    """
    folder = instance_folder(os.environ.get("CPIMS_DATA", "").strip())
    host = os.environ.get("CPIMS_HOST", "").strip() or "127.0.0.1"
    known = noted(folder)
    raw = os.environ.get("CPIMS_PORT", "").strip() or str(known.get("port", 8000))
    if not raw.isdigit() or not 0 < int(raw) < 65536:
        raise Stop("ops.run.bad_port", port=raw)
    url = os.environ.get("DATABASE_URL", "").strip()
    if url and not url.startswith(("postgres://", "postgresql://")):
        raise Stop("ops.run.bad_database_url")
    kind = os.environ.get("CPIMS_KIND", "").strip() or str(known.get("kind") or ("production" if url else "demo"))
    if kind not in ("demo", "production"):
        raise Stop("ops.run.bad_kind", kind=kind)
    os.environ |= {
        "CPIMS_DATA": str(folder),
        "CPIMS_HOST": host,
        "CPIMS_PORT": raw,
        "CPIMS_KIND": kind,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return Place(folder=folder, host=host, port=int(raw), database_url=url)
