"""Esther brings in tables of people and places: first what they would do, then that, and nothing else."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from xlsxwriter import Workbook

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role, User
from cpims.audit.models import ChangeEntry
from cpims.imports.actions import import_table, plan_import
from cpims.imports.formats import address
from cpims.imports.rules.plans import HasBadRows, ImportInvalid, Kind, Outcome, Plan, PlanOutdated
from cpims.locations.models import Location
from tests.cast import AT, viewer
from tests.configured import configuration, happenings

PEOPLE = """User name,Full name,E-mail address,Role,Agency,User groups,Language,Place of work,Switched off
hana,Hana Tesfaye,hana@example.org,role-worker,B,Group north; usergroup-south,ar,KA01,
Sara,Sara Idris,,role-group-worker,Agency b,,,,
amina,Amina Haddad,amina@example.org,,,,,,
bilal,Bilal,bilal@example.org,role-group-worker,agency-a,Group north,en,KA0101,no
"""
PLACES = """place_code,parent_code,placename,name_ar,type,disabled
KA03,KA,Sahel,الساحل,province,
KA0301,KA03,Wells,,district,
KA02,,Hills,,,yes
KA01,KA,KA01,,,
"""


def plan(text: str | bytes, kind: Kind = Kind.USERS, by: str | None = "esther") -> Plan:
    content = text if isinstance(text, bytes) else text.encode()
    return plan_import(kind=kind, content=content, actor=viewer(by) if by else None, at=AT)


def bring_in(text: str, kind: Kind = Kind.USERS, by: str = "esther", *, leave_out_bad: bool = False) -> Plan:
    return import_table(
        kind=kind, content=text.encode(), plan_hash=plan(text, kind, by).hash, leave_out_bad=leave_out_bad,
        actor=viewer(by), at=AT,
    )  # fmt: skip


def counts(found: Plan) -> tuple[int, int, int, int]:
    return (*(found.count(one) for one in Outcome), len(found.bad_rows))  # type: ignore[return-value]


def wrong(found: Plan) -> list[tuple[str, str]]:
    return [(address(cell.row, cell.column), cell.code) for cell in found.bad]


def events() -> list[str]:
    return [event for event, _ in happenings()]


def stands() -> list[Any]:
    """Everything that an import could touch."""
    people = list(User.objects.order_by("id").values_list())
    groups = list(User.groups.through.objects.order_by("id").values_list())
    places = list(Location.objects.order_by("id").values_list())
    return [people, groups, places, happenings(), ProcrastinateJob.objects.count(), configuration()]


def test_a_plan_tells_everything_and_stores_nothing(cast: None) -> None:
    before = stands()
    found = plan(PEOPLE)
    assert counts(found) == (2, 1, 1, 0)
    assert found.invited == 1
    assert {one.name: dict(one.changes) for one in found.planned if one.outcome is Outcome.CHANGE} == {
        "amina": {"full_name": ("Amina", "Amina Haddad")}
    }
    assert counts(plan(PLACES, Kind.LOCATIONS)) == (2, 1, 1, 0)
    assert stands() == before


def test_people_come_as_planned_and_are_invited(cast: None) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name="accounts.send_welcome").count()
    bring_in(PEOPLE)
    hana = User.objects.select_related("role", "agency").get(user_name="hana")
    assert (hana.role.unique_id, hana.agency.unique_id, hana.locale, hana.location) == (
        "role-worker",
        "agency-b",
        "ar",
        "KA01",
    )
    assert sorted(hana.groups.values_list("unique_id", flat=True)) == ["usergroup-north", "usergroup-south"]
    assert (hana.password, User.objects.get(user_name="sara").password) == ("", "")
    assert User.objects.get(user_name="amina").full_name == "Amina Haddad"
    assert sorted(events()[-5:]) == ["table.imported", "user.changed", "user.created", "user.created", "user.invited"]
    assert ProcrastinateJob.objects.filter(task_name="accounts.send_welcome").count() == jobs + 1


@pytest.mark.parametrize(("text", "kind"), [(PEOPLE, Kind.USERS), (PLACES, Kind.LOCATIONS)])
def test_a_table_brought_in_again_changes_nothing(cast: None, text: str, kind: Kind) -> None:
    bring_in(text, kind)
    before = stands()
    again = bring_in(text, kind)
    assert (again.count(Outcome.CREATE), again.count(Outcome.CHANGE), again.invited) == (0, 0, 0)
    assert stands() == before


def test_places_come_as_planned(cast: None) -> None:
    number = configuration()
    bring_in(PLACES, Kind.LOCATIONS)
    wells = Location.objects.get(code="KA0301")
    assert (wells.hierarchy, wells.name["en"], wells.name["ar"]) == (
        ["KA", "KA03", "KA0301"],
        "KA::Sahel::Wells",
        "ع KA::الساحل::Wells",
    )
    hills = Location.objects.get(code="KA02")
    assert (hills.placename, hills.disabled) == ({"en": "Hills", "ar": "ع KA02"}, True)
    assert sorted(events()[-4:]) == ["location.changed", "location.created", "location.created", "table.imported"]
    assert configuration() == number + 1


BAD_PEOPLE = """user_name,full_name,email,role,agency,groups,location,disabled,phone
,Nobody,,role-worker,agency-a,,,,
two words,Two,,role-worker,agency-a,,,,
hana,,hana@example.org,role-worker,agency-a,,,,
lina,Lina,no address,role-worker,agency-a,,,,
omar,Omar,amina@example.org,role-worker,agency-a,,,,
rima,Rima,,role-astronaut,agency-a,,,,
sami,Sami,,role-worker,agency-z,Group north;Group west,,,
tala,Tala,,role-worker,agency-a,,XX99,perhaps,
wael,Wael,,role-worker,agency-a,,,,=1+1
yara,Yara,,role-super,agency-a,,,,
wiam,Wiam,,,,,,,
zain,Zain,,role-worker,agency-a,,,,
ZAIN,Zain,,role-worker,agency-a,,,,
farid,Another,,,,,,,
esther,Esther,,role-worker,,,,,
"""


def test_every_bad_person_is_named_with_her_cell(cast: None) -> None:
    assert wrong(plan(BAD_PEOPLE)) == [
        ("A2", "user.user_name.required"),
        ("A3", "user.user_name.spaces"),
        ("B4", "user.full_name.required"),
        ("C5", "user.email.format"),
        ("C6", "user.email.taken"),
        ("D7", "import.cell.nothing_called"),
        ("E8", "import.cell.nothing_called"),
        ("F8", "import.cell.nothing_called"),
        ("H9", "import.cell.not_yes_or_no"),
        ("I10", "import.cell.formula"),
        ("D11", "rights.beyond_your_own"),
        ("D12", "user.role.required"),
        ("E12", "user.agency.required"),
        ("A14", "import.row.twice"),
        ("A15", "user.user_name.taken"),
        ("A16", "rights.beyond_your_own"),
    ]


BAD_PLACES = """code,parent_code,placename,disabled
KA04,KA,,
KA05,NOWHERE,Five,
KA 06,KA,Six,
KA0401,KA04,Below a bad one,
KA040101,KA0401,Further below,
KA07,KA08,Circle,
KA08,KA07,Circle,
KA01,KA02,Moved,
KA09,KA,Nine,maybe
KA10,KA,Ten::Ten,
KA11,KA,Eleven,
KA11,KA,Eleven again,
,KA,Nameless,
"""


def test_every_bad_place_is_named_with_its_cell(cast: None) -> None:
    found = plan(BAD_PLACES, Kind.LOCATIONS)
    assert wrong(found) == [
        ("C2", "location.placename_en"),
        ("B3", "location.parent_unknown"),
        ("A4", "location.code"),
        ("B5", "import.place.parent_left_out"),
        ("B6", "import.place.parent_left_out"),
        ("B7", "location.circle"),
        ("B8", "location.circle"),
        ("B9", "location.cannot_move"),
        ("D10", "import.cell.not_yes_or_no"),
        ("C11", "location.placename_format"),
        ("A13", "import.row.twice"),
        ("A14", "import.place.no_code"),
    ]
    assert [one.name for one in found.planned] == ["KA11"]


@pytest.mark.parametrize(("text", "kind"), [(BAD_PEOPLE, Kind.USERS), (BAD_PLACES, Kind.LOCATIONS)])
def test_bad_rows_stay_out_only_when_she_says_so(cast: None, text: str, kind: Kind) -> None:
    before = stands()
    with pytest.raises(HasBadRows):
        bring_in(text, kind)
    assert stands() == before
    made = bring_in(text, kind, leave_out_bad=True)
    assert made.count(Outcome.CREATE) == 1
    assert User.objects.filter(user_name="zain").exists() is (kind is Kind.USERS)
    assert Location.objects.filter(code="KA11").exists() is (kind is Kind.LOCATIONS)


def test_what_changed_since_the_plan_is_refused(cast: None) -> None:
    shown, places = plan(PEOPLE), plan(PLACES, Kind.LOCATIONS)
    User.objects.filter(user_name="amina").update(full_name="Somebody")
    Location.objects.filter(code="KA02").update(placename={"en": "Other"})
    before = stands()
    for found, text, kind in ((shown, PEOPLE, Kind.USERS), (places, PLACES, Kind.LOCATIONS)):
        for content in (text, text + "\n"):
            with pytest.raises(PlanOutdated):
                import_table(
                    kind=kind, content=content.encode(), plan_hash=found.hash, leave_out_bad=True,
                    actor=viewer("esther"), at=AT,
                )  # fmt: skip
    assert stands() == before


def test_who_may_not_make_them_one_by_one_brings_in_none(cast: None) -> None:
    before = stands()
    for name in ("amina", "bilal", "chantal", "dawit"):
        for kind in Kind:
            with pytest.raises(Forbidden):
                plan(PEOPLE, kind, name)
    assert stands() == before


def test_nobody_brings_in_a_role_above_her_own(cast: None) -> None:
    lead = Role.objects.get(unique_id="role-supervisor")
    lead.permissions |= {"user": ["read", "create", "write"], "role": ["assign"], "user_group": ["assign"]}
    lead.save()
    text = (
        "user_name,full_name,role,agency,groups\n"
        "hana,Hana,role-worker,agency-a,Group north\n"
        "lina,Lina,role-administrator,agency-a,Group north\n"
        "omar,Omar,role-worker,agency-b,Group north\n"
        "rima,Rima,role-worker,agency-a,Group south\n"
        "esther,Mine now,,,\n"
    )
    found = plan(text, by="chantal")
    assert [one.name for one in found.planned] == ["hana"]
    assert wrong(found) == [
        ("C3", "rights.beyond_your_own"),
        ("D4", "rights.beyond_your_own"),
        ("E5", "rights.beyond_your_own"),
        ("A6", "user.user_name.taken"),
    ]


def test_an_operator_invites_nobody(cast: None) -> None:
    found = plan(PEOPLE, by=None)
    assert (counts(found), found.invited) == ((2, 1, 1, 0), 0)


def test_a_table_of_ways_with_tags(cast: None) -> None:
    text = (
        "Country,,Province,,Name ar,District,,Area\n"
        "#country+code,#country+name+en,#adm1+code,#adm1+name+en,#adm1+name+ar,#adm2+code,#adm2+name+en,#area\n"
        "KA,KA,KA03,Sahel,الساحل,KA0301,Wells,5\n"
        "KA,KA,KA03,Sahel,الساحل,KA0302,Dunes,\n"
        "KA,KA,KA03,Coast,الساحل,KA0303,Bay,\n"
        "KA,KA,KA04,Plain,,,,\n"
        "KA,KA,KA05,,,KA0501,Orphan,\n"
    )
    found = plan(text, Kind.LOCATIONS)
    assert [(one.name, one.outcome.value) for one in found.planned] == [
        ("KA", "same"),
        ("KA03", "create"),
        ("KA0301", "create"),
        ("KA0302", "create"),
        ("KA04", "create"),
    ]
    assert wrong(found) == [("C5", "import.place.differs"), ("D7", "location.placename_en")]
    assert found.ignored == [7]
    bring_in(text, Kind.LOCATIONS, leave_out_bad=True)
    assert Location.objects.get(code="KA0302").name["en"] == "KA::Sahel::Dunes"


def test_new_places_need_a_column_for_the_place_above(cast: None) -> None:
    found = plan("code,name\nKA02,Hills\nKA77,New\n", Kind.LOCATIONS)
    assert (counts(found), wrong(found)) == ((0, 1, 0, 1), [("A3", "import.place.no_parent_column")])


def test_a_workbook_and_a_wrong_kind_of_table(cast: None) -> None:
    target = io.BytesIO()
    book = Workbook(target)
    page = book.add_worksheet()
    for column, (head, value) in enumerate(
        {"Nom d’utilisateur": "hana", "Nom complet": "Hana", "Rôle": "role-worker", "Organisation": "A"}.items()
    ):
        page.write_string(0, column, head)
        page.write_string(1, column, value)
    book.close()
    assert counts(plan(target.getvalue())) == (1, 0, 0, 0)
    with pytest.raises(ImportInvalid):
        plan(target.getvalue(), Kind.LOCATIONS)
    with pytest.raises(ImportInvalid):
        plan(" , \n,\n")


def test_a_country_and_its_teams(cast: None) -> None:
    """20,000 places and 300 people, 5 % of the rows bad: every bad row is named, the good ones come, once."""
    lines = ["place_code,parent_code,placename,name_ar"]
    bad_places = set()
    for number in range(20_000):
        parent = "KA01" if number < 200 else f"P{number % 190 + 1:05}"
        parent = "KA01" if parent.endswith("0") else parent
        is_bad = number >= 200 and number % 20 == 10
        if is_bad:
            bad_places.add(number + 2)
        lines.append(f"P{number:05},{'NOWHERE' if is_bad else parent},Place {number},مكان {number}")
    timed(Kind.LOCATIONS, "\n".join(lines), 20_000 - len(bad_places), bad_places)
    lines = ["user_name,full_name,email,role,agency,groups,location"]
    bad_people = set()
    for number in range(300):
        is_bad = number % 20 == 3
        if is_bad:
            bad_people.add(number + 2)
        role = "role-none" if is_bad else "role-worker"
        lines.append(f"w{number:03},Worker {number},w{number}@example.org,{role},agency-a,Group north,P00001")
    timed(Kind.USERS, "\n".join(lines), 300 - len(bad_people), bad_people)


def timed(kind: Kind, text: str, good: int, bad: set[int]) -> None:
    before = stands()
    began = time.perf_counter()
    shown = plan(text, kind)
    planned = time.perf_counter() - began
    assert stands() == before
    assert {row + 1 for row in shown.bad_rows} == bad
    assert all(cell.column is not None for cell in shown.bad)
    assert shown.count(Outcome.CREATE) == good
    entries = ChangeEntry.objects.count()
    began = time.perf_counter()
    import_table(
        kind=kind, content=text.encode(), plan_hash=shown.hash, leave_out_bad=True, actor=viewer("esther"), at=AT
    )
    stored = time.perf_counter() - began
    invited = good if kind is Kind.USERS else 0
    assert ChangeEntry.objects.count() == entries + good + invited + 1
    assert counts(plan(text, kind)) == (0, 0, good, len(bad))
    print(f"\n{kind.value}: {good + len(bad)} rows, planned in {planned:.1f} s, stored in {stored:.1f} s")
