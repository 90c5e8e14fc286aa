"""Option lists are made, changed and put away; options are retired, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.forms.actions import retire_lookup
from cpims.forms.models import Field
from cpims.lookups.actions import change_lookup, create_lookup, put_lookups
from cpims.lookups.models import Lookup
from cpims.lookups.queries import served_lookups
from cpims.lookups.rules import LookupExists, LookupInUse, LookupInvalid, LookupLocked, LookupNotFound
from cpims.modules.models import Module
from tests.cast import AT, viewer
from tests.configured import configuration, happenings, hire_translator, option

LATER = AT + timedelta(hours=1)
CLINICS: dict[str, Any] = {
    "unique_id": "lookup-clinics",
    "name": {"en": "Clinics", "ar": "العيادات"},
    "values": [option("north", tags=["day"]), option("south")],
}


def make(**values: Any) -> Lookup:
    return create_lookup(values=CLINICS | values, actor=viewer("esther"), at=AT)


def change(lookup: Lookup, by: str = "esther", **values: Any) -> Lookup:
    return change_lookup(lookup_id=str(lookup.pk), values=values, actor=viewer(by), at=LATER)


def problems_of(refusal: Any) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in refusal.value.problems}


def test_esther_makes_a_list(cast: None) -> None:
    number = configuration()
    lookup = make()
    assert configuration() == number + 1
    assert happenings()[-1] == ("lookup.created", "lookup:lookup-clinics")
    assert [o["id"] for o in lookup.values] == ["north", "south"]


def test_a_list_without_an_id_gets_one_from_its_name(cast: None) -> None:
    lookup = create_lookup(values={"name": {"en": "Health Posts"}}, actor=viewer("esther"), at=AT)
    assert lookup.unique_id.startswith("lookup-health-posts-") and lookup.values == []


@pytest.mark.parametrize("name", ["amina", "chantal", "dawit"])
def test_workers_do_not_touch_lists(cast: None, name: str) -> None:
    lookup = make()
    number, books = configuration(), happenings()
    with pytest.raises(Forbidden):
        create_lookup(values={"name": {"en": "Mine"}}, actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        change(lookup, name, name={"en": "Mine"})
    with pytest.raises(Forbidden):
        retire_lookup(lookup_id=str(lookup.pk), actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        put_lookups(lookups=[CLINICS], actor=viewer(name), at=AT)
    lookup.refresh_from_db()
    assert (configuration(), happenings(), lookup.name) == (number, books, CLINICS["name"])


def test_all_problems_are_told_at_once(cast: None) -> None:
    number = configuration()
    with pytest.raises(LookupInvalid) as refusal:
        make(
            unique_id="no blanks here",
            colour="red",
            values=[{"id": " "}, option("a"), option("a"), "b", option("c", disabled="no")],
        )
    assert problems_of(refusal) == {
        "/colour": "lookup.unknown_key",
        "/unique_id": "lookup.unique_id_format",
        "/values/0/id": "lookup.value_id",
        "/values/2/id": "lookup.value_twice",
        "/values/3": "lookup.value_not_object",
        "/values/4/disabled": "lookup.not_boolean",
    }
    with pytest.raises(LookupInvalid) as refusal:
        make(name={"ar": "بلا إنجليزية"}, values=[{"id": "a", "display_text": {"ar": "أ"}}])
    assert problems_of(refusal) == {"/name": "lookup.name_en", "/values/0/display_text": "lookup.value_en"}
    assert configuration() == number and not Lookup.objects.filter(unique_id="lookup-clinics").exists()


def test_a_used_id_is_refused(cast: None) -> None:
    lookup = make()
    with pytest.raises(LookupExists):
        make()
    with pytest.raises(LookupExists):
        make(unique_id="lookup-other", id=lookup.pk)


def test_sent_options_come_first_and_nothing_is_lost(cast: None) -> None:
    lookup = change(make(), values=[option("east"), {"id": "south", "display_text": {"en": "The south"}}])
    assert [o["id"] for o in lookup.values] == ["east", "south", "north"]
    assert lookup.values[1]["display_text"] == {"en": "The south"} and lookup.values[2]["tags"] == ["day"]
    lookup = change(lookup, values=[{"id": "north", "_delete": True}])
    assert [(o["id"], o.get("disabled", False)) for o in lookup.values] == [
        ("north", True),
        ("east", False),
        ("south", False),
    ]
    lookup = change(lookup, values=[option("north", disabled=False)])
    assert lookup.values[0] == {"id": "north", "tags": ["day"], "display_text": {"en": "North"}}


def test_words_merge_by_language(cast: None) -> None:
    lookup = change(make(), name={"en": "All clinics"}, values=[{"id": "north", "display_text": {"ar": "الشمال"}}])
    assert lookup.name == {"en": "All clinics", "ar": "العيادات"}
    assert lookup.values[0]["display_text"] == {"en": "North", "ar": "الشمال"}


def test_a_change_that_changes_nothing_leaves_no_trace(cast: None) -> None:
    lookup = make()
    number, books = configuration(), happenings()
    change(lookup, name=CLINICS["name"])
    assert (configuration(), happenings()) == (number, books)


def test_locked_lists_get_other_words_only(cast: None) -> None:
    put_lookups(lookups=[CLINICS | {"locked": True}], actor=None, at=AT)
    lookup = Lookup.objects.get(unique_id="lookup-clinics")
    assert (
        change(lookup, values=[{"id": "north", "display_text": {"en": "Up north"}}]).values[0]["display_text"]["en"]
        == "Up north"
    )
    for sent in ([option("east")], [{"id": "north", "_delete": True}]):
        with pytest.raises(LookupLocked):
            change(lookup, values=sent)
    with pytest.raises(LookupLocked):
        retire_lookup(lookup_id=str(lookup.pk), actor=viewer("farid"), at=AT)


def test_a_list_in_use_stays_and_another_goes(cast: None) -> None:
    used = Lookup.objects.get(unique_id="lookup-gender")
    number, books = configuration(), happenings()
    with pytest.raises(LookupInUse) as refusal:
        retire_lookup(lookup_id=str(used.pk), actor=viewer("esther"), at=AT)
    assert refusal.value.params["fields"] == ["basic_identity/sex"]
    Field.objects.filter(name="sex").update(retired_at=AT)
    with pytest.raises(LookupInUse):
        retire_lookup(lookup_id=str(used.pk), actor=viewer("esther"), at=AT)
    assert (configuration(), happenings()) == (number, books)
    free = make()
    retire_lookup(lookup_id=str(free.pk), actor=viewer("esther"), at=AT)
    assert "lookup-clinics" not in {row["unique_id"] for row in served_lookups(configuration(), ("en",))}
    assert happenings()[-1] == ("lookup.retired", "lookup:lookup-clinics")
    with pytest.raises(LookupNotFound):
        change(free, name={"en": "Back"})


def test_a_list_of_a_part_of_the_work_stays(cast: None) -> None:
    lookup = make()
    module = Module.objects.get()
    module.options = {"workflow_lookup": "lookup-clinics"}
    module.save()
    with pytest.raises(LookupInUse):
        retire_lookup(lookup_id=str(lookup.pk), actor=viewer("esther"), at=AT)


def test_putting_lists_twice_changes_nothing_and_retires_what_is_left_out(cast: None) -> None:
    put_lookups(lookups=[CLINICS], actor=None, at=AT)
    number, books = configuration(), happenings()
    put_lookups(lookups=[CLINICS], actor=None, at=LATER)
    assert (configuration(), happenings()) == (number, books)
    put_lookups(lookups=[CLINICS | {"values": [option("south")]}], actor=None, at=LATER)
    values = Lookup.objects.get(unique_id="lookup-clinics").values
    assert [(o["id"], o.get("disabled", False)) for o in values] == [("south", False), ("north", True)]
    assert configuration() == number + 1 and len(happenings()) == len(books) + 1


def test_the_translator_may_change_words(cast: None) -> None:
    lookup = make()
    yusuf = hire_translator()
    changed = change_lookup(lookup_id=str(lookup.pk), values={"name": {"ar": "مراكز صحية"}}, actor=yusuf, at=LATER)
    assert changed.name["ar"] == "مراكز صحية"
    with pytest.raises(Forbidden):
        create_lookup(values=CLINICS | {"unique_id": "lookup-x"}, actor=yusuf, at=AT)
