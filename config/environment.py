"""The settings an operator may give, read from the environment in one typed place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


class BadEnvironment(ValueError):
    """A setting in the environment cannot be used; the message names it and the way out."""


@dataclass(frozen=True)
class Environment:
    """What an instance is told from outside; everything else it keeps in its database."""

    data: Path
    database_url: str
    kind: str
    host: str
    port: int
    files_url: str
    mail_url: str
    mail_from: str
    public_url: str
    time_zone: str
    locales: tuple[str, ...]
    default_locale: str
    session_minutes: int
    basic_auth: bool
    secure_cookies: bool
    web_dist: Path
    other_client: Path | None
    allowed_hosts: tuple[str, ...]
    at_once: int
    waiting: int
    statement_seconds: int

    @property
    def secrets(self) -> Path:
        """The folder of this instance's secret files."""
        return self.data / "secrets"

    @property
    def files(self) -> Path:
        """The folder of this instance's stored bytes."""
        return self.data / "files"


def _flag(name: str, default: bool) -> bool:
    raw = os.environ.get(name, "").strip().lower()
    if raw in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return default if raw == "" else raw in ("1", "true", "yes", "on")
    raise BadEnvironment(f"{name} must be 1 or 0, not {raw!r}.")


def _number(name: str, default: int) -> int:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise BadEnvironment(f"{name} must be a whole number, not {raw!r}.") from error


def _folder(name: str) -> Path | None:
    raw = os.environ.get(name, "").strip()
    if not raw:
        return None
    folder = Path(raw).resolve()
    if not (folder / "index.html").is_file():
        raise BadEnvironment(f"{name} must be a folder with an index.html, not {raw!r}.")
    return folder


@lru_cache(maxsize=1)
def read_environment() -> Environment:
    """Read every setting once.

    Raises: BadEnvironment.
    """
    data = Path(os.environ.get("CPIMS_DATA", "") or ROOT / "var" / "default").resolve()
    kind = os.environ.get("CPIMS_KIND", "") or "production"
    if kind not in ("demo", "production"):
        raise BadEnvironment(f"CPIMS_KIND must be demo or production, not {kind!r}.")
    host = os.environ.get("CPIMS_HOST", "") or "127.0.0.1"
    port = _number("CPIMS_PORT", 8000)
    files_url = os.environ.get("CPIMS_FILES_URL", "")
    if (files_url and not urlsplit(files_url).netloc) or urlsplit(files_url).scheme not in ("", "s3"):
        raise BadEnvironment("CPIMS_FILES_URL must be s3://bucket/folder?endpoint=https://…&region=…, or empty.")
    public_url = os.environ.get("CPIMS_PUBLIC_URL", "") or f"http://{host}:{port}"
    locales = tuple(part for part in (os.environ.get("CPIMS_LOCALES", "") or "en,fr,es,ar").split(",") if part)
    return Environment(
        data=data,
        database_url=os.environ.get("DATABASE_URL", ""),
        kind=kind,
        host=host,
        port=port,
        files_url=files_url,
        mail_url=os.environ.get("CPIMS_MAIL_URL", ""),
        mail_from=os.environ.get("CPIMS_MAIL_FROM", "") or "cpims@localhost",
        public_url=public_url,
        time_zone=os.environ.get("CPIMS_TIME_ZONE", "") or "UTC",
        locales=locales,
        default_locale=os.environ.get("CPIMS_DEFAULT_LOCALE", "") or locales[0],
        session_minutes=_number("CPIMS_SESSION_MINUTES", 60),
        basic_auth=_flag("CPIMS_BASIC_AUTH", True),
        secure_cookies=_flag("CPIMS_SECURE_COOKIES", public_url.startswith("https://")),
        web_dist=Path(os.environ.get("CPIMS_WEB_DIST", "") or ROOT / "web" / "dist"),
        other_client=_folder("CPIMS_OTHER_CLIENT"),
        allowed_hosts=tuple(p for p in os.environ.get("CPIMS_ALLOWED_HOSTS", "").split(",") if p),
        at_once=_number("CPIMS_AT_ONCE", 4),
        waiting=_number("CPIMS_WAITING", 24),
        statement_seconds=_number("CPIMS_STATEMENT_SECONDS", 20),
    )


def database_settings(url: str) -> dict[str, object]:
    """Turn a ``postgresql://user:password@host:port/name`` address into Django's settings.

    Raises: BadEnvironment.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadEnvironment("DATABASE_URL must begin with postgresql:// (PostgreSQL 15 or newer).")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = str(options.pop("host", "")) or unquote(parts.hostname or "")
    port = str(options.pop("port", "")) or (str(parts.port) if parts.port else "")
    options |= {"server_side_binding": True, "prepare_threshold": 5, "application_name": "cpims"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
