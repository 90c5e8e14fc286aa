"""Places are added, renamed, switched off, and brought in from a table."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.locations.actions import (
    change_location,
    change_locations,
    create_location,
    disable_location,
    import_locations,
    put_locations,
)
from cpims.locations.models import Location
from cpims.locations.queries import list_locations
from cpims.locations.rules import LocationExists, LocationInvalid, LocationNotFound
from tests.cast import AT, viewer
from tests.configured import configuration, happenings, hire_translator

LATER = AT + timedelta(hours=1)
TREE: list[dict[str, Any]] = [
    {"code": "QA0101", "type": "district", "parent_code": "QA01", "placename": {"en": "Wells", "ar": "الآبار"}},
    {"code": "QA", "type": "country", "placename": {"en": "Qanat", "ar": "قناة"}},
    {"code": "QA01", "type": "province", "parent_code": "QA", "placename": {"en": "North"}},
    {"code": "QA02", "type": "province", "parent_code": "QA", "placename": {"en": "South"}},
]


def place(code: str) -> Location:
    return Location.objects.get(code=code)


def problems_of(refusal: Any) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in refusal.value.problems}


def add(by: str = "esther", **values: Any) -> Location:
    return create_location(
        values={"code": "QA03", "parent_code": "QA", "placename": {"en": "West"}} | values, actor=viewer(by), at=AT
    )


def rename(code: str, by: str = "esther", **values: Any) -> Location:
    return change_location(location_id=str(place(code).pk), values=values, actor=viewer(by), at=LATER)


@pytest.fixture
def tree(cast: None) -> None:
    put_locations(locations=TREE, actor=None, at=AT)


def test_places_are_put_below_each_other_in_any_order(tree: None) -> None:
    wells = place("QA0101")
    assert (wells.hierarchy, wells.admin_level) == (["QA", "QA01", "QA0101"], 2)
    assert wells.name == {"en": "Qanat::North::Wells", "ar": "قناة::North::الآبار"}
    assert place("QA").name == {"en": "Qanat", "ar": "قناة"}
    number, books = configuration(), happenings()
    put_locations(locations=TREE, actor=None, at=LATER)
    assert (configuration(), happenings()) == (number, books)


def test_esther_adds_a_place(tree: None) -> None:
    number = configuration()
    west = add()
    assert (west.name["en"], west.type, west.admin_level) == ("Qanat::West", "province", 1)
    assert configuration() == number + 1 and happenings()[-1] == ("location.created", "location:QA03")


@pytest.mark.parametrize("name", ["amina", "chantal", "dawit"])
def test_workers_do_not_touch_places(tree: None, name: str) -> None:
    number, books = configuration(), happenings()
    with pytest.raises(Forbidden):
        add(name)
    with pytest.raises(Forbidden):
        rename("QA01", name, placename={"en": "Mine"})
    with pytest.raises(Forbidden):
        disable_location(location_id=str(place("QA01").pk), actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        change_locations(changes=[{"id": place("QA").pk, "disabled": True}], actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        import_locations(data_base64="", actor=viewer(name), locales=("en",), at=AT)
    assert (configuration(), happenings()) == (number, books)
    assert place("QA01").placename == {"en": "North"} and not place("QA").disabled


def test_a_place_must_fit_into_the_tree(tree: None) -> None:
    number, books = configuration(), happenings()
    for values, expected in (
        ({"parent_code": "XX"}, {"/parent_code": "location.parent_unknown"}),
        ({"code": "QA01"}, {"/code": "location.code_taken"}),
        (
            {"code": "with blank", "placename": {"ar": "بلا"}},
            {"/code": "location.code", "/placename": "location.placename_en"},
        ),
        (
            {"placename": {"en": "A::B"}, "colour": 1},
            {"/colour": "location.unknown_key", "/placename/en": "location.placename_format"},
        ),
        ({"code": "QA03", "parent_code": "QA03"}, {"/parent_code": "location.circle"}),
    ):
        with pytest.raises(LocationInvalid) as refusal:
            add(**values)
        assert problems_of(refusal) == expected
    with pytest.raises(LocationExists):
        add(id=place("QA").pk)
    with pytest.raises(LocationInvalid) as refusal:
        put_locations(locations=[TREE[0] | {"parent_code": "QA02"}], actor=None, at=AT)
    assert problems_of(refusal) == {"/0/parent_code": "location.cannot_move"}
    assert (configuration(), happenings()) == (number, books)


def test_a_new_name_reaches_every_place_below(tree: None) -> None:
    number, books = configuration(), happenings()
    rename("QA", placename={"en": "Qanatia"})
    assert place("QA0101").name == {"en": "Qanatia::North::Wells", "ar": "قناة::North::الآبار"}
    assert place("QA02").name["en"] == "Qanatia::South"
    assert configuration() == number + 1 and happenings() == [*books, ("location.changed", "location:QA")]


def test_code_and_parent_never_change(tree: None) -> None:
    values = {"code": "ZZ", "parent_code": "QA02", "type": "region"}
    change_location(location_id=str(place("QA01").pk), values=values, actor=viewer("esther"), at=LATER)
    assert place("QA01").type == "region" and place("QA01").hierarchy == ["QA", "QA01"]
    assert not Location.objects.filter(code="ZZ").exists()


def test_many_at_once_or_none(tree: None) -> None:
    number = configuration()
    north, south = place("QA01").pk, place("QA02").pk
    with pytest.raises(LocationInvalid) as refusal:
        change_locations(
            changes=[
                {"id": north, "disabled": True},
                {"id": 999_999},
                {"id": south, "placename": {"en": " "}},
                {"id": north},
            ],
            actor=viewer("esther"),
            at=LATER,
        )
    assert problems_of(refusal) == {
        "/1/id": "location.not_found",
        "/2/placename": "location.placename_en",
        "/3/id": "location.twice",
    }
    assert not place("QA01").disabled and configuration() == number
    changes = [{"id": north, "disabled": True}, {"id": south, "placename": {"en": "Deep south"}}]
    rows = change_locations(changes=changes, actor=viewer("esther"), at=LATER)
    assert [row.code for row in rows] == ["QA01", "QA02"]
    assert place("QA01").disabled and place("QA02").name["en"] == "Qanat::Deep south" and configuration() == number + 1


def test_a_place_that_goes_is_only_switched_off(tree: None) -> None:
    disable_location(location_id=str(place("QA0101").pk), actor=viewer("esther"), at=LATER)
    assert place("QA0101").disabled
    with pytest.raises(LocationNotFound):
        disable_location(location_id="999999", actor=viewer("esther"), at=LATER)
    with pytest.raises(LocationNotFound):
        disable_location(location_id="QA01", actor=viewer("esther"), at=LATER)


def test_listing(tree: None) -> None:
    disable_location(location_id=str(place("QA02").pk), actor=viewer("esther"), at=LATER)
    amina = viewer("amina")
    rows, total = list_locations(viewer=amina, disabled=[False], order_by="name", descending=True, count=2)
    assert total == Location.objects.filter(disabled=False).count()
    assert [row.name["en"] for row in rows] == ["Qanat::North::Wells", "Qanat::North"]
    rows, _ = list_locations(viewer=amina, order_by="code", offset=1, count=2)
    assert [row.code for row in rows] == sorted(Location.objects.values_list("code", flat=True))[1:3]
    with pytest.raises(Forbidden):
        list_locations(viewer=hire_translator())


TAGS = "#country+code,#country+name,#adm1+code,#adm1+name,#adm1+name+ar,#adm1+type"


def bring(*lines: str, by: str = "esther") -> Any:
    raw = "\ufeff" + "\n".join(["Country code,Country,Code,Name,Arabic,Type", *lines])
    return import_locations(
        data_base64=base64.b64encode(raw.encode()).decode(), actor=viewer(by), locales=("en", "ar"), at=LATER
    )


def test_a_table_brings_places(tree: None) -> None:
    number = configuration()
    outcome = bring(TAGS, "QA,Qanat,QA03,West,الغرب,region", "QA,Qanat,QA01,Far north,الشمال,province")
    assert (outcome.status, outcome.total, outcome.failures, outcome.problems) == ("success", 2, [], [])
    assert place("QA03").name == {"en": "Qanat::West", "ar": "قناة::الغرب"} and place("QA03").type == "region"
    assert place("QA0101").name["en"] == "Qanat::Far north::Wells"
    assert configuration() == number + 1


def test_every_bad_row_is_named_and_the_good_ones_are_kept(tree: None) -> None:
    outcome = bring(
        TAGS + ",#adm1+name+xx,#weather",
        "QA,Qanat,QA03,West,الغرب,region,,",
        "QA,Qanat,,East,,region,,",
        "ZZ,Elsewhere,QA02,South,الجنوب,province,,",
        "QA,Qanat,QA 4,East,الشرق,region,,",
        "",
    )
    assert outcome.status == "some_failure" and outcome.total == 4 and outcome.failures == [2, 3, 4]
    told = {(p.row, p.code) for p in outcome.problems}
    assert told == {
        (None, "location.import.unknown_locale"),
        (None, "location.import.unknown_tag"),
        (2, "location.import.blank"),
        (3, "location.cannot_move"),
        (4, "location.code"),
    }
    assert place("QA03").type == "region" and not Location.objects.filter(code="ZZ").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "location.import.missing"),
        ("not base64!", "location.import.not_text"),
        (base64.b64encode(b"\xff\xfe\x00").decode(), "location.import.not_text"),
        (base64.b64encode(b"one line").decode(), "location.import.no_tags"),
        (base64.b64encode(b"a,b\n#adm1+code,#adm1+name\nX,Y").decode(), "location.import.levels"),
        (base64.b64encode(b"a,b\n#country+code,#country+type\nX,Y").decode(), "location.import.no_code_or_name"),
    ],
)
def test_what_is_no_table_of_places_changes_nothing(tree: None, text: str, code: str) -> None:
    number = configuration()
    outcome = import_locations(data_base64=text, actor=viewer("esther"), locales=("en",), at=LATER)
    assert outcome.status == "failure" and [p.code for p in outcome.problems] == [code]
    assert configuration() == number
