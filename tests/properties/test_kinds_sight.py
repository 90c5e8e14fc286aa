"""Every kind of record: whatever the road (list, read, count, search, filter, order, history, feed), the same records and
the same fields."""

from __future__ import annotations

import random
from datetime import date
from uuid import UUID

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.audit.actions import seal_books
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.records.models import Record
from cpims.records.queries.counting import count_values
from cpims.records.queries.history import find_history
from cpims.records.queries.listing import count_records, find_records
from cpims.records.queries.reading import get_record, served
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.refusals import RecordNotFound
from cpims.settings.models import Instance
from cpims.sync.queries.feed import Asked, find_changes, get_manifest
from cpims.sync.rules import Scope
from tests.cast import MODULE
from tests.kinds import KINDS, NAMED, PLURALS, SECRET, TOLD, put_kinds, register_kind

TODAY = date(2026, 3, 2)
SCOPES = ("self", "group", "agency", "all", "admin_only", "identified")
NUMBERS = {"incident": "survivor_code", "family": "family_number", "registry_record": "registry_no"}


def make_people(draw: random.Random, kind: str) -> dict[str, dict[str, object]]:
    """A dozen people, each with a scope, a team, an agency, forms and modules of her own."""
    people: dict[str, dict[str, object]] = {}
    for number in range(12):
        scope = SCOPES[number % len(SCOPES)]
        p = {
            "scope": scope,
            "agency": draw.choice(["agency-a", "agency-b"]),
            "groups": draw.sample(["usergroup-north", "usergroup-south"], draw.randint(0, 2)),
            "forms": draw.sample([f"{kind}_overview", f"{kind}_sensitive"], draw.randint(1, 2)),
            "module": MODULE if draw.random() < 0.8 else "primeromodule-other",
            "log": draw.random() < 0.5,
        }
        actions = ["read", "create", "write"] + (["change_log"] if p["log"] else [])
        role = Role.objects.create(
            unique_id=f"role-q{number}", name=f"Q{number}", group_permission=scope, permissions={kind: actions},
            module_unique_ids=[p["module"]],
        )  # fmt: skip
        for form in Form.objects.filter(unique_id__in=p["forms"]):
            FormGrant.objects.create(role=role, form=form, access="rw")
        user = User.objects.create(
            user_name=f"q{number}", full_name=f"Q {number}", role=role,
            agency=Agency.objects.get(unique_id=p["agency"]),
        )  # fmt: skip
        user.groups.set(UserGroup.objects.filter(unique_id__in=p["groups"]))
        people[user.user_name] = p
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    return people


def should_see(p: dict, name: str, owner: str, by: dict) -> bool:
    """The rule once more and differently: no kind is open to everybody, registry records and families neither."""
    if p["module"] != MODULE or p["scope"] == "identified":
        return False
    if p["scope"] == "all":
        return True
    if p["scope"] == "agency":
        return by["agency"] == p["agency"]
    if p["scope"] == "group" and p["groups"]:
        return bool(set(by["groups"]) & set(p["groups"]))
    return owner == name


@pytest.mark.parametrize("kind", KINDS)
def test_every_road_shows_the_same_of_each_kind(cast, kind):
    put_kinds()
    draw = random.Random(f"sight/{kind}")
    people = make_people(draw, kind)
    writers = [
        name for name, p in people.items() if p["module"] == MODULE and p["scope"] in ("self", "group", "agency")
    ]
    records: list[tuple[Record, str]] = []
    for number in range(8):
        owner = writers[number % len(writers)]
        told = {TOLD[kind][0]: TOLD[kind][1 + number % 2], SECRET[0]: SECRET[1]}
        if kind in NUMBERS:
            told[NUMBERS[kind]] = f"N{number}77"
        if kind in NAMED:
            told[NAMED[kind][0]] = f"Zeynep{number}x Kaya"
        record = register_kind(kind, by="farid", **told)
        Record.objects.filter(pk=record.id).update(**_owned(owner))
        records.append((Record.objects.get(pk=record.id), owner))
    for other in KINDS:
        if other != kind:
            register_kind(other, by="farid")
    seal_books()
    for name, p in people.items():
        expected = {r.id for r, owner in records if should_see(p, name, owner, people[owner])}
        _check(name, p, kind, records, expected)


