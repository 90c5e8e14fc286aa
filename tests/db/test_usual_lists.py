"""The usual list takes a short way: it must answer, byte for byte, what the record read one by one would."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Agency, Role, User
from cpims.forms.models import Form, FormGrant
from cpims.lib.json import dumps
from cpims.records.models import Record
from cpims.records.queries.listing import Listing, find_records
from cpims.records.queries.reading import served
from cpims.records.queries.setup import setup_of
from cpims.records.queries.usual import in_sight
from cpims.records.rules.kinds import KINDS
from cpims.settings.models import Instance
from tests.cast import MODULE, register, viewer

TODAY = date(2026, 3, 2)
SHORT = {"status": "open", "record_state": "true"}
LEAN = "name,age,case_id_display,module_id,status,record_in_scope"
SOME = "name,age,flagged,not_edited_by_owner,record_in_scope,associated_user_names,consent_for_services"


def listed(by: str, **query: object) -> Listing:
    return find_records(kind="case", viewer=viewer(by), query=query, offset=0, per=50, today=TODAY)


@pytest.fixture
def children(cast):
    role = Role.objects.create(
        unique_id="role-manager", name="Manager", permissions={"case": ["read"]}, group_permission="agency",
        module_unique_ids=[MODULE],
    )  # fmt: skip
    forms = Form.objects.filter(unique_id__in=["basic_identity", "consent", "protection"])
    FormGrant.objects.bulk_create([FormGrant(role=role, form=form, access="r") for form in forms])
    agency = Agency.objects.get(unique_id="agency-a")
    User.objects.create(user_name="manager", full_name="Manager", role=role, agency=agency)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    for number, by in enumerate(("amina", "bilal", "dawit", "farid") * 2):
        register(by=by, name_first=f"Noor{number}", name_last="Ö محمد", age=number, hidden_name=number >= 4)
    Record.objects.filter(name_sort__startswith="noor1").update(status="closed")
    Record.objects.filter(name_sort__startswith="noor2").update(flag_count=2, last_updated_by="somebody")


@pytest.mark.parametrize("fields", ["short", LEAN, SOME, None])
@pytest.mark.parametrize("by", ["amina", "bilal", "chantal", "dawit", "manager", "farid"])
def test_both_ways_answer_the_same_bytes(children, by, fields):
    row_fields = setup_of(viewer(by).configuration, "case").row_fields
    names = KINDS["case"].short_fields if fields == "short" else frozenset(fields.split(",")) if fields else None
    whole = names is None or not names <= row_fields
    assert whole == (fields in (SOME, None))
    found = listed(by, **SHORT, **({"fields": fields} if fields else {}))
    rows = Record.objects.visible_to(viewer(by)).of_kind("case").filter(status="open", record_state=True)
    records = list(rows.order_by("-created_at", "-id"))
    assert records and found.total == len(records)
    for row, record in zip(found.rows, records, strict=True):
        assert dumps(row) == dumps(served(record, viewer(by), today=TODAY, names=names, whole=whole))
    hidden = [row for row, record in zip(found.rows, records, strict=True) if record.hidden_name]
    assert hidden and all(row["name"] == "*******" for row in hidden)


def test_sight_is_what_the_one_place_says(children):
    for by in ("amina", "chantal", "dawit", "manager", "farid"):
        sql, values = in_sight(viewer(by), "case") or ("", ())
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT id FROM "records" WHERE {sql}', values)
            found = {row[0] for row in cursor.fetchall()}
        assert found == set(Record.objects.visible_to(viewer(by)).of_kind("case").values_list("id", flat=True))


def test_a_page_and_its_total_are_one_statement(children):
    amina = viewer("amina")
    asked = {"kind": "case", "viewer": amina, "query": SHORT | {"fields": "short"}, "today": TODAY}
    find_records(**asked, offset=0, per=1)
    with CaptureQueriesContext(connection) as few:
        found = find_records(**asked, offset=0, per=1)
    assert len(found.rows) == 1 < found.total
    assert len(few) == 1


def test_what_a_viewer_loses_leaves_her_list_at_once(children):
    before = {row["id"] for row in listed("amina", **SHORT, fields="short").rows}
    gone = Record.objects.get(pk=sorted(before)[0])
    Record.objects.filter(pk=gone.pk).update(associated_user_names=["bilal"])
    assert {row["id"] for row in listed("amina", **SHORT, fields="short").rows} == before - {str(gone.pk)}
