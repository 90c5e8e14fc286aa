"""A demo refuses what looks like a real person's number, at the question where it stands, and changes nothing."""

from __future__ import annotations

import pytest

from cpims.audit.models import ChangeEntry
from cpims.records.models import Record
from cpims.records.rules.refusals import AnswersInvalid
from tests.api.client import as_
from tests.cast import in_production, register

V1, V2 = "/api/cpims/v1", "/api/v2"
REAL = {"name_first": "Noor", "telephone_current": "+962 79 555 0101", "national_id_no": "9871234567"}
INVENTED = REAL | {"telephone_current": "+999 79 555 0101", "national_id_no": "999 1234 567"}


def test_a_registration_and_a_save_are_refused_at_the_questions_and_change_nothing(cast):
    made = as_("amina").post(f"{V2}/cases", {"data": REAL | {"module_id": "primeromodule-cp"}})
    assert made.status == 422 and sorted(made.codes) == ["demo.real_number", "demo.real_phone"]
    assert {error["pointer"] for error in made.json["errors"]} == {"/telephone_current", "/national_id_no"}
    assert Record.objects.count() == 0 and ChangeEntry.objects.count() == 0
    with pytest.raises(AnswersInvalid):
        register(**REAL)
    case = register(**INVENTED)
    events = ChangeEntry.objects.count()
    saved = as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"name_nickname": "noor@gmail.com"}})
    assert saved.status == 422 and saved.codes == ["demo.real_email"]
    assert Record.objects.get().revision == case.revision and ChangeEntry.objects.count() == events


def test_production_takes_real_ones(cast):
    in_production()
    case = register(**REAL)
    saved = as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"name_nickname": "noor@gmail.com"}})
    assert saved.status == 200