def _owned(owner: str) -> dict[str, object]:
    user = User.objects.select_related("agency").get(user_name=owner)
    groups, agency = sorted(user.groups.values_list("unique_id", flat=True)), user.agency.unique_id
    return {
        "owner": user, "owned_by": owner, "owned_by_agency_id": agency, "owned_by_groups": groups,
        "associated_user_names": [owner], "associated_user_groups": groups, "associated_user_agencies": [agency],
    }  # fmt: skip


def _check(name: str, p: dict, kind: str, records: list[tuple[Record, str]], expected: set[UUID]) -> None:
    viewer = current_viewer(name)
    ours = {record.id for record, _ in records}

    def listed(**query: object) -> set[UUID]:
        page = find_records(kind=kind, viewer=viewer, query=query, offset=0, per=100, today=TODAY)
        assert page.total == len(page.records)
        return {record.id for record in page.records} & ours

    readable = readable_fields(viewer, kind, MODULE) if p["module"] == MODULE else frozenset()
    overview, sensitive = f"{kind}_overview" in p["forms"], f"{kind}_sensitive" in p["forms"]
    assert listed() == expected
    for order in ("created_at", "short_id", "owned_by", "status"):
        assert listed(order_by=order) == expected
    assert count_records(kind=kind, viewer=viewer, query={}, today=TODAY)[0] >= len(expected)
    asked, one, _ = TOLD[kind]
    wanted = {r.id for r, _ in records if r.data[asked] == one} & expected
    narrowed = find_records(kind=kind, viewer=viewer, query={asked: str(one)}, offset=0, per=100, today=TODAY)
    if overview and readable:
        assert {r.id for r in narrowed.records} & ours == wanted
    else:
        assert [q.pointer for q in narrowed.ignored] == [f"/{asked}"]
        assert {r.id for r in narrowed.records} & ours == expected
        assert asked not in count_values(kind=kind, viewer=viewer, filters={}, fields=[asked], today=TODAY).values
    for record, _ in records:
        seen = record.id in expected
        assert record.is_visible_to(viewer) is seen
        assert (record.id in listed(query=record.short_id, id_search="true")) is seen
        if kind in NAMED:
            text = record.data[NAMED[kind][0]]
            assert (record.id in listed(query=text, phonetic="true")) is (seen and overview)
        if kind in NUMBERS:
            number = record.data[NUMBERS[kind]]
            assert (record.id in listed(query=number, id_search="true")) is (seen and NUMBERS[kind] in readable)
        _check_read(viewer, p, kind, record, seen, readable, sensitive)
    scope = Scope(own_open=False, pinned=frozenset(ours))
    feed = find_changes(Asked(None, None, None, scope, kinds=(kind,)), viewer=viewer, today=TODAY)
    assert {UUID(row["id"]) for row in feed.records} == expected
    assert {UUID(row[0]) for row in get_manifest(scope, kinds=(kind,), viewer=viewer).entries} == expected
    for row in feed.records:
        assert (SECRET[0] in row["values"]) is sensitive and row["kind"] == kind


def _check_read(viewer, p: dict, kind: str, record: Record, seen: bool, readable: frozenset, sensitive: bool) -> None:
    def history() -> list[dict]:
        found = find_history(kind=kind, record_id=record.id, viewer=viewer, names=None, offset=0, per=100)
        return found.entries

    if not seen:
        with pytest.raises(RecordNotFound):
            get_record(kind=kind, record_id=record.id, viewer=viewer)
        with pytest.raises(RecordNotFound if p["log"] else Forbidden):
            history()
        return
    shown = served(get_record(kind=kind, record_id=record.id, viewer=viewer), viewer, today=TODAY)
    assert shown.keys() <= readable | {"id", "enabled", "last_updated_at"}
    assert (SECRET[0] in shown) is sensitive
    if p["log"]:
        touched = {key for entry in history() for change in entry["record_changes"] for key in change}
        assert touched <= readable and (SECRET[0] in touched) is sensitive
        assert all(entry["record_type"] == PLURALS[kind] for entry in history())
