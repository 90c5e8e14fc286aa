"""Two cases with one identifier carry an alert, both of them."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.audit.models import ChangeEntry
from cpims.cases.actions import amend_case, resolve_duplicate
from cpims.cases.models import DuplicateCheck
from cpims.notices.models import Alert
from cpims.records.models import Record
from cpims.records.rules.editing import Edit
from tests.api.test_daily import decide
from tests.cast import AT, register, viewer

FORM = "basic_identity"


@pytest.fixture
def compared(cast: None) -> None:
    decide(duplicate_field_to_form={"case": {"national_id_no": FORM}})


def settle() -> None:
    while resolve_duplicate(at=AT):
        pass


def change(case: Record, by: str = "amina", move: str | None = None, **values: Any) -> None:
    amend_case(case_id=case.pk, edit=Edit(values=values, move=move), actor=viewer(by), at=AT)
    settle()


def alerted() -> set[Any]:
    rows = Alert.objects.filter(alert_for="duplicate_field", type="national_id_no", form_unique_id=FORM)
    found = set(rows.values_list("record_id", flat=True))
    assert found == {
        record.pk for record in Record.objects.filter(facet_keys__contains=["current_alert_types=national_id_no"])
    }
    assert found == set(Record.objects.filter(alert_count=1).values_list("pk", flat=True))
    return found


def test_both_carry_an_alert_however_the_number_is_written(compared: None) -> None:
    noor, other = register(national_id_no="AB-12 34"), register("dawit", national_id_no="ab1234")
    register("bilal", national_id_no="AB-99")
    revision = Record.objects.get(pk=noor.pk).revision
    settle()
    assert alerted() == {noor.pk, other.pk}
    assert Record.objects.get(pk=noor.pk).revision == revision + 1
    told = ChangeEntry.objects.filter(event="case.duplicate_suspected")
    assert set(told.values_list("record_id", flat=True)) == {noor.pk, other.pk}
    assert not DuplicateCheck.objects.exists()


def test_what_is_corrected_is_settled_on_both(compared: None) -> None:
    noor, other = register(national_id_no="1234"), register("bilal", national_id_no="1234")
    settle()
    change(noor, national_id_no="1235")
    assert alerted() == set()
    change(noor, national_id_no="1234")
    assert alerted() == {noor.pk, other.pk}
    change(noor, national_id_no=None)
    assert alerted() == set()
    assert ChangeEntry.objects.filter(event="case.duplicate_settled").count() == 4


def test_the_third_keeps_the_two_together(compared: None) -> None:
    first, second, third = (register(by, national_id_no="1234") for by in ("amina", "bilal", "dawit"))
    settle()
    assert alerted() == {first.pk, second.pk, third.pk}
    change(first, national_id_no="77")
    assert alerted() == {second.pk, third.pk}


def test_a_record_that_is_switched_off_is_nobodys_double(compared: None) -> None:
    noor, other = register(national_id_no="1234"), register("bilal", national_id_no="1234")
    settle()
    change(noor, move="enable_disable_record", record_state=False)
    assert alerted() == set()
    change(noor, move="enable_disable_record", record_state=True)
    assert alerted() == {noor.pk, other.pk}


def test_other_answers_compare_nothing(compared: None) -> None:
    noor = register(national_id_no="1234")
    settle()
    amend_case(case_id=noor.pk, edit=Edit(values={"age": 4}), actor=viewer("amina"), at=AT)
    assert not DuplicateCheck.objects.exists()


def test_nothing_is_compared_where_nothing_was_decided(cast: None) -> None:
    register(national_id_no="1234")
    register("bilal", national_id_no="1234")
    assert not DuplicateCheck.objects.exists() and not resolve_duplicate(at=AT)
    assert not Alert.objects.exists()
