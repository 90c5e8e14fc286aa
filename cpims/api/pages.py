"""The web app's own files under ``/app/``; every other page leads there."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@lru_cache(maxsize=512)
def _file(path: Path, changed: int) -> tuple[bytes, bytes | None, str]:
    body = path.read_bytes()
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9) if media.startswith(COMPRESSIBLE) and len(body) > 500 else None
    return body, packed, media


def app(request: HttpRequest, path: str = "") -> HttpResponse:
    """A file of the web app; an address without a file is a screen of it."""
    root: Path = settings.ENVIRONMENT.web_dist
    target = (root / path).resolve()
    inside = target.is_relative_to(root.resolve()) and target.is_file()
    if not inside:
        if "." in path.rsplit("/", 1)[-1]:
            return HttpResponse(status=404)
        target = root / "index.html"
        if not target.is_file():
            return HttpResponse("The web app has not been built: run make run.", status=503, content_type="text/plain")
    body, packed, media = _file(target, target.stat().st_mtime_ns)
    zipped = packed is not None and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    response = HttpResponse(packed if zipped and packed is not None else body, content_type=media)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    hashed = inside and path.startswith("assets/")
    response["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    if path == "sw.js":
        response["Service-Worker-Allowed"] = "/app/"
    return response


def home(_request: HttpRequest, _rest: str = "") -> HttpResponse:
    """Lead to the web app."""
    return HttpResponseRedirect("/app/")
