"""The outermost layer: Primero's loose addresses, the request's mark, the CSRF cookie, a log without queries."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cpims.api.http import csrf
from cpims.api.http.auth import SESSION_COOKIE
from cpims.api.http.reply import raw
from cpims.lib import request as request_marks
from cpims.lib.json import dumps

log = logging.getLogger("cpims.access")
SLASHES = re.compile(r"/{2,}")


def tidy(path: str) -> str:
    """An API address without repeated or trailing slashes and without ``.json``."""
    path = SLASHES.sub("/", path).rstrip("/") or "/"
    return path.removesuffix(".json")


class Transport:
    """What is true of every request, whatever it asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before the rest."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Carry one request through."""
        started = time.perf_counter()
        mark = request_marks.begin(
            device=request.META.get("HTTP_X_DEVICE", ""), device_time=request.META.get("HTTP_X_DEVICE_TIME", "")
        )
        if request.path_info.startswith("/api"):
            request.path_info = request.path = tidy(request.path_info)
        try:
            response = self.get_response(request)
        finally:
            request_marks.end()
        if response.status_code == 404 and not response.has_header("Cache-Control"):
            response = raw(
                dumps(
                    {
                        "errors": [
                            {"status": 404, "resource": request.path, "message": "Not Found", "code": "route.not_found"}
                        ]
                    }
                ),
                404,
            )
        self._keep_csrf_cookie(request, response)
        response["X-Request-Id"] = str(mark.id)
        route = request.resolver_match.route if request.resolver_match else "-"
        log.info("%s %s %s %.1fms", request.method, route, response.status_code, (time.perf_counter() - started) * 1000)
        return response

    def _keep_csrf_cookie(self, request: HttpRequest, response: HttpResponse) -> None:
        path = request.path_info
        if path.startswith("/health") and "session=" not in request.META.get("QUERY_STRING", ""):
            return
        fresh = response.cookies.get(SESSION_COOKIE)
        session = fresh.value if fresh is not None else request.COOKIES.get(SESSION_COOKIE, "")
        held = request.COOKIES.get(csrf.COOKIE, "")
        if not held or not csrf.is_valid(held, session):
            response.set_cookie(
                csrf.COOKIE, csrf.mint(session), samesite="Strict", secure=settings.ENVIRONMENT.secure_cookies, path="/"
            )
