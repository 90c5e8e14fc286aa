"""Lists of the other kinds in the order of what the kind itself calls its name, its day and its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cpims.forms.models import FormGrant
from cpims.records.queries import listing, paging
from cpims.records.queries.listing import Listing, find_records
from tests.cast import AT, viewer
from tests.db.incidents import TODAY, renew
from tests.kinds import overview, put_kinds, register_kind

#: By kind: the question that names a record, and the one that says when it was registered.
CALLED = {"tracing_request": "relation_name", "family": "family_name"}
DATED = {
    "incident": "date_of_first_report",
    "tracing_request": "inquiry_date",
    "family": "family_registration_date",
}
#: The second to come is the first in both orders, and the first to come the last.
NAMES = ("مريم حداد", "Adam Bakri", "Élodie Karam")
DAYS = ("2026-02-20", "2026-01-05", "2026-02-03")
IN_ORDER = [1, 2, 0]


@pytest.fixture(autouse=True)
def kinds(cast: None) -> None:
    put_kinds()


def listed(kind: str, by: str = "amina", per: int = 9, offset: int = 0, **query: Any) -> Listing:
    return find_records(kind=kind, viewer=viewer(by), query=query, offset=offset, per=per, today=TODAY)


def made(kind: str, name: str, values: tuple[str, ...]) -> list[Any]:
    return [register_kind(kind, at=AT + timedelta(minutes=at), **{name: value}).id for at, value in enumerate(values)]


@pytest.mark.parametrize("limit", [10_000, 1])  # gathered whole, and walked along an index
@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [(kind, name, NAMES) for kind, name in CALLED.items()] + [(kind, name, DAYS) for kind, name in DATED.items()],
)
def test_a_list_runs_by_the_kinds_own_name_and_day_page_by_page(monkeypatch, kind, name, values, limit):
    for module, constant in ((paging, "EXACT_UP_TO"), (listing, "EXACT_UP_TO"), (listing, "GATHERED")):
        monkeypatch.setattr(module, constant, limit)
    ids = made(kind, name, values)
    rising = [ids[at] for at in IN_ORDER]
    empty = register_kind(kind, **{name: None}).id if name != "family_registration_date" else None
    for order, told in (("asc", rising), ("desc", rising[::-1])):
        wanted = [*told, empty] if empty else told  # what lacks it comes last either way
        whole = listed(kind, order_by=name, order=order)
        assert [row.id for row in whole.records] == wanted and whole.ignored == []
        seen, after = [], None
        while after is not None or not seen:
            page = listed(kind, per=1, order_by=name, order=order, **({"after": after} if after else {}))
            seen += [row.id for row in page.records]
            after = page.after
        assert seen == wanted


@pytest.mark.parametrize("kind", DATED)
def test_a_list_runs_by_the_kinds_own_code(kind):
    ids = made(kind, DATED[kind], DAYS)
    code = f"{kind}_id_display"
    shown = {row.id: row.display_id for row in listed(kind).records}
    found = listed(kind, order_by=code, order="asc")
    assert [row.id for row in found.records] == sorted(ids, key=lambda one: shown[one]) and found.ignored == []


@pytest.mark.parametrize("kind", CALLED)
def test_a_name_that_she_may_not_read_orders_nothing(kind):
    ids = made(kind, CALLED[kind], NAMES)
    FormGrant.objects.filter(form=overview(kind), role__unique_id="role-group-worker").delete()
    renew()
    found = listed(kind, "bilal", order_by=CALLED[kind], order="desc")
    assert [problem.pointer for problem in found.ignored] == ["/order_by"]
    assert [row.id for row in found.records] == ids[::-1], "the newest first"


def test_an_incident_has_no_name_to_be_ordered_by():
    ids = made("incident", DATED["incident"], DAYS)
    found = listed("incident", order_by="name", order="desc")
    assert {row.id for row in found.records} == set(ids)
    assert [problem.pointer for problem in found.ignored] == ["/order_by"]
