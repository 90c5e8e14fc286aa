"""Two administrators at the same moment: one comes first, the other sees what the first did."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from cpims.audit.models import ChangeEntry
from cpims.forms.actions import change_form, create_form
from cpims.forms.models import Form
from cpims.forms.rules.definitions import FormInvalid, FormStale
from cpims.lib.clock import iso
from cpims.lib.errors import Refusal
from cpims.lookups.actions import change_lookup
from cpims.lookups.models import Lookup
from tests.cast import AT, MODULE, set_the_stage, viewer
from tests.configured import configuration, option, put_home


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same moment on connections of their own; each one's outcome or refusal."""
    barrier, outcomes = Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            outcomes[place] = acts[place]()
        except Refusal as refusal:
            outcomes[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.fixture
def form(committed_db: str) -> Form:
    set_the_stage()
    return put_home()


def test_of_two_edits_from_the_same_reading_one_is_refused(form: Form) -> None:
    seen, number = iso(form.updated_at), configuration()
    esther, farid = viewer("esther"), viewer("farid")
    outcomes = at_once(
        lambda: change_form(
            form_id=str(form.pk), values={"name": {"en": "One"}}, actor=esther, at=AT.replace(hour=10), seen=seen
        ),
        lambda: change_form(
            form_id=str(form.pk), values={"name": {"en": "Two"}}, actor=farid, at=AT.replace(hour=11), seen=seen
        ),
    )
    assert [isinstance(outcome, FormStale) for outcome in outcomes].count(True) == 1
    assert configuration() == number + 1
    assert ChangeEntry.objects.filter(event="form.changed").count() == 1


def test_without_a_reading_both_edits_stand(form: Form) -> None:
    number = configuration()
    esther, farid = viewer("esther"), viewer("farid")
    outcomes = at_once(
        lambda: change_form(form_id=str(form.pk), values={"name": {"en": "One"}}, actor=esther, at=AT.replace(hour=10)),
        lambda: change_form(
            form_id=str(form.pk), values={"description": {"en": "Two"}}, actor=farid, at=AT.replace(hour=11)
        ),
    )
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes)
    form.refresh_from_db()
    assert (form.name["en"], form.description["en"]) == ("One", "Two") and configuration() == number + 2


def test_of_two_forms_with_one_id_one_is_made(form: Form) -> None:
    values = {"unique_id": "school", "name": {"en": "School"}, "parent_form": "case", "module_ids": [MODULE]}
    esther, farid = viewer("esther"), viewer("farid")
    outcomes = at_once(
        lambda: create_form(values=values, actor=esther, at=AT), lambda: create_form(values=values, actor=farid, at=AT)
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, FormInvalid)]
    assert [problem.code for problem in refused[0].problems] == ["form.unique_id_taken"] and len(refused) == 1
    assert Form.objects.filter(unique_id="school").count() == 1


def test_two_options_added_at_once_are_both_there(form: Form) -> None:
    lookup = Lookup.objects.get(unique_id="lookup-risk")
    esther, farid = viewer("esther"), viewer("farid")
    at_once(
        lambda: change_lookup(lookup_id=str(lookup.pk), values={"values": [option("none")]}, actor=esther, at=AT),
        lambda: change_lookup(lookup_id=str(lookup.pk), values={"values": [option("extreme")]}, actor=farid, at=AT),
    )
    lookup.refresh_from_db()
    assert {value["id"] for value in lookup.values} == {"none", "extreme", "low", "medium", "high"}
