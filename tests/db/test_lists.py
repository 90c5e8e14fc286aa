"""Lists: what the grammar of filters means, how pages follow one another, what is counted, what a sheet holds."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import User
from cpims.cases.actions import amend_case
from cpims.exports.queries.lists import list_sheet
from cpims.forms.models import Field
from cpims.records.actions.deriving import derive_records, is_behind, keep_field_indexes
from cpims.records.actions.ownership import follow_owner
from cpims.records.models import Derivation, Record, Sighted
from cpims.records.queries import listing, paging
from cpims.records.queries.counting import count_values
from cpims.records.queries.listing import Listing, find_records
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import ListInvalid
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, register, viewer

TODAY = date(2026, 3, 2)


def listed(by: str = "amina", per: int = 50, offset: int = 0, **query: object) -> Listing:
    return find_records(kind="case", viewer=viewer(by), query=query, offset=offset, per=per, today=TODAY)


def names(by: str = "amina", **query: object) -> set[str | None]:
    found = listed(by, **query)
    assert found.ignored == []
    return {record.data["name_first"] for record in found.records}


def change(record: Record, by: str = "amina", **values: object) -> None:
    amend_case(case_id=record.id, edit=Edit(values=values), actor=viewer(by), at=AT)


def mark_filterable(*fields: str) -> None:
    for field in Field.objects.filter(name__in=fields):
        field.attributes |= {"filterable": True}
        field.save(update_fields=["attributes"])
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)


def level(kind: str = "case") -> int:
    """Bring the records up; answers how many changed."""
    changed = 0
    for progress in derive_records(kind=kind, at=AT):
        changed = progress.changed
    return changed


def test_a_number_is_compared_as_a_number(cast):
    for name, siblings in (("Two", 2), ("Ten", 10), ("Half", 3), ("None", None)):
        register(name_first=name, **({} if siblings is None else {"siblings": siblings}))
    assert names(siblings="2") == {"Two"}
    assert names(siblings="2..10") == {"Two", "Half", "Ten"}
    assert names(siblings={"from": 3}) == {"Half", "Ten"}
    assert names(siblings={"to": 2.4}) == {"Two"}
    assert names(siblings=["2..2", "9..11"]) == {"Two", "Ten"}
    assert names(siblings="0..100000") == {"Two", "Half", "Ten"}
    assert listed(siblings="many").records == []


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ("2025-12-31", {"Eve"}),
        ("2025-12-31..2026-01-01", {"Eve", "New"}),
        ("2026-01-02..2026-01-31", {"Last"}),
        ("2024-01-01..2026-12-31", {"Eve", "New", "Last"}),
        ({"from": "2026-01-01"}, {"New", "Last"}),
        ({"to": "2025-12-31"}, {"Eve"}),
        ("2026-02-01..2026-02-28", set()),
    ],
)
def test_a_day_is_found_by_spans_of_days(cast, span, expected):
    section = {"service_type": "health"}
    for name, day in (("Eve", "2025-12-31"), ("New", "2026-01-01"), ("Last", "2026-01-31")):
        register(name_first=name, services_section=[section | {"service_implemented_day_time": f"{day}T10:00:00.000Z"}])
    register(name_first="Never")
    assert names(service_implemented_day_times=span) == expected
    assert names(**{"services_section.service_implemented_day_time": span}) == expected


def test_a_place_is_found_by_what_lies_around_it(cast):
    register(name_first="Camp", location_current="KA0101")
    register(name_first="Town", location_current="KA02")
    assert names(**{"loc:location_current": "ka"}) == {"Camp", "Town"}
    assert names(**{"loc:location_current": "KA01"}) == {"Camp"}
    assert names(**{"loc:location_current1": "KA01"}) == {"Camp"}
    assert names(**{"loc:location_current2": "KA01"}) == set()
    assert names(**{"loc:location_current2": "KA0101,KA02"}) == {"Camp"}


def test_the_owners_place_follows_the_owner(cast):
    register(name_first="Noor")
    assert names(**{"loc:owned_by_location": "KA01"}) == {"Noor"}
    User.objects.filter(user_name="amina").update(location="KA02")
    follow_owner(user_id=User.objects.get(user_name="amina").id, at=AT)
    assert names(**{"loc:owned_by_location": "KA01"}) == set()
    assert names(**{"loc:owned_by_location": "KA02"}) == {"Noor"}


def test_what_stands_beside_the_answers_is_not_looked_for_among_them(cast):
    """Packs put the status on a form, to be read there; it is never an answer."""
    form = Field.objects.get(name="siblings").form
    for name in ("status", "workflow", "module_id", "owned_by"):
        source = "lookup lookup-risk"
        Field.objects.create(form=form, name=name, type="select_box", attributes={"option_strings_source": source})
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    register(name_first="Noor", sex="female")
    for narrow in ({}, {"sex": "female"}):
        assert names(status="open", workflow="new", owned_by="amina", module_id=MODULE, **narrow) == {"Noor"}
        fields = ["status", "workflow", "owned_by", "module_id"]
        found = count_values(kind="case", viewer=viewer("amina"), filters=narrow, fields=fields, today=TODAY)
        assert {name: [(c.value, c.count) for c in values] for name, values in found.values.items()} == {
            "status": [("open", 1)], "workflow": [("new", 1)], "owned_by": [("amina", 1)], "module_id": [(MODULE, 1)],
        }  # fmt: skip


def test_alternatives_and_exclusions(cast):
    register(name_first="A", sex="male", risk_level="high")
    register(name_first="B", sex="female", risk_level="low")
    register(name_first="C", sex="male", risk_level="low")
    assert names(**{"or": [{"sex": "female"}, {"risk_level": "high"}]}) == {"A", "B"}
    assert names(**{"or": {"sex": "female", "risk_level": "high"}}) == {"A", "B"}
    assert names(**{"not": {"sex": "male"}}) == {"B"}
    assert names(**{"not": [{"sex": "female"}, {"risk_level": "high"}]}) == {"C"}
    assert names(sex="male", risk_level="low") == {"C"}


def test_what_is_not_used_is_named_inside_alternatives_too(cast):
    register(name_first="A", sex="male", hiv_status="no")
    found = listed(**{"or": {"sex": "male", "hiv_status": "yes", "nonsense": "1"}})
    assert len(found.records) == 1
    assert {problem.pointer for problem in found.ignored} == {"/or/hiv_status", "/or/nonsense"}


def test_pages_follow_one_another_whatever_the_order(cast, monkeypatch):
    for number in range(11):
        register(
            name_first=f"N{number % 3}", name_last=None if number % 4 == 0 else "K", siblings=number,
            at=AT + timedelta(minutes=number // 2), date_of_birth="2015-01-01" if number % 2 else None,
        )  # fmt: skip
    mark_filterable("siblings")
    orders = ("created_at", "name", "age", "last_updated_at", "registration_date", "siblings", "short_id", "status")
    for limit in (10_000, 3):  # gathered whole, and walked along an index
        monkeypatch.setattr(paging, "EXACT_UP_TO", limit)
        monkeypatch.setattr(listing, "EXACT_UP_TO", limit)
        monkeypatch.setattr(listing, "GATHERED", limit)
        for order_by in orders:
            for order in ("asc", "desc"):
                for narrow in ({}, {"status": "open"}, {"sex": "female"}):
                    query = {"order_by": order_by, "order": order} | narrow
                    whole = [r.id for r in listed(per=50, **query).records]
                    assert len(whole) == 11
                    seen, after = [], None
                    while after is not None or not seen:
                        page = listed(per=4, **query | ({"after": after} if after else {}))
                        assert page.ignored == []
                        seen += [r.id for r in page.records]
                        after = page.after
                    assert seen == whole, query
                    assert [r.id for r in listed(per=4, offset=4, **query).records] == whole[4:8]


def test_a_place_in_a_list_holds_for_that_list_and_that_viewer_alone(cast):
    for _ in range(3):
        register()
    token = listed(per=1, status="open").after
    assert token is not None
    assert len(listed(per=1, status="open", after=token).records) == 1
    for by, query in (("amina", {}), ("amina", {"status": "open", "order_by": "age"}), ("bilal", {"status": "open"})):
        with pytest.raises(ListInvalid) as refusal:
            listed(by, per=1, after=token, **query)
        assert [problem.code for problem in refusal.value.problems] == ["list.place_unknown"]
    with pytest.raises(ListInvalid):
        listed(after="00" * 40)


def test_a_total_beyond_the_limit_says_that_it_is_about(cast, monkeypatch):
    for _ in range(6):
        register()
    assert (listed(per=2).total, listed(per=2).total_exact) == (6, True)
    monkeypatch.setattr(paging, "EXACT_UP_TO", 4)
    monkeypatch.setattr(listing, "EXACT_UP_TO", 4)
    assert not listed(per=2).total_exact
    assert not listed(per=2, sex="female").total_exact


def test_pages_by_number_end_where_they_would_cost_too_much(cast):
    with pytest.raises(ListInvalid) as refusal:
        listed(offset=listing.DEEPEST, per=20)
    assert refusal.value.problems[0].code == "list.too_deep"


def test_the_table_of_lists_follows_every_write(cast):
    record = register()
    rows = Sighted.objects.filter(record_id=record.id)
    assert set(rows.values_list("sight", flat=True)) == {"u:amina", "g:usergroup-north", "a:agency-a"}
    change(record, record_state=False)
    assert set(rows.values_list("record_state", flat=True)) == {False}
    Record.objects.filter(pk=record.id).update(associated_user_names=["bilal"], associated_user_groups=[])
    assert set(rows.values_list("sight", flat=True)) == {"u:bilal", "a:agency-a"}


def test_values_are_counted_in_what_the_other_filters_leave(cast):
    register(sex="male", risk_level="high", location_current="KA0101", age=3)
    register(sex="male", risk_level="low", unaccompanied=True, age=8)
    register(sex="female", risk_level="low", age=8)
    register(by="dawit", sex="female", risk_level="high")
    fields = [
        "sex",
        "risk_level",
        "status",
        "unaccompanied",
        "loc:location_current1",
        "owned_by",
        "hiv_status",
        "x",
        "name",
    ]
    found = count_values(kind="case", viewer=viewer("amina"), filters={"sex": "male"}, fields=fields, today=TODAY)
    counts = {name: {c.value: c.count for c in values} for name, values in found.values.items()}
    assert counts == {
        "sex": {"male": 2, "female": 1},  # its own filter does not narrow it
        "risk_level": {"high": 1, "low": 1},
        "status": {"open": 2},
        "unaccompanied": {"true": 1, "false": 1},
        "loc:location_current1": {"KA01": 1},
        "owned_by": {"amina": 2},
    }
    assert [problem.pointer for problem in found.ignored] == ["/fields/6", "/fields/7", "/fields/8"]


def test_counts_are_capped(cast, monkeypatch):
    from cpims.records.queries import counting

    monkeypatch.setattr(counting, "EXACT_UP_TO", 2)
    for _ in range(4):
        register(sex="male")
    for filters in ({}, {"risk_level": "low"}):
        register(risk_level="low")
        found = count_values(kind="case", viewer=viewer("amina"), filters=filters, fields=["status"], today=TODAY)
        assert all(c.count <= 2 for c in found.values["status"])
    found = count_values(kind="case", viewer=viewer("amina"), filters={}, fields=["sex"], today=TODAY)
    assert {(c.value, c.count, c.capped) for c in found.values["sex"]} == {("male", 2, True), ("female", 2, False)}


def test_what_a_form_newly_asks_for_reaches_old_records(cast):
    register(name_first="Noor", national_id_no="A 12,5")
    assert not is_behind("case", at=AT)
    assert listed(order_by="national_id_no").ignored
    mark_filterable("national_id_no", "name_first")
    assert is_behind("case", at=AT)
    before = Record.objects.get()
    assert level() == 1
    after = Record.objects.get()
    assert not is_behind("case", at=AT) and level() == 0
    assert (after.revision, after.data, after.name_keys) == (before.revision, before.data, before.name_keys)
    assert after.facets["national_id_no"] == "A 12,5" and "name_first" not in after.facets
    assert not listed(order_by="national_id_no").ignored


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(cast, monkeypatch):
    from cpims.records.actions import deriving

    monkeypatch.setattr(deriving, "BATCH", 2)
    for _ in range(5):
        register(national_id_no="A1")
    assert not is_behind("case", at=AT)
    mark_filterable("national_id_no")
    first = next(derive_records(kind="case", at=AT))
    assert (first.done, first.changed, first.finished) == (2, 2, False)
    rest = list(derive_records(kind="case", at=AT))
    assert [p.done for p in rest] == [4, 5] and rest[-1].finished
    assert Record.objects.filter(facets__has_key="national_id_no").count() == 5
    assert Derivation.objects.get(kind="case").wanted == ""


def test_a_marked_question_has_an_index_of_its_own(committed_db):
    from tests.cast import set_the_stage

    set_the_stage()
    register(national_id_no="A1")
    mark_filterable("national_id_no", "siblings")
    level()
    built = keep_field_indexes(kind="case")
    assert len(built) == 2 and keep_field_indexes(kind="case") == []
    assert names(national_id_no="A1") == {"Noor"} and names(national_id_no="A2") == set()
    for field in Field.objects.filter(name="siblings"):
        field.attributes = {}
        field.save(update_fields=["attributes"])
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    assert keep_field_indexes(kind="case") == []
    with connection.cursor() as statement:
        statement.execute("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'records_on_case_%'")
        assert statement.fetchone() == (1,)


def sheet_text(by: str, **given: object) -> str:
    query = given.pop("query", {})
    sheet = list_sheet(
        kind="case", viewer=viewer(by), query=query, today=TODAY, **{"columns": None, "locale": "en"} | given
    )
    with sheet.file, ZipFile(BytesIO(sheet.file.read())) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_a_list_becomes_a_sheet_of_what_she_reads(cast):
    register(name_first="=SUM(1)", name_last="<b>", location_current="KA0101", age=9, registration_date="2026-03-01")
    register(name_first="Hidden", name_last="Child", hidden_name=True)
    register(by="dawit", name_first="Stranger")
    text = sheet_text("chantal")
    assert "=SUM(1) &lt;b&gt;" in text and "<f>" not in text
    assert "*******" in text and "Hidden" not in text and "Stranger" not in text
    assert "Risk" in text.title() and "Case number" in text
    assert sheet_text("chantal", query={"sex": "male"}).count("<row ") == 1
    assert "hiv" in sheet_text("chantal", columns=["hiv_status"])
    assert 'rightToLeft="1"' in sheet_text("chantal", locale="ar")


def test_a_sheet_refuses_what_it_cannot_hold(cast, monkeypatch):
    from cpims.exports.queries import lists

    register()
    register()
    with pytest.raises(Forbidden):
        sheet_text("amina")
    for given, pointer in (
        ({"columns": ["name", "nonsense"]}, "/columns/1"),
        ({"columns": []}, "/columns"),
        ({"query": {"nonsense": "1"}}, "/nonsense"),
    ):
        with pytest.raises(ListInvalid) as refusal:
            sheet_text("chantal", **given)
        assert [problem.pointer for problem in refusal.value.problems] == [pointer]
    monkeypatch.setattr(lists, "MOST_ROWS", 1)
    with pytest.raises(ListInvalid) as refusal:
        sheet_text("chantal")
    assert refusal.value.problems[0].code == "list.too_long"


def test_a_sheet_goes_on_page_after_page(cast, monkeypatch):
    from cpims.exports.queries import lists

    monkeypatch.setattr(lists, "BATCH", 2)
    for number in range(5):
        register(name_first=f"Child{number}")
    text = sheet_text("chantal", columns=["name"], query={"status": "open", "module_id": MODULE})
    assert all(f"Child{number} Haddad" in text for number in range(5)) and text.count("<row ") == 6
