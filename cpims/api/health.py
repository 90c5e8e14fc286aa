"""Is it up? For load balancers, and for clients that want to know whether they are online."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cpims.api.http.reply import no_content


def show_health(request: HttpRequest, backend: str = "database") -> HttpResponse:
    """204 when the named part answers, 503 when it does not (or when there is no such part).

    ``solr`` is the search of Primero's clients; here the database searches. ``api`` is never closed for a configuration.
    """
    if backend in ("server", "api") or (backend in ("database", "solr") and _database_answers()):
        return no_content()
    response = HttpResponse(status=503)
    response["Retry-After"] = "60"
    response["Cache-Control"] = "no-store"
    return response


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


urls = [path("", show_health), path("/<str:backend>", show_health)]
