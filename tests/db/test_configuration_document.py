"""All that configures an instance, as one document: equal for equal instances, another after any change, deaf to the rest."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Agency, CodeOfConduct, Role, User, UserGroup
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import read_folder, read_pack
from cpims.configuration.formats.canonical import FORMAT, DocumentInvalid, hash_of, read_document, written
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.document import LEFT_OUT
from cpims.configuration.rules.differing import Change, changes_between
from cpims.configuration.rules.telling import told
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.messages import catalogue
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.settings.models import ContactInformation, Instance
from tests.cast import AT, register
from tests.configured import put_home

PACKS = Path(__file__).resolve().parents[2] / "packs"
LATER = datetime(2026, 5, 6, 7, tzinfo=UTC)
CONFIGURED = (
    *(Module, Lookup, Location, Agency, UserGroup, Role, Form, Field, FormGrant, CodeOfConduct, ContactInformation),
)
#: What has no meaning of its own in tables that else are configuration, beside ``LEFT_OUT``.
FOLLOWS = {
    "Location": {"name": "the names of a place and of those above it, made from their place names"},
    "CodeOfConduct": {"created_on": "when", "created_by": "who"},
}


def now_hashed() -> str:
    return hash_of(written(configuration_document(None)))


def load(*names: str, at: datetime = AT) -> None:
    for name in names:
        load_pack(pack=read_pack(read_folder(PACKS / name)), actor=None, at=at)


def emptied() -> None:
    """Another instance: other numbers, other moments, nothing configured."""
    User.objects.all().delete()
    FormGrant.objects.all().delete()
    Field.objects.all().delete()
    for model in (Form, Lookup, Role, Module, Location, UserGroup, Agency):
        model.objects.all().delete()
    Instance.objects.update(data={}, configuration=40, uuid=uuid.uuid4(), kind="production", name="elsewhere")


def other(value: Any, field: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    if isinstance(field, models.JSONField):
        return {**value, "zz": "other"} if isinstance(value, dict) else {"zz": "other"}
    if isinstance(field, models.TextField):
        return f"{value or ''}x"
    return [*(value or []), "other"]


def columns(model: type[models.Model]) -> Iterator[Any]:
    """The columns of a table that say how things are configured."""
    left = set(LEFT_OUT) | set(FOLLOWS.get(model.__name__, {}))
    if model is Location:
        left -= {"hierarchy"}
    for field in model._meta.concrete_fields:
        if field.name not in left and not field.is_relation:
            yield field


def put_everything() -> None:
    """One of everything that can be configured, beside what the cast has."""
    put_home()
    ContactInformation.objects.create(name="Help desk")
    CodeOfConduct.objects.create(title="Code", content="Do no harm.", created_on=AT, created_by="esther")
    UserGroup.objects.get(unique_id="usergroup-north").agencies.add(Agency.objects.get(unique_id="agency-a"))


@pytest.mark.usefixtures("db")
def test_equal_packs_give_equal_hashes_on_two_instances() -> None:
    load("cpims", "demo")
    one, document = now_hashed(), configuration_document(None)
    emptied()
    assert now_hashed() != one
    load("cpims", "demo", at=LATER)
    assert changes_between(document, configuration_document(None)) == []
    assert now_hashed() == one
    load("cpims-caafag")
    assert now_hashed() != one


@pytest.mark.parametrize("model", CONFIGURED, ids=lambda model: model.__name__)
def test_any_change_of_any_column_changes_the_hash_and_is_told(cast: None, model: type[models.Model]) -> None:
    put_everything()
    before, hashed = configuration_document(None), now_hashed()
    row = model._default_manager.order_by("pk").last() if model is CodeOfConduct else model._default_manager.first()
    assert row is not None
    changed = 0
    for field in columns(model):
        point = transaction.savepoint()
        value = ["KA", "KA02", "KA0101"] if field.name == "hierarchy" else other(getattr(row, field.name), field)
        model._default_manager.filter(pk=row.pk).update(**{field.name: value})
        assert now_hashed() != hashed, field.name
        found = changes_between(before, configuration_document(None))
        assert found, field.name
        assert sentences(found)
        transaction.savepoint_rollback(point)
        changed += 1
    assert changed or model is FormGrant
    assert now_hashed() == hashed


def sentences(changes: list[Change]) -> list[str]:
    """The sentences in all four languages: none lacks its words, none has a gap left open."""
    said = [told(change, locale) for change in changes for locale in ("en", "fr", "es", "ar")]
    keys = catalogue("en")
    assert not [text for text in said if text in keys or text.startswith("configuration.") or "{name}" in text]
    return said


OTHERS: dict[str, Callable[[], Any]] = {
    "a setting": lambda: Instance.objects.update(data={"system_options": {"maximum_users": 7}}),
    "an option": lambda: Lookup.objects.filter(unique_id="lookup-risk").update(values=[{"id": "low"}]),
    "a list put away": lambda: Lookup.objects.filter(unique_id="lookup-risk").update(retired_at=AT),
    "a question put away": lambda: Field.objects.filter(name="home_notes").update(retired_at=AT),
    "a form put away": lambda: Form.objects.filter(unique_id="home").update(retired_at=AT),
    "an option of a question": lambda: Field.objects.filter(name="safe_to_call").update(attributes={}),
    "the rows of a question": lambda: Field.objects.filter(name="visits").update(
        subform=Form.objects.get(unique_id="note_rows")
    ),
    "a right": lambda: FormGrant.objects.filter(access="rw").update(access="r"),
    "a right that is taken": lambda: FormGrant.objects.all().delete(),
    "a permission": lambda: Role.objects.filter(unique_id="role-worker").update(permissions={"case": ["read"]}),
    "an agency of a group": lambda: UserGroup.objects.get(unique_id="usergroup-north").agencies.clear(),
    "a new place": lambda: Location.objects.create(code="KB", hierarchy=["KB"], placename={"en": "KB"}),
    "a new code of conduct": lambda: CodeOfConduct.objects.create(
        title="Code", content="Do no harm at all.", created_on=LATER, created_by="esther"
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_kinds_of_change_change_it_too(cast: None, what: str) -> None:
    put_everything()
    before, hashed = configuration_document(None), now_hashed()
    OTHERS[what]()
    assert now_hashed() != hashed
    assert sentences(changes_between(before, configuration_document(None)))


def test_nothing_else_changes_it(cast: None) -> None:
    put_everything()
    hashed = now_hashed()
    register(name_first="Noor")
    User.objects.update(full_name="Somebody", password="another", disabled=True, role=Role.objects.first())
    User.objects.create(
        user_name="new",
        full_name="New",
        role=Role.objects.get(unique_id="role-worker"),
        agency=Agency.objects.get(unique_id="agency-a"),
        email="n@example.org",
    )
    Instance.objects.update(configuration=999, kind="production", name="elsewhere", uuid=uuid.uuid4(), updated_at=LATER)
    for model in (Module, Lookup, Location, Agency, UserGroup, Role, Form, Field, ContactInformation):
        model.objects.update(updated_at=LATER, created_at=LATER)
    CodeOfConduct.objects.update(created_on=LATER, created_by="farid")
    Form.objects.create(unique_id="draft", parent_form="case", name={"en": "Draft"}, retired_at=AT)
    Lookup.objects.filter(unique_id="lookup-risk").update(
        values=[{**one, "disabled": False, "tags": []} for one in Lookup.objects.get(unique_id="lookup-risk").values]
    )
    assert now_hashed() == hashed


def test_secrets_people_and_children_are_not_in_it(cast: None) -> None:
    register(name_first="Noor", name_last="Rahimi")
    content = written(configuration_document(None))
    for word in (
        b"Noor",
        b"Rahimi",
        b"amina",
        b"pbkdf2",
        b"argon2",
        b"@example.org",
        str(Instance.objects.get().uuid).encode(),
    ):
        assert word not in content


def test_the_number_of_statements_is_constant(cast: None) -> None:
    put_everything()
    with CaptureQueriesContext(connection) as one:
        configuration_document(None)
    for number in range(3):
        Agency.objects.create(unique_id=f"x{number}", agency_code=f"X{number}")
        UserGroup.objects.create(unique_id=f"x{number}", name=f"x{number}").agencies.add(
            Agency.objects.get(unique_id="agency-a")
        )
        Form.objects.create(unique_id=f"x{number}", parent_form="case")
        Role.objects.create(unique_id=f"x{number}", name=f"x{number}")
    with CaptureQueriesContext(connection) as three:
        configuration_document(None)
    assert len(one) == len(three) == 13


def test_only_who_manages_configurations_reads_it(cast: None) -> None:
    for name in ("amina", "chantal", "esther", "farid"):
        with pytest.raises(Forbidden):
            configuration_document(current_viewer(name))


def test_a_document_is_read_back_and_nothing_else_is(cast: None) -> None:
    put_everything()
    document = configuration_document(None)
    content = written(document)
    again = read_document(content)
    assert written(again) == content and changes_between(document, again) == []
    for broken in (b"{", b"[]", b"{}", b'{"format":"other"}'):
        with pytest.raises(DocumentInvalid):
            read_document(broken)
    with pytest.raises(DocumentInvalid) as refused:
        read_document(written({**document, "users": {}, "forms": {"home": {"fields": [{"type": "text_field"}]}}}))
    assert [p.pointer for p in refused.value.problems] == ["/forms", "/users"]
    assert document["format"] == FORMAT


def test_changes_are_told_in_words(cast: None) -> None:
    put_home()
    before = configuration_document(None)
    home = Form.objects.get(unique_id="home")
    Field.objects.filter(name="home_notes").update(retired_at=AT)
    Field.objects.create(
        form=home, name="pets", type="text_field", order=9, display_name={"en": "Pets", "fr": "Animaux"}
    )
    low = Lookup.objects.get(unique_id="lookup-risk")
    low.values = [low.values[2], {**low.values[1], "display_text": {"en": "Middling"}}]
    low.save()
    Role.objects.filter(unique_id="role-worker").update(permissions={"case": ["read", "assign"]}, name="Worker")
    FormGrant.objects.filter(role__unique_id="role-supervisor", form__unique_id="sensitive").update(access="rw")
    found = changes_between(before, configuration_document(None))
    english = [told(change, "en") for change in found]
    assert "The question “Pets” was added to the form “Home”." in english
    assert "The question “Home Notes” was removed from the form “Home”." in english
    assert "The option “low” was removed from the list “lookup-risk”." in english
    assert "The options of the list “lookup-risk” stand in another order." in english
    assert (
        "The option “Middling” in the list “lookup-risk”: wording (en) is now “Middling” (before: “medium”)." in english
    )
    assert "The role “Worker”: name is now “Worker” (before: “role-worker”)." in english
    assert any(
        line.startswith("The role “Worker” has other permissions on case: now assign; no longer ") for line in english
    )
    assert (
        "What the role “role-supervisor” may do with the form “Sensitive” was changed: “rw” (before: “r”)." in english
    )
    french = [told(change, "fr") for change in found]
    assert "La question «\u202fAnimaux\u202f» a été ajoutée au formulaire «\u202fHome\u202f»." in french
    arabic = [told(change, "ar") for change in found]
    assert "أُزيل السؤال «Home Notes» من النموذج «البيت»." in arabic
