"""Since when an age is known, over HTTP."""

from __future__ import annotations

from datetime import timedelta

from cpims.lib.clock import now, today
from cpims.records.models import Record
from tests.api.client import as_
from tests.cast import MODULE

NOOR = {"module_id": MODULE, "name_first": "Noor", "sex": "female"}


def test_the_day_on_which_an_age_was_written_down(cast):
    amina = as_("amina")
    made = amina.post("/api/v2/cases", {"data": NOOR | {"age": 9}})
    path = f"/api/v2/cases/{made.data['id']}"
    day = today("UTC", now())
    assert made.json["metadata"]["age_recorded_on"] == day.isoformat()
    case = Record.objects.get(pk=made.data["id"])
    earlier = day - timedelta(400)
    case.state |= {"age_recorded_on": earlier.isoformat()}
    case.save()
    assert amina.get(path).json["metadata"]["age_recorded_on"] == earlier.isoformat()
    same = amina.patch(path, {"data": {"name_first": "Noora"}})
    assert same.json["metadata"]["age_recorded_on"] == earlier.isoformat()
    other = amina.patch(path, {"data": {"age": 11}})
    assert other.json["metadata"]["age_recorded_on"] == day.isoformat()
