"""Lists over HTTP: places in them, what is not used, counts, sheets, and a statement that takes too long."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from django.db import connection

from cpims.audit.models import SightingEntry
from tests.api.client import as_
from tests.cast import register

SEARCH, COUNTS, SHEET = (f"/api/cpims/v1/cases/{name}" for name in ("search", "counts", "list.xlsx"))
STRICT = {"prefer": "handling=strict"}


def test_a_list_is_followed_to_its_end(cast):
    made = {str(register().id) for _ in range(5)}
    seen, after = set(), None
    while after is not None or not seen:
        asked = {"per": 2, "status": "open"} | ({"after": after} if after else {})
        reply = as_("amina").post(SEARCH, asked)
        assert reply.status == 200 and reply.json["metadata"]["total"] == 5
        seen |= {row["id"] for row in reply.data}
        after = reply.json["metadata"].get("next")
    assert seen == made
    first = as_("amina").get("/api/v2/cases?per=2&status[0]=open")
    second = as_("amina").get(f"/api/v2/cases?per=2&status[0]=open&after={first.json['metadata']['next']}")
    assert not {row["id"] for row in first.data} & {row["id"] for row in second.data}


def test_a_place_of_another_list_is_refused(cast):
    for _ in range(3):
        register()
    place = as_("amina").post(SEARCH, {"per": 1}).json["metadata"]["next"]
    for by, asked in (("amina", {"sex": "male"}), ("bilal", {}), ("amina", {"after": "nonsense"})):
        reply = as_(by).post(SEARCH, {"per": 1, "after": place} | asked)
        assert (reply.status, reply.codes) == (422, ["list.place_unknown"])
    assert as_("amina").get("/api/v2/cases?page=100000&per=1000").codes == ["list.too_deep"]


def test_unknown_and_unreadable_names_are_told_alike(cast):
    register(hiv_status="yes")
    asked = {"hiv_status": "no", "nonsense": "1", "or": {"hiv_status": "no", "sex": "female"}, "order_by": "hiv_status"}
    reply = as_("amina").post(SEARCH, asked)
    told = {(problem["pointer"], problem["code"]) for problem in reply.json["metadata"]["ignored"]}
    names = ("/hiv_status", "/nonsense", "/or/hiv_status", "/order_by")
    assert told == {(name, "filter.ignored") for name in names} and len(reply.data) == 1
    assert as_("amina").post(SEARCH, asked, **STRICT).status == 422


def test_counts_tell_of_what_she_reads(cast):
    register(sex="male")
    register(sex="female", hiv_status="yes")
    reply = as_("amina").post(COUNTS, {"filters": {"status": "open"}, "fields": ["sex", "hiv_status"]})
    assert reply.status == 200
    assert [entry["field"] for entry in reply.data] == ["sex"]
    counts = sorted((v["value"], v["count"], v["capped"]) for v in reply.data[0]["values"])
    assert counts == [("female", 1, False), ("male", 1, False)]
    assert [problem["pointer"] for problem in reply.json["metadata"]["ignored"]] == ["/fields/1"]
    assert as_("amina").post(COUNTS, {"fields": ["hiv_status"]}, **STRICT).status == 422
    assert as_("amina").post(COUNTS, {"fields": ["sex"] * 21}).codes == ["list.too_many_counts"]
    assert as_("amina").post(COUNTS, {"fields": ["sex"], "more": 1}).status == 422
    assert as_("esther").post(COUNTS, {"fields": ["sex"]}).status == 403


def test_a_sheet_stands_in_the_book_of_sightings(cast):
    mine, other = register(), register(by="dawit")
    reply = as_("chantal").post(SHEET, {"status": "open", "columns": ["case_id_display", "name"]})
    assert reply.status == 200 and reply.headers["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(reply.raw)) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert mine.display_id in text and other.display_id not in text
    entry = SightingEntry.objects.get(road="cases.list.xlsx")
    assert (entry.action, entry.record_ids, entry.fields) == ("export", [mine.id], "case_id_display,name")


def test_a_refused_sheet_shows_nothing(cast):
    register()
    assert as_("amina").post(SHEET, {}).status == 403
    assert as_("chantal").post(SHEET, {"nonsense": "1"}).codes == ["filter.ignored"]
    assert as_("chantal").post(SHEET, {"columns": ["nonsense"]}).codes == ["list.column_unknown"]
    assert not SightingEntry.objects.filter(action="export").exists()


def test_a_statement_that_takes_too_long_is_a_refusal_not_a_fault(cast):
    register()
    with connection.cursor() as statement:
        statement.execute(
            "CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$"
        )
        statement.execute(
            "CREATE TRIGGER slow BEFORE INSERT ON audit_sightings FOR EACH ROW EXECUTE FUNCTION wait_long()"
        )
        statement.execute("SET LOCAL statement_timeout = '500ms'")
    reply = as_("amina").get("/api/v2/cases")
    assert (reply.status, reply.codes) == (429, ["statement.too_slow"])
    assert int(reply.headers["Retry-After"]) > 0
