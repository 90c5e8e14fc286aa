"""The endpoint matrix: every route says who may, who may not, and what others see."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cpims.api.urls import v1, v2
from cpims.audit.models import ChangeEntry
from cpims.lib.clock import now
from cpims.records.models import Record
from tests.api.client import Reply, as_
from tests.api.matrix import CAST, MATRIX, Row, places
from tests.cast import register
from tests.kinds import kinds_in, register_kind

SILENT = ("SAVEPOINT", "RELEASE", "ROLLBACK")
IDS = [f"{row.method} {row.path}" for row in MATRIX]


def routes() -> Iterator[tuple[str, str]]:
    """Every route that is mounted."""
    for prefix, api in (("/api/v2", v2), ("/api/cpims/v1", v1)):
        for _, router in api._routers:
            for path, view in router.path_operations.items():
                for operation in view.operations:
                    yield from ((method, prefix + path) for method in operation.methods)


def record_key(path: str) -> str:
    """The name of the record's id in an address."""
    for name in ("trace_id", "run_id"):
        if f"{{{name}}}" in path:
            return name
    return next((f"{kind}_id" for kind in kinds_in(path) if f"{{{kind}_id}}" in path), "case_id")


def ask(row: Row, name: str | None, known: dict[str, object]) -> tuple[Reply, int]:
    """One person's request, undone afterwards; the reply and the number of statements."""
    point = transaction.savepoint()
    caller = as_(name)
    body = row.body() if row.body else None
    with CaptureQueriesContext(connection) as captured:
        reply = caller.send(row.method, row.path.format(**known), body)
    transaction.savepoint_rollback(point)
    return reply, len([q for q in captured.captured_queries if not q["sql"].startswith(SILENT)])


def test_every_route_stands_in_the_matrix():
    mounted, listed = list(routes()), [(row.method, row.path) for row in MATRIX]
    assert len(listed) == len(set(listed)), "a route stands twice in the matrix"
    assert set(mounted) == set(listed)


@pytest.mark.parametrize("row", MATRIX, ids=IDS)
def test_who_may_and_who_may_not(cast, row):
    known = places(row.path)
    for name in CAST:
        reply, _ = ask(row, name, known)
        assert reply.status == row.expected(name), f"{name}: {reply.status} {reply.raw[:300]!r}"
        if reply.status >= 400:
            assert reply.json["errors"] and all(error["code"] for error in reply.json["errors"])
    assert ask(row, None, known)[0].status == row.anonymous


@pytest.mark.parametrize("row", [r for r in MATRIX if r.forbidden or r.hidden], ids=lambda r: f"{r.method} {r.path}")
def test_a_refusal_changes_nothing(cast, row):
    known = places(row.path)
    for name in (row.forbidden + " " + row.hidden).split():
        entries, records = ChangeEntry.objects.count(), list(Record.objects.values_list("id", "revision"))
        caller = as_(name)
        caller.send(row.method, row.path.format(**known), row.body() if row.body else None)
        assert ChangeEntry.objects.count() == entries
        assert list(Record.objects.values_list("id", "revision")) == records


@pytest.mark.parametrize("row", [r for r in MATRIX if r.hidden], ids=lambda r: f"{r.method} {r.path}")
def test_hidden_looks_like_missing(cast, row):
    known = places(row.path)
    for name in row.hidden.split():
        missing_id = str(uuid4())
        ask(row, name, known)
        hidden, hidden_count = ask(row, name, known)
        missing, missing_count = ask(row, name, known | {record_key(row.path): missing_id})
        assert hidden.status == missing.status == 404
        assert hidden.raw.replace(str(known[record_key(row.path)]).encode(), b"*") == missing.raw.replace(
            missing_id.encode(), b"*"
        )
        same = {k: v for k, v in hidden.headers.items() if k != "X-Request-Id"}
        assert same == {k: v for k, v in missing.headers.items() if k != "X-Request-Id"}
        assert hidden_count == missing_count
        broken = as_(name).send(row.method, row.path.format(**(known | {record_key(row.path): "not-an-id"})))
        assert broken.status == 404


@pytest.mark.parametrize(
    "row",
    [r for r in MATRIX if f"{{{record_key(r.path)}}}" in r.path and r.method in ("PATCH", "PUT")],
    ids=lambda r: f"{r.method} {r.path}",
)
def test_permission_is_asked_before_the_body_is_read(cast, row):
    known = places(row.path)
    for name in ("esther", "dawit"):
        status, caller = row.expected(name), as_(name)
        assert status in (403, 404)
        reply = caller.client.generic(
            row.method, row.path.format(**known), "{not json", content_type="text/plain", HTTP_X_CSRF_TOKEN=caller.token
        )
        assert reply.status_code == status


@pytest.mark.parametrize("row", [r for r in MATRIX if r.queries is not None], ids=lambda r: f"{r.method} {r.path}")
def test_the_number_of_statements_is_constant(cast, row):
    known = places(row.path)
    name = row.ok.split()[-1] if "farid" not in row.ok else "farid"
    ask(row, name, known)
    _, one = ask(row, name, known)
    for number in range(2):
        register(name_first=f"Noor{number}", hidden_name=bool(number))
        for kind in kinds_in(row.path):
            register_kind(kind)
        _grow(number)
    ask(row, name, known)
    _, three = ask(row, name, known)
    assert (one, three) == (row.queries, row.queries)


def _grow(number: int) -> None:
    """One more of everything that lists show."""
    from cpims.accounts.models import Agency, Role, User, UserGroup
    from cpims.bulk.models import BulkCase, BulkJob
    from cpims.locations.models import Location

    agency = Agency.objects.create(unique_id=f"agency-x{number}", agency_code=f"X{number}", name={"en": "X"})
    group = UserGroup.objects.create(unique_id=f"group-x{number}", name=f"X{number}")
    group.agencies.add(agency)
    role = Role.objects.create(unique_id=f"role-x{number}", name=f"X{number}", permissions={"case": ["read"]})
    user = User.objects.create(user_name=f"x{number}", full_name="X", role=role, agency=agency, created_at=now())
    user.groups.add(group)
    Location.objects.create(code=f"X{number}", hierarchy=[f"X{number}"], placename={"en": "X"}, name={"en": "X"})
    for job in BulkJob.objects.all():
        BulkCase.objects.create(job=job, record_id=Record.objects.latest("recorded_at", "id").id)
