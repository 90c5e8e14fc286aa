"""Is this child known already? Who is shown, why, and what is never told."""

from __future__ import annotations

from copy import copy
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Role, User
from cpims.audit.models import SightingEntry
from cpims.forms.models import FormGrant
from cpims.matching.queries import matching_at
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.cast import register

LIKELY = "/api/cpims/v1/cases/likely"
NOOR = {"name_first": "Noor", "name_last": "Haddad", "sex": "female", "age": 9}


def likely(by: str = "bilal", **body: object):
    return as_(by).post(LIKELY, body)


def codes(row: dict) -> set[str]:
    return {reason["code"] for reason in row["reasons"]}


def test_a_child_registered_by_another_worker_is_found_with_the_reasons(cast):
    case = register()
    reply = likely(data={"name": "نور حداد", "sex": "female", "age": 9})
    assert reply.status == 200, reply.json
    (row,) = reply.data
    assert row["case"]["id"] == str(case.id) and row["case"]["name"] == "Noor Haddad"
    assert row["likelihood"] == "likely" and 0.9 <= row["score"] < 1
    assert {"first_name_script", "same_sex", "age_fits"} <= codes(row)
    assert all(reason["part"] and isinstance(reason["weight"], float) for reason in row["reasons"])
    assert "data" not in row["case"] and "protection_concerns" not in row["case"]


def test_the_same_score_whatever_else_is_found(cast):
    register()
    alone = likely(data=NOOR).data[0]["score"]
    for number in range(3):
        register(name_last=f"Haddad{'aeu'[number]}")
    assert max(row["score"] for row in likely(data=NOOR).data) == alone


def test_a_sister_is_not_taken_for_her(cast):
    sister = register(name_first="Salma", age=7)
    register()
    found = likely(data=NOOR)
    assert str(sister.id) not in {row["case"]["id"] for row in found.data} and len(found.data) == 1


def test_beside_a_case_the_case_itself_is_not_told(cast):
    case, twice = register(), register()
    reply = likely(by="chantal", case_id=str(case.id))
    assert [row["case"]["id"] for row in reply.data] == [str(twice.id)]


def test_a_case_that_was_switched_off_is_not_shown(cast):
    case = register()
    case.record_state = False
    case.save(update_fields=["record_state"])
    assert likely(data=NOOR).data == []


def test_whoever_does_not_see_the_case_learns_nothing_of_it(cast):
    case = register()
    reply = likely(by="dawit", data=NOOR)
    assert reply.status == 200 and reply.data == []
    of_hers, of_none = likely(by="dawit", case_id=str(case.id)), likely(by="dawit", case_id=str(case.owner_id))
    assert of_hers.status == of_none.status == 404 and of_hers.raw == of_none.raw
    assert likely(by="esther", data=NOOR).status == 403
    assert likely(by="esther", case_id=str(case.id)).status == 403


def test_a_hidden_name_is_nobody_elses_reason(cast):
    register(hidden_name=True)
    assert likely(data=NOOR).data == []
    assert len(likely(by="amina", data=NOOR).data) == 1


def test_what_she_may_not_read_is_no_reason(cast):
    """A role without the form of the identity reads no name, and is shown nobody by it."""
    register()
    role = Role.objects.get(pk=User.objects.get(user_name="bilal").role_id)
    assert likely(data=NOOR).data
    FormGrant.objects.filter(role=role).delete()
    User.objects.filter(role=role).update(access_epoch=F("access_epoch") + 1)
    shown = [codes(row) for row in likely(data=NOOR).data]
    assert not any(code.startswith(("first_name", "further", "birth", "same_")) for row in shown for code in row)


def test_each_one_shown_stands_in_the_sightings_and_the_words_do_not(cast):
    case = register()
    before = SightingEntry.objects.count()
    likely(data=NOOR)
    entry = SightingEntry.objects.order_by("-id").first()
    assert SightingEntry.objects.count() == before + 1 and entry is not None
    assert entry.road == "cases.likely" and [str(one) for one in entry.record_ids] == [str(case.id)]
    assert "Noor" not in str({field.name: getattr(entry, field.name) for field in SightingEntry._meta.fields})


@pytest.mark.parametrize(
    "body", [{}, {"data": NOOR, "case_id": "x"}, {"data": []}, {"name": "Noor"}, {"case_id": 3}, {"data": None}]
)
def test_a_body_that_asks_for_nobody_is_refused(cast, body):
    assert as_("amina").post(LIKELY, body).status == 422


@pytest.mark.parametrize(
    "data", [{}, {"name": ""}, {"name": "x" * 5000}, {"name": 7, "age": "nine", "sex": ["female"]}, {"name": "\x00"}]
)
def test_strange_answers_find_nobody_and_break_nothing(cast, data):
    register()
    reply = likely(data=data)
    assert reply.status == 200 and reply.data == []


def test_the_instance_decides_from_which_score_on_somebody_is_shown(cast):
    register()
    assert likely(data=NOOR).data[0]["likelihood"] == "likely"
    instance = Instance.objects.get()
    options = {"matching": {"weights": {"likely": 0.9999, "possible": 0.2}}}
    Instance.objects.update(data={**instance.data, "system_options": options}, configuration=instance.configuration + 1)
    assert likely(data=NOOR).data[0]["likelihood"] == "possible"
    assert matching_at(instance.configuration + 1).weights.likely == 0.9999


def test_the_number_of_questions_does_not_grow_with_the_finds(cast):
    register()
    likely(data=NOOR)
    with CaptureQueriesContext(connection) as few:
        assert len(likely(data=NOOR).data) == 1
    for _ in range(4):
        register()
    with CaptureQueriesContext(connection) as many:
        assert len(likely(data=NOOR).data) == 5
    assert len(few) == len(many) <= 12


def test_a_common_name_does_not_crowd_out_the_child_of_that_age(cast):
    """Of more namesakes than are looked at, those come first whose age fits."""
    first = register(age=2)
    more = []
    for _ in range(200):
        twin = copy(first)
        twin.pk = twin.id = uuid4()
        twin.display_id = twin.short_id = str(twin.id)[-7:] + str(len(more))
        more.append(twin)
    Record.objects.bulk_create(more)
    child = register(age=9)
    found = likely(data=NOOR).data
    assert found[0]["case"]["id"] == str(child.id)
    assert all(row["score"] < found[0]["score"] for row in found[1:])
