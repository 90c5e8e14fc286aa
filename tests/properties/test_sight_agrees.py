"""Whatever the road (list, read, count, search, filter, history), a viewer meets the same records and the same fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.cases.actions import amend_case
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer, viewer_of
from cpims.records.models import Record
from cpims.records.queries.counting import count_values
from cpims.records.queries.history import find_history
from cpims.records.queries.listing import count_records, find_records
from cpims.records.queries.reading import get_record, served
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import RecordNotFound
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, register

TODAY = date(2026, 3, 2)
FORMS = ["basic_identity", "consent", "protection", "services", "notes", "closure", "sensitive"]
SECRETS = {
    "sensitive": ("hiv_status", "yes"),
    "protection": ("risk_level", "high"),
    "basic_identity": ("siblings", "3"),
}
GROUPS = ["usergroup-north", "usergroup-south", "usergroup-east"]


class _Undo(Exception):
    pass


@dataclass
class Person:
    scope: str
    agency: str
    groups: list[str]
    forms: list[str]
    modules: list[str]
    change_log: bool


person = st.builds(
    Person,
    scope=st.sampled_from(["self", "group", "agency", "all", "admin_only", "identified"]),
    agency=st.sampled_from(["agency-a", "agency-b"]),
    groups=st.lists(st.sampled_from(GROUPS), max_size=2, unique=True),
    forms=st.lists(st.sampled_from(FORMS), min_size=1, unique=True),
    modules=st.sampled_from([[MODULE], [MODULE], [MODULE], ["primeromodule-other"]]),
    change_log=st.booleans(),
)


def make_people(people: list[Person]) -> list[str]:
    names = []
    for number, p in enumerate(people):
        actions = ["read", "create", "write"] + (["change_log"] if p.change_log else [])
        role = Role.objects.create(
            unique_id=f"role-p{number}", name=f"P{number}", group_permission=p.scope,
            permissions={"case": actions}, module_unique_ids=p.modules,
        )  # fmt: skip
        FormGrant.objects.bulk_create(
            [FormGrant(role=role, form=form, access="rw") for form in Form.objects.filter(unique_id__in=p.forms)]
        )
        user = User.objects.create(
            user_name=f"p{number}", full_name=f"P {number}", role=role, agency=Agency.objects.get(unique_id=p.agency)
        )
        user.groups.set(UserGroup.objects.filter(unique_id__in=p.groups))
        names.append(user.user_name)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    return names


def should_see(p: Person, name: str, record: Record, owner: Person, owner_name: str) -> bool:
    """The rule of the specification, said once more and differently (records.md §16.3; modules by our own rule)."""
    if record.module not in p.modules:
        return False
    if p.scope == "all":
        return True
    if p.scope == "agency":
        return owner.agency == p.agency
    if p.scope == "group" and p.groups:
        return bool(set(owner.groups) & set(p.groups))
    if p.scope == "identified":
        return False
    return owner_name == name


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(people=st.lists(person, min_size=3, max_size=5), hidden=st.lists(st.booleans(), min_size=8, max_size=8))
def test_every_road_shows_the_same(cast, people, hidden):
    with pytest.raises(_Undo), transaction.atomic():
        _check(people, hidden)
        raise _Undo
    viewer_of.cache_clear()


def _check(people: list[Person], hidden: list[bool]) -> None:
    UserGroup.objects.create(unique_id="usergroup-east", name="East")
    names = make_people(people)
    writers = [n for n, p in zip(names, people, strict=True) if p.modules == [MODULE]]
    records: list[tuple[Record, str]] = []
    for number, hide in enumerate(hidden):
        owner = writers[number % len(writers)] if writers else "amina"
        record = register(
            by="farid", owned_by=owner, name_first=f"Zeynep{number}x", name_last="Kaya", hidden_name=hide,
            hiv_status="yes", risk_level="high", siblings=3, medical_findings="fever", national_id_no=f"ID{number}99",
        )  # fmt: skip
        amend_case(
            case_id=record.id,
            edit=Edit(values={"hiv_status": "no", "siblings": 4}),
            actor=current_viewer("farid"),
            at=AT,
        )
        amend_case(
            case_id=record.id,
            edit=Edit(values={"hiv_status": "yes", "siblings": 3}),
            actor=current_viewer("farid"),
            at=AT,
        )
        records.append((Record.objects.get(pk=record.id), owner))
    by_name = dict(zip(names, people, strict=True)) | {
        "amina": Person("self", "agency-a", ["usergroup-north"], FORMS, [MODULE], True)
    }
    for name in names:
        _check_viewer(name, by_name, records)


def _check_viewer(name: str, by_name: dict[str, Person], records: list[tuple[Record, str]]) -> None:
    p, viewer = by_name[name], current_viewer(name)
    expected = {r.id for r, owner in records if should_see(p, name, r, by_name[owner], owner)}

    def listed(**query: object) -> set:
        return {
            r.id for r in find_records(kind="case", viewer=viewer, query=query, offset=0, per=100, today=TODAY).records
        }

    assert listed() == expected
    assert count_records(kind="case", viewer=viewer, query={}, today=TODAY)[0] == len(expected)
    _check_pages_and_counts(viewer, p, expected)
    readable = readable_fields(viewer, "case", MODULE)
    assert ("name" in readable) is ("basic_identity" in p.forms)
    for record, owner in records:
        seen = record.id in expected
        masked = record.hidden_name and owner != name
        assert record.is_visible_to(viewer) is seen
        assert listed(query=record.short_id, id_search="true") & {record.id} == ({record.id} if seen else set())
        found = listed(query=record.name, phonetic="true")
        findable = seen and not masked and "name" in readable
        assert (record.id in found) is findable
        number = record.data["national_id_no"]
        assert (record.id in listed(query=number, id_search="true")) is (seen and "national_id_no" in readable)
        assert (record.id in listed(id=str(record.id))) is seen
        if not seen:
            with pytest.raises(RecordNotFound):
                get_record(kind="case", record_id=record.id, viewer=viewer)
            with pytest.raises(RecordNotFound if p.change_log else Forbidden):
                _history(viewer, record)
            continue
        shown = served(get_record(kind="case", record_id=record.id, viewer=viewer), viewer, today=TODAY)
        assert shown.keys() <= readable | {"id", "enabled", "last_updated_at"}
        if masked and "name_first" in readable:
            assert shown["name_first"] == "*******"
        if p.change_log:
            touched = {
                key for entry in _history(viewer, record) for change in entry["record_changes"] for key in change
            }
            assert touched <= readable
            assert ("hiv_status" in touched) is ("sensitive" in p.forms)
            if masked:
                assert "Zeynep" not in str(_history(viewer, record))
    for form, (field, value) in SECRETS.items():
        wanted = find_records(kind="case", viewer=viewer, query={field: value}, offset=0, per=100, today=TODAY)
        other = find_records(
            kind="case", viewer=viewer, query={field: "nothing-like-it"}, offset=0, per=100, today=TODAY
        )
        if form in p.forms and p.modules == [MODULE]:
            assert {r.id for r in wanted.records} == expected and other.records == []
        else:
            assert {r.id for r in wanted.records} == {r.id for r in other.records} == expected
            assert [q.pointer for q in wanted.ignored] == [f"/{field}"]
            for hidden_road in ({"or": {field: value}}, {"not": {field: value}}):
                assert listed(**hidden_road) == expected
            assert count_records(kind="case", viewer=viewer, query={field: "x"}, today=TODAY)[0] == len(expected)
            ordered = find_records(
                kind="case", viewer=viewer, query={"order_by": field}, offset=0, per=100, today=TODAY
            )
            assert {q.pointer for q in ordered.ignored} == {"/order_by"}


def _check_pages_and_counts(viewer, p: Person, expected: set) -> None:
    """Page after page, in any order, along every way to the rows, and in every count: the same records."""
    for query in ({}, {"status": "open"}, {"sex": "female"}, {"order_by": "name"}, {"order_by": "registration_date"}):
        seen: list = []
        after = None
        while after is not None or not seen:
            asked = query | ({"after": after} if after else {})
            page = find_records(kind="case", viewer=viewer, query=asked, offset=0, per=3, today=TODAY)
            assert page.total == len(expected)
            seen += [record.id for record in page.records]
            after = page.after
            if not page.records:
                break
        assert len(seen) == len(set(seen)) and set(seen) == expected, query
    fields = ["status", "record_state", "owned_by", *(field for field, _ in SECRETS.values())]
    counted = count_values(kind="case", viewer=viewer, filters={}, fields=fields, today=TODAY)
    for name in ("status", "record_state", "owned_by"):
        if name in counted.values:
            assert sum(value.count for value in counted.values[name]) == len(expected)
    for form, (field, value) in SECRETS.items():
        counts = {c.value: c.count for c in counted.values.get(field, [])}
        if form in p.forms and p.modules == [MODULE] and field != "siblings":
            assert counts == ({value: len(expected)} if expected else {})
        else:
            assert field not in counted.values


def _history(viewer, record: Record) -> list[dict]:
    return find_history(kind="case", record_id=record.id, viewer=viewer, names=None, offset=0, per=100).entries


def test_a_missing_id_is_refused_like_a_hidden_one(cast):
    with pytest.raises(RecordNotFound):
        get_record(kind="case", record_id=uuid4(), viewer=current_viewer("dawit"))
