"""Another web client of the Primero v2 contract, served from a folder at ``/`` and ``/v2``; ours stays under ``/app/``.

Its first page gets one script of ours in front of its own, which tells it what Primero's server writes into that page.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect

from cpims.api.locations import places_file
from cpims.api.pages import home
from cpims.lib.json import dumps
from cpims.settings.queries import configuration_number

#: Never looked for in the folder.
OURS: Final = ("api/", "app/", "health")
SETTINGS_FILE: Final = "client-settings.js"
LARGE: Final = 4 * 1024 * 1024
#: A name that changes with its content: ``main-3f9a1c2b.js``, ``main.3f9a1c2b4d.chunk.css``.
FINGERPRINT: Final = re.compile(r"[-.][0-9a-f]{8,}(?=[-.])")
MANIFEST: Final[dict[str, Any]] = {
    "name": "CPIMS+",
    "short_name": "CPIMS+",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "icons": [
        {"src": "/app/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
        {"src": "/app/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
    ],
}


def show_page(request: HttpRequest, path: str = "") -> HttpResponse:
    """A file of the other client, or its first page where there is none; without such a client, the way to ours."""
    root: Path | None = settings.ENVIRONMENT.other_client
    if path.startswith(OURS):
        raise Http404
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    is_page = path == "" or path == "v2" or path.startswith("v2/")
    if root is None:
        if is_page:
            return home(request)
        raise Http404
    if path == SETTINGS_FILE:
        return _settings_script()
    if path.startswith("login/"):
        return HttpResponseRedirect(f"/v2/{path}")
    target = _inside(root, path)
    if target is not None and target.name != "index.html":
        return _file(request, target)
    if target is not None or (is_page and "." not in path.rsplit("/", 1)[-1]):
        return _first_page(root / "index.html")
    raise Http404


def show_manifest(request: HttpRequest, path: str = "manifest.json") -> HttpResponse:
    """What a browser needs for putting the client on a home screen: the folder's own file, else a plain one."""
    root: Path | None = settings.ENVIRONMENT.other_client
    target = _inside(root, path) if root is not None else None
    if target is not None:
        return _file(request, target)
    start = "/" if root is not None else "/app/"
    body = MANIFEST | {"start_url": start, "scope": start}
    return _kept_shortly(HttpResponse(dumps(body), content_type="application/manifest+json"))


def show_theme(_request: HttpRequest) -> HttpResponse:
    """The colours that Primero's client may import; empty, for it has its own."""
    return _kept_shortly(HttpResponse(b"export default {};\n", content_type="text/javascript"))


def _inside(root: Path, path: str) -> Path | None:
    """The file that an address names, if it lies in the folder: no step upwards, no hidden name, no link out of it."""
    parts = path.split("/")
    if "\x00" in path or "\\" in path or any(part.startswith(".") for part in parts):
        return None
    try:
        target = (root / path).resolve()
    except (OSError, ValueError):
        return None
    return target if target.is_relative_to(root) and target.is_file() else None


def _settings_script() -> HttpResponse:
    known = {
        "locationManifest": places_file(configuration_number()),
        "useTheme": False,
        "themeRevision": "",
        "idp": False,
    }
    body = b"".join(b"window.%s = %s;\n" % (name.encode(), dumps(value)) for name, value in known.items())
    return _kept_shortly(HttpResponse(body, content_type="text/javascript"))


def _file(request: HttpRequest, target: Path) -> HttpResponse:
    seen = target.stat()
    tag = f'"{seen.st_mtime_ns:x}-{seen.st_size:x}"'
    if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponse(status=304)
    else:
        media = mimetypes.guess_type(target.name)[0] or "application/octet-stream"
        body = target.read_bytes() if seen.st_size > LARGE else _body(target, seen.st_mtime_ns)
        response = HttpResponse(body, content_type=media)
    response["ETag"] = tag
    lasting = FINGERPRINT.search(target.name) is not None
    response["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return response


@lru_cache(maxsize=256)
def _body(target: Path, _changed: int) -> bytes:
    return target.read_bytes()


def _first_page(index: Path) -> HttpResponse:
    body, policy = _page(index, index.stat().st_mtime_ns)
    response = _kept_shortly(HttpResponse(body, content_type="text/html; charset=utf-8"))
    response["Content-Security-Policy"] = policy
    return response


@lru_cache(maxsize=4)
def _page(index: Path, _changed: int) -> tuple[str, str]:
    """The first page with our script in front of all others, and the policy that lets exactly its own scripts run."""
    text = index.read_text(encoding="utf-8")
    reader = _Scripts()
    reader.feed(text)
    lines = text.splitlines(keepends=True)
    at = sum(len(line) for line in lines[: reader.line - 1]) + reader.column if reader.line else len(text)
    body = f'{text[:at]}<script src="/{SETTINGS_FILE}"></script>{text[at:]}'
    return body, _policy(reader.inline)


class _Scripts(HTMLParser):
    """Where the first script (or the end of the head) of a page stands, and what is written between script tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.line = self.column = 0
        self.inline: list[str] = []
        self._within: list[str] | None = None

    def _mark(self) -> None:
        if not self.line:
            self.line, self.column = self.getpos()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self._mark()
            self._within = None if any(name == "src" for name, _ in attrs) else []

    def handle_data(self, data: str) -> None:
        if self._within is not None:
            self._within.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "head":
            self._mark()
        if tag == "script" and self._within is not None:
            self.inline.append("".join(self._within))
            self._within = None


def _policy(scripts: list[str]) -> str:
    """As ours, but styles may be written inline (its component library does), and the page's own scripts by digest."""
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = "".join(f" 'sha256-{digest}'" for digest in digests)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval'{allowed}",
            "style-src 'self' 'unsafe-inline'",
            "connect-src 'self' blob: data:",
            "worker-src 'self' blob:",
            "font-src 'self' data:",
            "manifest-src 'self'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob: data:",
            "frame-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _kept_shortly(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    return response
