"""Whoever looks for a child who may be known: nobody is shown out of sight, and no reason rests on what she does not read."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import User, UserGroup
from cpims.cases.queries.likely import find_likely_cases, person_typed
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.viewers import current_viewer, viewer_of
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.records.queries.setup import readable_fields
from tests.cast import MODULE, in_production, register, text
from tests.properties.test_search_sight import CHILDREN, FORMS, OTHER, carefully, person
from tests.properties.test_sight_agrees import TODAY, Person, make_people, should_see

#: What a reason of each part rests on: one of these names, on the found case.
RESTS_ON = {
    "name": {"name", "name_other"},
    "sex": {"sex"},
    "birth": {"age", "date_of_birth"},
    "phones": {"telephone_last"},
    "identifiers": {"other_id_no"},
}


class _Undo(Exception):
    pass


@carefully
@given(
    people=st.lists(person, min_size=3, max_size=4),
    hidden=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_nobody_is_shown_beyond_sight_and_no_reason_beyond_what_she_reads(cast, people, hidden):
    with pytest.raises(_Undo), transaction.atomic():
        _check(people, hidden)
        raise _Undo
    viewer_of.cache_clear()


def _check(people: list[Person], hidden: list[bool]) -> None:
    in_production()
    UserGroup.objects.create(unique_id="usergroup-east", name="East")
    Module.objects.create(unique_id=OTHER, name="Other", associated_record_types=["case"], options={})
    for name, module in (("contacts", MODULE), ("contacts_elsewhere", OTHER)):
        form = Form.objects.create(
            unique_id=name, name=text(name), parent_form="case", module_ids=[module], order=80, form_group_id="c"
        )
        for order, field in enumerate(("name_other", "other_id_no", "telephone_last")):
            Field.objects.create(form=form, name=field, type="text_field", order=order, display_name=text(field))
        FormGrant.objects.create(form=form, role=User.objects.get(user_name="farid").role, access="rw")
    names = make_people(people)
    writers = [n for n, p in zip(names, people, strict=True) if MODULE in p.modules] or ["amina"]
    by_name = dict(zip(names, people, strict=True)) | {
        "amina": Person("self", "agency-a", ["usergroup-north"], FORMS, [MODULE], False)
    }
    records: list[tuple[Record, str, dict[str, object]]] = []
    for number, (first, last, other, code, phone) in enumerate(CHILDREN):
        owner = writers[number % len(writers)]
        told = {
            "name_first": first, "name_last": last, "name_other": other, "other_id_no": code, "telephone_last": phone,
            "sex": "female", "age": 9,
        }  # fmt: skip
        records.append((register(by="farid", owned_by=owner, hidden_name=hidden[number], **told), owner, told))
    for name in names:
        seen = {r.id for r, owner, _ in records if should_see(by_name[name], name, r, by_name[owner], owner)}
        for _, _, told in records:
            _look(name, told, seen)
    farid = current_viewer("farid")
    for record, _, told in records:
        found = find_likely_cases(viewer=farid, person=person_typed(told, viewer=farid, today=TODAY), today=TODAY)
        assert [one.record.id for one in found] == [record.id], "whoever sees and reads everything finds everybody"


def _look(name: str, told: dict[str, object], seen: set[object]) -> None:
    viewer = current_viewer(name)
    person = person_typed(told, viewer=viewer, today=TODAY)
    if not viewer.may("case", "read"):
        with pytest.raises(Forbidden):
            find_likely_cases(viewer=viewer, person=person, today=TODAY)
        return
    found = find_likely_cases(viewer=viewer, person=person, today=TODAY)
    readable = readable_fields(viewer, "case", MODULE)
    for one in found:
        assert one.record.id in seen
        masked = one.record.hidden_name and one.record.owned_by != name
        for reason in one.score.reasons:
            assert RESTS_ON[reason.part] & readable, (reason, sorted(readable))
            assert not (reason.part == "name" and masked), reason
