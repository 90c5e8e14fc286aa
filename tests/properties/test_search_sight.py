"""Whatever is typed, and in whichever way it is searched: nobody is found out of sight, or by what the viewer does not read."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Role, User, UserGroup
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.viewers import current_viewer, viewer_of
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.records.queries.listing import Listing, find_records
from cpims.records.queries.setup import readable_fields
from cpims.settings.models import Instance
from tests.cast import MODULE, in_production, register, text
from tests.properties.test_sight_agrees import GROUPS, TODAY, Person, make_people, should_see

OTHER = "primeromodule-other"
FORMS = ["basic_identity", "consent", "contacts", "contacts_elsewhere"]
#: Each with her other name (in another script where there is one), an identifier and a telephone number of her own.
CHILDREN = [
    ("Mohammed", "Khalil", "محمد خليل", "QX-4471-08", "+962 79 555 0101"),
    ("Zarifwan", "Tuqmelis", "Nunumaru", "QX-5582-19", "+962 79 666 0202"),
    ("Samrawit", "Bekelewold", "ሳምራዊት", "QX-6693-20", "+251 91 777 0303"),
    ("Oleksandr", "Bondarenko", "Олександр", "QX-7704-31", "+380 67 888 0404"),
]
WAYS = ("any", "phonetic", "id_search", "phone_number")
NAMES = {"name", "name_other"}

person = st.builds(
    Person,
    scope=st.sampled_from(["self", "group", "agency", "all", "admin_only", "identified"]),
    agency=st.sampled_from(["agency-a", "agency-b"]),
    groups=st.lists(st.sampled_from(GROUPS), max_size=2, unique=True),
    forms=st.lists(st.sampled_from(FORMS), min_size=1, unique=True),
    modules=st.sampled_from([[MODULE], [MODULE, OTHER], [OTHER]]),
    change_log=st.just(False),
)
carefully = settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip


class _Undo(Exception):
    pass


@carefully
@given(
    people=st.lists(person, min_size=3, max_size=4),
    hidden=st.lists(st.booleans(), min_size=4, max_size=4),
    beyond=st.booleans(),
)
def test_nobody_is_found_beyond_sight_or_by_what_is_not_read(cast, people, hidden, beyond):
    with pytest.raises(_Undo), transaction.atomic():
        _check(people, hidden, beyond)
        raise _Undo
    viewer_of.cache_clear()


def _check(people: list[Person], hidden: list[bool], beyond: bool) -> None:
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
    if beyond:
        rights = {"case": ["read", "create", "write", "search_owned_by_others"]}
        Role.objects.filter(unique_id__startswith="role-p").update(permissions=rights)
        Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    writers = [n for n, p in zip(names, people, strict=True) if MODULE in p.modules] or ["amina"]
    by_name = dict(zip(names, people, strict=True)) | {
        "amina": Person("self", "agency-a", ["usergroup-north"], FORMS, [MODULE], False)
    }
    records: list[tuple[Record, str, tuple[str, ...]]] = []
    for number, child in enumerate(CHILDREN):
        owner = writers[number % len(writers)]
        first, last, other, code, phone = child
        record = register(
            by="farid", owned_by=owner, name_first=first, name_last=last, name_other=other, other_id_no=code,
            telephone_last=phone, hidden_name=hidden[number],
        )  # fmt: skip
        assert record.data["name_other"] == other and record.phones
        records.append((record, owner, child))
    for name in names:
        seen = {r.id for r, owner, _ in records if should_see(by_name[name], name, r, by_name[owner], owner)}
        for record, owner, child in records:
            _check_child(current_viewer(name), record, child, seen, own=owner == name, beyond=beyond)


def _check_child(
    viewer: Viewer, record: Record, child: tuple[str, ...], seen: set[Any], *, own: bool, beyond: bool
) -> None:
    first, last, other, code, phone = child
    readable = readable_fields(viewer, "case", MODULE)
    open_name = not record.hidden_name or own
    in_sight = record.id in seen
    digits = phone.replace(" ", "")
    asked = {
        "name": [
            f"{first} {last}",
            f"{last} {first}",
            first,
            first[:4],
            last,
            first[:3] + first[4:],
            f"{first} Nobody",
        ],
        "name_other": [other],
        "other_id_no": [code, code.lower().replace("-", "")],
        "telephone_last": [digits, "00" + digits[1:], "0" + digits[4:], phone],
    }
    for field, queries in asked.items():
        may = field in readable and (field not in NAMES or open_name)
        way = {"other_id_no": "id_search", "telephone_last": "phone_number"}.get(field, "phonetic")
        for query in queries:
            for mode in dict.fromkeys((way, "any", *(WAYS if query == queries[0] else ()))):
                found = _search(viewer, query, mode, seen=seen, beyond=beyond)
                hit = record.id in {one.id for one in found.records}
                if mode in (way, "any") and in_sight and may:
                    assert hit, (field, query, mode)
                if hit and not may:
                    # "Олександр" is no secret where "Oleksandr" may be read: found by the one, never by the other.
                    assert found.reasons[record.id].field != field
                    assert found.reasons[record.id].field in readable and field in NAMES and open_name
    part = _search(viewer, code.replace("-", "")[3:8], "id_search", seen=seen, beyond=beyond)
    assert (record.id in {r.id for r in part.records}) is (in_sight and "other_id_no" in readable)


def _search(viewer: Viewer, query: str, mode: str, *, seen: set[Any], beyond: bool) -> Listing:
    asked = {"query": query, mode: "true"}
    found = find_records(kind="case", viewer=viewer, query=asked, offset=0, per=100, today=TODAY)
    strangers = {one.id for one in found.strangers}
    assert strangers.isdisjoint(seen) and (beyond or not strangers)
    readable = readable_fields(viewer, "case", MODULE) | {"short_id", "case_id_display", "unique_identifier"}
    for record in found.records:
        assert record.id in seen | strangers
        reason = found.reasons[record.id]
        assert reason.field in readable, (query, mode, reason)
        if reason.field in NAMES:
            assert not record.hidden_name or record.owned_by == viewer.user_name
        if record.id in strangers:
            assert reason.kind == "identifier" or (reason.field == "name" and " " in query and not record.hidden_name)
            assert MODULE in viewer.modules
    return found
