"""Forms are made, changed and put away; what answers rest on is retired, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import User
from cpims.forms.actions import change_form, create_form, put_form_grants, put_forms, retire_form
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.catalogue import catalogue, served_forms
from cpims.forms.queries.definitions import whole_form
from cpims.forms.rules.definitions import FormExists, FormInUse, FormInvalid, FormNotFound, FormStale, FormStays
from cpims.lib.clock import iso
from cpims.lookups.models import Lookup
from tests.cast import AT, MODULE, viewer
from tests.configured import HOME, VISIT_ROWS, configuration, happenings, hire_translator, option, put_home, question

LATER = AT + timedelta(hours=1)
NEW: dict[str, Any] = {
    "unique_id": "school",
    "name": {"en": "School"},
    "parent_form": "case",
    "module_ids": [MODULE],
    "fields": [
        question("school_name"),
        question("grade", "select_box", option_strings_text=[option("one"), option("two")]),
    ],
}


def change(form: Form, by: str = "esther", seen: str | None = None, **values: Any) -> Any:
    return change_form(form_id=str(form.pk), values=values, actor=viewer(by), at=LATER, seen=seen)


def problems_of(refusal: Any) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in refusal.value.problems}


def fields_of(form: Form) -> list[str]:
    return [field["name"] for field in whole_form(form, ("en",))["fields"]]


@pytest.fixture
def home(cast: None) -> Form:
    return put_home()


def test_giving_the_same_forms_twice_changes_nothing(home: Form) -> None:
    number, books, rows = configuration(), happenings(), Field.objects.count()
    put_forms(forms=[VISIT_ROWS, HOME], actor=None, at=LATER)
    assert (configuration(), happenings(), Field.objects.count()) == (number, books, rows)


def test_esther_makes_a_form_that_her_role_may_fill(cast: None) -> None:
    number, epoch = configuration(), User.objects.get(user_name="esther").access_epoch
    form = create_form(values=NEW, actor=viewer("esther"), at=AT).form
    assert configuration() == number + 1
    assert happenings()[-1] == ("form.created", "form:school")
    assert (
        FormGrant.objects.get(form=form).access == "rw"
        and FormGrant.objects.get(form=form).role.unique_id == "role-administrator"
    )
    assert User.objects.get(user_name="esther").access_epoch == epoch + 1
    assert viewer("esther").form_access == {"school": "rw"}
    assert fields_of(form) == ["school_name", "grade"]
    assert "school" in {entry["unique_id"] for entry in served_forms(configuration(), ("en", "ar"))}


@pytest.mark.parametrize("name", ["amina", "bilal", "chantal", "dawit"])
def test_workers_do_not_touch_forms(home: Form, name: str) -> None:
    number, books = configuration(), happenings()
    with pytest.raises(Forbidden):
        create_form(values=NEW, actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        change(home, name, name={"en": "Mine"})
    with pytest.raises(Forbidden):
        retire_form(form_id=str(home.pk), actor=viewer(name), at=AT)
    with pytest.raises(Forbidden):
        put_forms(forms=[NEW], actor=viewer(name), at=AT)
    assert (configuration(), happenings()) == (number, books)
    assert not Form.objects.filter(unique_id="school").exists()


def test_all_problems_are_told_at_once(cast: None) -> None:
    wrong = {
        "name": {"en": "Sch*ol"},
        "parent_form": "school",
        "unique_id": "school",
        "display_conditions": {"perhaps": []},
        "module_ids": ["primeromodule-none"],
        "fields": [
            question("School Name"),
            question("grade", "dropdown"),
            {"name": "empty", "type": "text_field", "display_name": {"en": " "}},
            question("teacher", "select_box", option_strings_source="lookup lookup-none"),
            question("pupils", "radio_button", option_strings_text=[{"display_text": {"en": "A"}}, {"id": "b"}, "c"]),
            question("score", "calculated", calculation={"expression": {"sum": "points"}}),
            question("shown", display_conditions_record={"eq": {"a": 1}, "or": []}),
            question("twice"),
            question("twice"),
            question("rows", "subform", subform_section_id=999999),
        ],
    }
    number, books = configuration(), happenings()
    with pytest.raises(FormInvalid) as refusal:
        create_form(values=wrong, actor=viewer("esther"), at=AT)
    found = problems_of(refusal)
    assert found == {
        "/name": "form.name_signs",
        "/parent_form": "form.parent_form",
        "/display_conditions": "field.condition",
        "/module_ids": "form.module_unknown",
        "/fields/0/name": "field.name_format",
        "/fields/1/type": "field.type",
        "/fields/2/display_name": "field.display_name_en",
        "/fields/3/option_strings_source": "field.lookup_unknown",
        "/fields/4/option_strings_text/0/id": "field.option_id",
        "/fields/4/option_strings_text/1/display_text": "field.option_en",
        "/fields/4/option_strings_text/2": "field.option_not_object",
        "/fields/5/calculation": "field.calculation",
        "/fields/6/display_conditions_record": "field.condition",
        "/fields/8/name": "field.name_twice",
        "/fields/9/subform_section_id": "field.subform_unknown",
    }
    known = {p.pointer: p.params.get("primero") for p in refusal.value.problems}
    assert known["/name"] == "errors.models.form_section.format_of_name"
    assert known["/fields/0/name"] == "errors.models.field.name_format"
    assert known["/fields/2/display_name"] == "errors.models.field.display_name_presence"
    assert (configuration(), happenings()) == (number, books)
    assert not Form.objects.filter(unique_id="school").exists()


def test_unknown_keys_and_wrong_kinds_are_refused(cast: None) -> None:
    with pytest.raises(FormInvalid) as refusal:
        create_form(values=NEW | {"colour": "red", "order": "first", "fields": [question("a", size=3, required="yes")]},
                    actor=viewer("esther"), at=AT)  # fmt: skip
    assert problems_of(refusal) == {
        "/colour": "form.unknown_key",
        "/order": "form.wrong_kind",
        "/fields/0/size": "form.unknown_key",
        "/fields/0/required": "form.wrong_kind",
    }


def test_a_used_id_is_refused(home: Form) -> None:
    with pytest.raises(FormInvalid) as refusal:
        create_form(values=NEW | {"unique_id": "home"}, actor=viewer("esther"), at=AT)
    assert problems_of(refusal) == {"/unique_id": "form.unique_id_taken"}
    with pytest.raises(FormExists):
        create_form(values=NEW | {"id": home.pk}, actor=viewer("esther"), at=AT)


def test_a_client_may_choose_the_number(cast: None) -> None:
    form = create_form(values=NEW | {"id": 70_000}, actor=viewer("esther"), at=AT).form
    assert form.pk == 70_000 and fields_of(form) == ["school_name", "grade"]
    after = create_form(values=NEW | {"unique_id": "other", "fields": []}, actor=viewer("esther"), at=AT).form
    assert after.pk > 70_000


def test_a_form_without_an_id_gets_one(cast: None) -> None:
    made = create_form(values={**NEW, "unique_id": None}, actor=viewer("esther"), at=AT).form
    assert made.unique_id.startswith("form-section-school-") and len(made.unique_id) == len("form-section-school-") + 7


def test_a_sent_list_replaces_the_questions_and_retires_the_others(home: Form) -> None:
    number = configuration()
    change(home, fields=[question("home_notes", "textarea"), question("landlord")])
    assert configuration() == number + 1
    assert fields_of(home) == ["home_notes", "landlord"]
    retired = Field.objects.get(form=home, name="safe_to_call")
    assert retired.retired_at is not None
    assert "safe_to_call" not in catalogue(configuration()).fields_of("case")
    change(home, fields=[question("home_notes", "textarea"), question("safe_to_call", "radio_button")])
    revived = Field.objects.get(form=home, name="safe_to_call")
    assert revived.pk == retired.pk and revived.retired_at is None
    assert [o["id"] for o in revived.attributes["option_strings_text"]] == ["always", "evening", "never"]


def test_a_retired_question_does_not_come_back_as_something_else(home: Form) -> None:
    change(home, fields=[])
    with pytest.raises(FormInvalid) as refusal:
        change(home, fields=[question("safe_to_call", "numeric_field")])
    assert problems_of(refusal) == {"/fields/0/type": "field.type_was"}


def test_name_type_and_multiple_choice_never_change(home: Form) -> None:
    outcome = change(
        home,
        fields=[
            question("safe_to_call", "text_field", multi_select=True),
            question("visits", "subform"),
            question("home_notes", "textarea"),
        ],
    )
    assert [p.pointer for p in outcome.ignored] == ["/fields/0/type", "/fields/0/multi_select"]
    kept = Field.objects.get(form=home, name="safe_to_call")
    assert kept.type == "radio_button" and not kept.attributes.get("multi_select")
    with pytest.raises(FormInvalid) as refusal:
        change(home, parent_form="incident")
    assert problems_of(refusal) == {"/parent_form": "form.parent_form_fixed"}


def test_an_option_that_is_left_out_stays_for_the_answers_that_hold_it(home: Form) -> None:
    keep = [question("visits", "subform"), question("home_notes", "textarea")]
    change(
        home,
        fields=[
            question("safe_to_call", "radio_button", option_strings_text=[option("never"), option("always")]),
            *keep,
        ],
    )
    options = Field.objects.get(form=home, name="safe_to_call").attributes["option_strings_text"]
    assert [(o["id"], o.get("disabled", False)) for o in options] == [
        ("never", False),
        ("always", False),
        ("evening", True),
    ]


def test_words_merge_by_language(home: Form) -> None:
    change(home, name={"en": "The home"})
    home.refresh_from_db()
    assert home.name == {"en": "The home", "ar": "البيت"}
    assert happenings()[-1] == ("form.changed", "form:home")


def test_what_is_not_sent_stays(home: Form) -> None:
    before = whole_form(home, ("en",))["fields"]
    change(home, visible=False)
    home.refresh_from_db()
    assert not home.visible and whole_form(home, ("en",))["fields"] == before


def test_a_change_that_changes_nothing_leaves_no_trace(home: Form) -> None:
    number, books = configuration(), happenings()
    change(home, name={"en": "Home"}, order=80)
    assert (configuration(), happenings()) == (number, books)


def test_a_field_of_another_form_is_copied(home: Form) -> None:
    source = Field.objects.get(form=home, name="safe_to_call")
    made = create_form(
        values=NEW | {"fields": [{"id": source.pk, "name": "safe_at_school"}]}, actor=viewer("esther"), at=AT
    ).form
    copy = Field.objects.get(form=made)
    assert (copy.name, copy.type, copy.display_name) == ("safe_at_school", "radio_button", {"en": "Safe To Call"})
    assert copy.attributes == source.attributes and copy.pk != source.pk


def test_one_key_holds_one_kind_of_answer(home: Form) -> None:
    with pytest.raises(FormInvalid) as refusal:
        create_form(values=NEW | {"fields": [question("age", "text_field")]}, actor=viewer("esther"), at=AT)
    assert problems_of(refusal) == {"/fields/0/type": "field.type_elsewhere"}
    assert create_form(values=NEW | {"fields": [question("age", "numeric_field")]}, actor=viewer("esther"), at=AT)


def test_a_nested_form_does_not_contain_itself(home: Form) -> None:
    rows = Form.objects.get(unique_id="visit_rows")
    with pytest.raises(FormInvalid) as refusal:
        change(rows, fields=[question("again", "subform", subform_section_id=rows.pk)])
    assert problems_of(refusal) == {"/fields": "form.contains_itself"}


def test_nested_forms_follow_their_parents_module(home: Form) -> None:
    assert Form.objects.get(unique_id="visit_rows").module_ids == [MODULE]


def test_the_second_of_two_edits_sees_the_first(home: Form) -> None:
    seen = iso(home.updated_at)
    change(home, seen=seen, name={"en": "First"})
    with pytest.raises(FormStale):
        change_form(form_id=str(home.pk), values={"name": {"en": "Second"}}, actor=viewer("farid"), at=LATER, seen=seen)
    home.refresh_from_db()
    assert home.name["en"] == "First"


def test_a_typed_group_becomes_an_option_of_the_list_of_groups(home: Form) -> None:
    groups = Lookup.objects.create(
        unique_id="lookup-form-group-cp-case", name={"en": "Groups"}, values=[option("home")]
    )
    number = configuration()
    change(home, form_group_id="Daily Life")
    home.refresh_from_db()
    groups.refresh_from_db()
    assert home.form_group_id == "daily_life"
    assert (
        groups.values[-1] == {"id": "daily_life", "display_text": {"en": "Daily Life"}}
        or groups.values[0]["id"] == "home"
    )
    assert {"id": "daily_life", "display_text": {"en": "Daily Life"}} in groups.values
    assert configuration() == number + 1
    change(home, form_group_id="home")
    groups.refresh_from_db()
    assert len(groups.values) == 2


def test_the_translator_changes_words_but_not_the_structure(home: Form) -> None:
    yusuf = hire_translator()
    outcome = change_form(
        form_id=str(home.pk),
        values={
            "name": {"ar": "بيتنا"},
            "display_conditions": {"eq": {"sex": "male"}},
            "fields": [
                {"name": "home_notes", "display_name": {"ar": "ملاحظات"}, "required": True},
                question("smuggled"),
            ],
        },
        actor=yusuf,
        at=LATER,
    )
    assert [p.pointer for p in outcome.ignored] == [
        "/display_conditions",
        "/fields/0/required",
        "/fields/1/type",
        "/fields/1",
    ]
    home.refresh_from_db()
    assert home.name["ar"] == "بيتنا" and "display_conditions" not in home.attributes
    assert set(fields_of(home)) == {"safe_to_call", "visits", "home_notes"}
    notes = Field.objects.get(form=home, name="home_notes")
    assert notes.display_name["ar"] == "ملاحظات" and not notes.attributes.get("required") and notes.order == 2
    with pytest.raises(Forbidden):
        create_form(values=NEW, actor=yusuf, at=AT)
    with pytest.raises(Forbidden):
        retire_form(form_id=str(home.pk), actor=yusuf, at=AT)


def test_putting_a_form_away_keeps_its_rows_out_of_lists_only(home: Form) -> None:
    put_form_grants(grants={"role-worker": {"home": "rw"}}, actor=None, at=AT)
    epoch = User.objects.get(user_name="amina").access_epoch
    rows = Form.objects.get(unique_id="visit_rows")
    with pytest.raises(FormInUse):
        retire_form(form_id=str(rows.pk), actor=viewer("esther"), at=AT)
    retire_form(form_id=str(home.pk), actor=viewer("esther"), at=LATER)
    assert "home" not in {form["unique_id"] for form in served_forms(configuration(), ("en",))}
    assert Form.objects.get(unique_id="home").retired_at == LATER
    assert User.objects.get(user_name="amina").access_epoch == epoch + 1 and "home" not in viewer("amina").form_access
    with pytest.raises(FormNotFound):
        change(home, name={"en": "Back"})
    put_forms(forms=[VISIT_ROWS, HOME], actor=None, at=LATER)
    assert "home" in viewer("amina").form_access


def test_core_forms_stay(cast: None) -> None:
    put_forms(forms=[NEW | {"core_form": True}], actor=None, at=AT)
    with pytest.raises(FormStays):
        retire_form(form_id=str(Form.objects.get(unique_id="school").pk), actor=viewer("farid"), at=AT)


def test_grants_replace_what_a_role_had(home: Form) -> None:
    number, epoch = configuration(), User.objects.get(user_name="amina").access_epoch
    put_form_grants(grants={"role-worker": {"home": "r", "basic_identity": "rw"}}, actor=viewer("esther"), at=AT)
    assert dict(viewer("amina").form_access) == {"home": "r", "basic_identity": "rw"}
    assert configuration() == number + 1 and User.objects.get(user_name="amina").access_epoch == epoch + 1
    assert happenings()[-1] == ("role.form_grants_changed", "role:role-worker")
    books = happenings()
    put_form_grants(grants={"role-worker": {"home": "r", "basic_identity": "rw"}}, actor=viewer("esther"), at=AT)
    assert happenings() == books and configuration() == number + 1
    with pytest.raises(FormInvalid) as refusal:
        put_form_grants(
            grants={"role-none": {"home": "r"}, "role-worker": {"none": "x"}}, actor=viewer("esther"), at=AT
        )
    assert len(refusal.value.problems) == 3
    with pytest.raises(Forbidden):
        put_form_grants(grants={"role-worker": {"sensitive": "rw"}}, actor=viewer("amina"), at=AT)
    assert "sensitive" not in viewer("amina").form_access
