"""A demo refuses what looks like a real person's number, at the question where it stands, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.audit.models import ChangeEntry
from cpims.records.models import Record
from cpims.records.rules.refusals import AnswersInvalid
from tests.api.client import as_
from tests.cast import in_production, register

V1, V2 = "/api/cpims/v1", "/api/v2"
REAL = {"name_first": "Noor", "telephone_current": "+962 79 555 0101", "national_id_no": "9871234567"}
INVENTED = REAL | {"telephone_current": "+999 79 555 0101", "national_id_no": "999 1234 567"}


def problems(reply: Any) -> set[tuple[str, str]]:
    """What is wrong, and where."""
    return {(one["pointer"], one["code"]) for one in reply.json["errors"][0]["problems"]}


def test_a_registration_and_a_save_are_refused_at_the_questions_and_change_nothing(cast):
    made = as_("amina").post(f"{V2}/cases", {"data": REAL | {"module_id": "primeromodule-cp"}})
    assert made.status == 422 and problems(made) == {
        ("/telephone_current", "demo.real_phone"),
        ("/national_id_no", "demo.real_number"),
    }
    assert Record.objects.count() == 0 and ChangeEntry.objects.count() == 0
    with pytest.raises(AnswersInvalid):
        register(**REAL)
    case = register(**INVENTED)
    events = ChangeEntry.objects.count()
    saved = as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"name_nickname": "noor@gmail.com"}})
    assert saved.status == 422 and problems(saved) == {("/name_nickname", "demo.real_email")}
    assert Record.objects.get().revision == case.revision and ChangeEntry.objects.count() == events


def test_production_takes_real_ones(cast):
    in_production()
    case = register(**REAL)
    saved = as_("amina").patch(f"{V2}/cases/{case.id}", {"data": {"name_nickname": "noor@gmail.com"}})
    assert saved.status == 200
