"""Searching the books of what was done and seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Role
from cpims.api.shapes.audit_logs import AuditEntry, AuditLog
from cpims.audit.models import SightingEntry
from cpims.imports.formats.workbook import read_workbook
from tests.api.client import as_
from tests.cast import MODULE
from tests.consistency.test_replies import wrong

SEARCH, SHEET, THEIRS = "/api/cpims/v1/audit_log/search", "/api/cpims/v1/audit_log/list.xlsx", "/api/v2/audit_logs"


@pytest.fixture
def books(cast: None) -> None:
    """Esther and Farid may search the books."""
    for role in Role.objects.filter(users__user_name__in=("esther", "farid")):
        role.permissions = {**role.permissions, "audit_log": ["read"]}
        role.save()


def a_day() -> str:
    """Amina registers and reads a child, Bilal is refused, Chantal prints; answers whose file it is."""
    answers = {"module_id": MODULE, "name_first": "Noor", "sex": "female", "age": 9}
    case = str(as_("amina").post("/api/v2/cases", {"data": answers}).data["id"])
    assert as_("amina").get(f"/api/v2/cases/{case}").status == 200
    assert as_("dawit").get(f"/api/v2/cases/{case}").status == 404
    assert as_("amina").post("/api/cpims/v1/cases/search", {"query": "Noor"}).status == 200
    return case


def found(**asked: Any) -> list[dict[str, Any]]:
    reply = as_("esther").post(SEARCH, asked)
    assert reply.status == 200, reply.json
    assert all(not wrong(AuditEntry, row) for row in reply.data)
    assert reply.json["metadata"]["total"] == len(reply.data)
    return list(reply.data)


def test_everything_about_one_record(books: None) -> None:
    case = a_day()
    rows = found(record_id=case)
    assert {(row["user_name"], row["action"], row["outcome"]) for row in rows} >= {
        ("amina", "case.registered", "done"),
        ("amina", "show", "seen"),
        ("dawit", "record.not_found", "refused"),
    }
    assert all(row["record_ids"] == [case] or row["records"] > 1 for row in rows)
    assert all(row["record_type"] == "case" for row in rows)
    assert "Noor" not in str(rows)


def test_each_way_of_narrowing(books: None) -> None:
    case = a_day()
    assert {row["user_name"] for row in found(user_name="dawit")} == {"dawit"}
    assert {row["book"] for row in found(sort="changed")} == {"changes"}
    assert {row["outcome"] for row in found(sort="refused")} == {"refused"}
    assert {row["action"] for row in found(actions=["case.registered"])} == {"case.registered"}
    assert {row["record_type"] for row in found(record_types=["case"])} == {"case"}
    seen = found(sort="seen", record_id=case)
    assert seen and {row["outcome"] for row in seen} == {"seen"}
    assert not found(sort="taken") and not found(sort="door")
    assert not found(stop="2020-01-01T00:00:00.000Z")
    newest = found()[0]["at"]
    assert {row["at"] >= newest for row in found(start=newest)} == {True}
    assert found(user_name="nobody") == []


def test_pages_are_whole_and_newest_first(books: None) -> None:
    a_day()
    first = as_("esther").post(SEARCH, {"per": 500, "stop": "2999-01-01T00:00:00.000Z"})
    moments = [row["at"] for row in first.data]
    assert moments == sorted(moments, reverse=True) and len(moments) > 3
    stop = "2999-01-01T00:00:00.000Z"
    ids: list[str] = []
    asked = {"user_name": "amina", "stop": stop, "per": 2}
    total = as_("esther").post(SEARCH, asked).json["metadata"]["total"]
    for page in range(1, total // 2 + 2):
        ids += [row["id"] for row in as_("esther").post(SEARCH, asked | {"page": page}).data]
    assert len(ids) == len(set(ids)) == total


def test_what_cannot_be_read_is_named(books: None) -> None:
    reply = as_("esther").post(SEARCH, {"record_id": "Noor", "start": "yesterday"})
    assert reply.status == 422
    assert {error["pointer"] for error in reply.json["errors"]} == {"/start", "/record_id"}
    assert as_("esther").post(SEARCH, {"child": "Noor"}).status == 422
    assert as_("amina").post(SEARCH, {}).status == 403


def test_whoever_searches_the_books_stands_in_them(books: None) -> None:
    case = a_day()
    found(record_id=case, user_name="amina")
    row = SightingEntry.objects.filter(road="audit_log.search").order_by("-id")[0]
    assert (row.actor_name, row.action, [str(one) for one in row.record_ids]) == ("esther", "search", [case])
    assert row.query_digest is not None
    assert as_("esther").post(SHEET, {"record_id": case}).status == 200
    assert [r["action"] for r in found(sort="taken")] == ["export"]
    refused = as_("amina").post(SHEET, {})
    assert (refused.status, SightingEntry.objects.filter(road="audit_log.list.xlsx").count()) == (403, 1)


def test_a_sheet_holds_the_same_in_words(books: None) -> None:
    case = a_day()
    SightingEntry.objects.create(road="tokens", action="=cmd()", actor_name='=HYPERLINK("http://bad")')
    listed = as_("esther").post(SHEET, {"locale": "fr"})
    assert listed.headers["Cache-Control"] == "no-store"
    sheet = read_workbook(listed.raw)
    assert not sheet.wrong and len(sheet.rows[0]) == 9 and len(sheet.rows) > 5
    assert any(case in cell for row in sheet.rows for cell in row)
    assert any(row[2].startswith("=HYPERLINK") and row[3] == "=cmd()" for row in sheet.rows)
    assert "Noor" not in str(sheet.rows)
    narrowed = read_workbook(as_("esther").post(SHEET, {"user_name": "dawit"}).raw)
    assert {row[2] for row in narrowed.rows[1:]} == {"dawit"}


def test_as_primero_lists_them(books: None) -> None:
    case = a_day()
    listed = as_("farid").get(f"{THEIRS}?user_name=amina&audit_log_actions[0]=create&record_type[0]=child")
    assert listed.status == 200, listed.json
    assert [not wrong(AuditLog, row) for row in listed.data] == [True]
    (row,) = listed.data
    assert (row["action"], row["record_type"], row["record_id"], row["display_id"]) == (
        "create", "child", case, case[-7:]
    )  # fmt: skip
    assert row["log_message"]["prefix"]["key"] == "logger.actions.create"
    assert row["log_message"]["identifier"] == f"Child '{case[-7:]}'"
    everything = as_("farid").get(f"{THEIRS}?audit_log_actions[0]=nonsense")
    assert everything.json["metadata"]["total"] > 3
    assert everything.json["metadata"]["ignored"][0]["pointer"] == "/audit_log_actions"
    names = [one["user_name"] for one in as_("farid").get(f"{THEIRS}?order_by=user_name&order=asc").data]
    assert names == sorted(names) and len(set(names)) > 1
    assert "Noor" not in str(everything.json)


def test_a_page_costs_the_same_whatever_is_on_it(books: None) -> None:
    a_day()
    assert as_("esther").post(SEARCH, {}).status == 200
    counts = []
    for per in (1, 50):
        with CaptureQueriesContext(connection) as asked:
            as_("esther").post(SEARCH, {"per": per})
        counts.append(len(asked))
    assert counts[0] == counts[1]
