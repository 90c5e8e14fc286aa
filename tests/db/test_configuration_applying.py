"""The instance becomes as a document says: exactly, in one piece, with every answer kept, and nobody locked out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role, Session, User, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.configuration.actions import Applied, apply_document, publish_version, roll_back
from cpims.configuration.formats.canonical import hash_of, written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.versions import content_of
from cpims.configuration.rules.applying import (
    DocumentNotHeld,
    DocumentRefused,
    ModuleInUse,
    NobodyLeft,
    RoleInUse,
)
from cpims.configuration.rules.versions import PublicationInvalid, VersionNotFound
from cpims.forms.models import Field, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, register
from tests.db.test_configuration_document import CONFIGURED, OTHERS, columns, emptied, load, other, put_everything
from tests.db.test_configuration_versions import steward

LATER = datetime(2026, 5, 6, 7, tzinfo=UTC)
#: Changes that are not taken back: answers rest on what stands, and people hold the role.
STAYS = {("Form", "parent_form"), ("Field", "type"), ("Role", "unique_id")}


def document() -> dict[str, Any]:
    """What is configured now, to be changed at will."""
    return copy.deepcopy(dict(configuration_document(None)))


def hashed(said: Any) -> str:
    return hash_of(written(said))


def applied(said: Any, **more: Any) -> Applied:
    return apply_document(
        **{"document": said, "actor": None, "at": LATER, "cause": "promotion", "reason": "Agreed", **more}
    )


def happened() -> list[tuple[str, str]]:
    return list(ChangeEntry.objects.order_by("id").values_list("event", "subject"))


@pytest.fixture
def stage(cast: None) -> Iterator[None]:
    """The cast, one of everything, and somebody who looks after the configuration."""
    put_everything()
    steward("esther")
    yield


@pytest.mark.parametrize("model", CONFIGURED, ids=lambda model: model.__name__)
def test_any_change_of_any_column_is_taken_back_and_made_again(stage: None, model: Any) -> None:
    before = document()
    row = model._default_manager.order_by("pk").last() if model.__name__ == "CodeOfConduct" else model.objects.first()
    tried = 0
    for field in columns(model):
        point = transaction.savepoint()
        value = other(getattr(row, field.name), field)
        if field.name == "hierarchy" or (model is Lookup and field.name == "values"):
            continue
        if field.name in ("attributes", "options", "permissions", "data", "field_map", "creation_field_map"):
            continue  # what may stand in there is tried by name below
        model._default_manager.filter(pk=row.pk).update(**{field.name: value})
        after = document()
        if (model.__name__, field.name) in STAYS:
            with pytest.raises((DocumentRefused, RoleInUse)):
                applied(before)
        else:
            try:
                applied(before)
            except (DocumentRefused, DocumentNotHeld) as refusal:
                raise AssertionError((field.name, refusal.problems)) from refusal
            assert hashed(configuration_document(None)) == hashed(before), field.name
            if field.name not in ("group_permission", "referral_authorization", "reporting_location_level"):
                applied_or_refused(after)
        transaction.savepoint_rollback(point)
        tried += 1
    assert tried or model is FormGrant


def applied_or_refused(said: Any) -> None:
    """Either it holds to the byte, or it was refused with reasons and nothing was changed."""
    before = hashed(configuration_document(None))
    try:
        applied(said)
    except (DocumentRefused, DocumentNotHeld) as refusal:
        assert refusal.problems
        assert hashed(configuration_document(None)) == before
    else:
        assert hashed(configuration_document(None)) == hashed(said)


@pytest.mark.parametrize("what", OTHERS)
def test_other_kinds_of_change_too(stage: None, what: str) -> None:
    before = document()
    OTHERS[what]()
    after = document()
    assert hashed(after) != hashed(before)
    assert applied(before).changed
    assert hashed(configuration_document(None)) == hashed(before)
    applied_or_refused(after)


def test_an_empty_instance_becomes_as_the_document_says(db: None) -> None:
    load("cpims", "demo")
    said = document()
    User.objects.all().delete()
    emptied()
    outcome = applied(said)
    assert outcome.changed and outcome.after == hashed(said) == hashed(configuration_document(None))
    assert outcome.version is not None and (outcome.version.cause, outcome.version.reason) == ("promotion", "Agreed")
    assert hash_of(content_of(outcome.version)) == outcome.after


def test_the_same_document_twice_changes_nothing(stage: None) -> None:
    before = document()
    OTHERS["a question put away"]()
    applied(before)
    number, told, epochs = (
        Instance.objects.get().configuration,
        happened(),
        list(User.objects.values_list("access_epoch")),
    )
    again = applied(before)
    assert not again.changed and again.version is None
    assert Instance.objects.get().configuration == number and happened() == told
    assert list(User.objects.values_list("access_epoch")) == epochs


def test_what_is_put_away_comes_back_with_its_answers(stage: None) -> None:
    noor = register(name_first="Noor")
    Record.objects.filter(pk=noor.pk).update(data={**noor.data, "safe_to_call": "evening"})
    before = document()
    without = document()
    without["forms"]["home"]["fields"] = [f for f in without["forms"]["home"]["fields"] if f["name"] != "safe_to_call"]
    applied(without)
    noor.refresh_from_db()
    assert noor.data["safe_to_call"] == "evening"
    assert Field.objects.get(name="safe_to_call").retired_at == LATER
    applied(before)
    assert Field.objects.get(name="safe_to_call").retired_at is None
    other_kind = document()
    entry = next(f for f in other_kind["forms"]["home"]["fields"] if f["name"] == "safe_to_call")
    entry["type"] = "text_field"
    entry.pop("option_strings_text")
    with pytest.raises(DocumentRefused) as refused:
        applied(other_kind)
    assert "configuration.type_changed" in {problem.code for problem in refused.value.problems}
    applied(without)
    with pytest.raises(DocumentRefused):
        applied(other_kind)
    assert hashed(configuration_document(None)) == hashed(without)


def test_an_option_that_goes_keeps_its_words_for_who_chose_it(stage: None) -> None:
    before, without = document(), document()
    without["lookups"]["lookup-risk"]["values"] = without["lookups"]["lookup-risk"]["values"][:2]
    entry = next(f for f in without["forms"]["home"]["fields"] if f["name"] == "safe_to_call")
    entry["option_strings_text"] = entry["option_strings_text"][1:]
    applied(without)
    kept = Lookup.objects.get(unique_id="lookup-risk").values[-1]
    assert (kept["id"], kept["disabled"]) == ("high", True) and kept["display_text"]["en"] == "high"
    asked = Field.objects.get(name="safe_to_call").attributes["option_strings_text"]
    assert [(one["id"], bool(one.get("disabled"))) for one in asked] == [
        ("evening", False), ("never", False), ("always", True),
    ]  # fmt: skip
    applied(before)
    assert hashed(configuration_document(None)) == hashed(before)
    assert not Lookup.objects.get(unique_id="lookup-risk").values[-1].get("disabled")


def test_nobody_is_signed_out_and_only_whom_it_concerns_is_looked_at_anew(stage: None) -> None:
    Session.objects.create(digest=b"1", user=User.objects.get(user_name="amina"))
    epochs = dict(User.objects.values_list("user_name", "access_epoch"))
    said = document()
    said["roles"]["role-supervisor"]["name"] = "Lead"
    said["grants"]["role-group-worker"].pop("notes")
    said["lookups"]["lookup-risk"]["name"]["en"] = "Danger"
    said["user_groups"]["usergroup-south"]["description"] = "Down the river"
    applied(said)
    raised = {name for name, epoch in User.objects.values_list("user_name", "access_epoch") if epoch > epochs[name]}
    assert raised == {"chantal", "bilal", "dawit"}
    assert Session.objects.count() == 1


def test_a_role_that_somebody_holds_does_not_go(stage: None) -> None:
    said, before = document(), document()
    del said["roles"]["role-worker"], said["grants"]["role-worker"]
    with pytest.raises(RoleInUse) as refused:
        applied(said)
    assert refused.value.params == {"roles": ["role-worker"], "holders": 2}
    assert hashed(configuration_document(None)) == hashed(before) and not ConfigurationVersion.objects.exists()
    User.objects.filter(role__unique_id="role-worker").update(role=Role.objects.get(unique_id="role-supervisor"))
    assert applied(said).changed
    role = Role.objects.get(unique_id="role-worker")
    assert role.disabled and role.retired_at == LATER
    assert applied(before).changed and not Role.objects.get(unique_id="role-worker").disabled


def test_a_part_of_the_work_with_records_does_not_go(stage: None) -> None:
    said = document()
    said["modules"]["primeromodule-gbv"] = {**said["modules"][MODULE], "name": "GBV"}
    assert applied(said).changed and Module.objects.count() == 2
    register(name_first="Noor")
    without = document()
    del without["modules"][MODULE]
    for part in ("forms", "roles"):
        for one in without[part].values():
            for key in ("module_ids", "module_unique_ids"):
                if key in one:
                    one[key] = ["primeromodule-gbv"]
    with pytest.raises(ModuleInUse) as refused:
        applied(without)
    assert refused.value.params == {"modules": [MODULE], "records": 1}
    back = document()
    del back["modules"]["primeromodule-gbv"]
    assert applied(back).changed and Module.objects.count() == 1


def test_somebody_is_left_who_can_mend_it(stage: None) -> None:
    said, before, told = document(), document(), happened()
    said["roles"]["role-administrator"]["permissions"].pop("primero_configuration")
    with pytest.raises(NobodyLeft) as refused:
        applied(said)
    assert refused.value.params == {"rights": ["primero_configuration"]}
    assert hashed(configuration_document(None)) == hashed(before) and happened() == told


def test_two_things_may_change_their_names_and_what_was_put_away_gives_its_name_up(stage: None) -> None:
    said = document()
    one, two = said["user_groups"]["usergroup-north"], said["user_groups"]["usergroup-south"]
    one["name"], two["name"] = two["name"], one["name"]
    said["agencies"]["agency-a"]["agency_code"], said["agencies"]["agency-b"]["agency_code"] = "B", "A"
    assert applied(said).after == hashed(configuration_document(None))
    gone = document()
    del gone["user_groups"]["usergroup-south"]
    applied(gone)
    gone["user_groups"]["usergroup-new"] = {**two}
    assert applied(gone).after == hashed(configuration_document(None))
    assert UserGroup.objects.get(unique_id="usergroup-south").name == f"{two['name']} (usergroup-south)"
    assert UserGroup.objects.get(unique_id="usergroup-south").disabled


def test_what_is_not_written_as_documents_are_is_refused_whole(stage: None) -> None:
    said, before, told = document(), document(), happened()
    number = Instance.objects.get().configuration
    said["lookups"]["lookup-risk"]["name"] = {"en": "Danger", "fr": ""}
    with pytest.raises(DocumentNotHeld) as refused:
        applied(said)
    assert refused.value.problems
    assert hashed(configuration_document(None)) == hashed(before) and happened() == told
    assert Instance.objects.get().configuration == number


def test_rolling_back_restores_the_bytes(stage: None) -> None:
    esther = current_viewer("esther")
    first = publish_version(reason="As it began", actor=esther, at=AT)
    said = document()
    said["forms"]["home"]["fields"] = said["forms"]["home"]["fields"][1:]
    said["lookups"]["lookup-risk"]["name"]["en"] = "Danger"
    applied(said, actor=esther)
    outcome = roll_back(number=first.number, reason=" A mistake ", actor=esther, at=LATER)
    assert outcome.version is not None and outcome.version.number == 3
    assert (outcome.version.cause, outcome.version.reason, outcome.version.by) == ("rollback", "A mistake", "esther")
    assert content_of(outcome.version) == content_of(first) and outcome.after == first.document_id
    assert not roll_back(number=1, reason="Again", actor=esther, at=LATER).changed
    assert ConfigurationVersion.objects.count() == 3
    with pytest.raises(VersionNotFound):
        roll_back(number=9, reason="Nothing there", actor=esther, at=LATER)
    with pytest.raises(PublicationInvalid):
        roll_back(number=1, reason=" ", actor=esther, at=LATER)
    for name in ("amina", "chantal", "farid"):
        with pytest.raises(Forbidden):
            roll_back(number=1, reason="Mine", actor=current_viewer(name), at=LATER)
        with pytest.raises(Forbidden):
            applied(said, actor=current_viewer(name))


def test_the_number_of_statements_does_not_grow(stage: None) -> None:
    def counted(many: int) -> int:
        said = document()
        for n in range(many):
            said["lookups"][f"lookup-{many}-{n}"] = copy.deepcopy(said["lookups"]["lookup-risk"])
            said["locations"][f"K{many}x{n}"] = {"placename": {"en": f"K{n}"}, "parent": "KA", "disabled": False}
            said["agencies"][f"agency-{many}-{n}"] = said["agencies"]["agency-a"] | {"agency_code": f"{many}-{n}"}
            group = said["user_groups"]["usergroup-south"] | {
                "name": f"G {many} {n}",
                "agency_unique_ids": ["agency-a"],
            }
            said["user_groups"][f"group-{many}-{n}"] = group
            said["roles"][f"role-{many}-{n}"] = said["roles"]["role-worker"] | {"name": f"R {many} {n}"}
            said["grants"][f"role-{many}-{n}"] = {"home": "rw"}
            form = copy.deepcopy(said["forms"]["notes"]) | {"order": 200 + n}
            form["fields"] = [
                {"name": f"extra_{many}_{n}", "type": "text_field", "order": 0, "visible": True, "disabled": False,
                 "display_name": {"en": "Extra"}}
            ]  # fmt: skip
            said["forms"][f"form_{many}_{n}"] = form
        with CaptureQueriesContext(connection) as captured:
            assert applied(said).changed
        return len(captured)

    counted(1)
    assert counted(2) == counted(5)


def test_twenty_thousand_places_become_others_in_seconds(stage: None) -> None:
    said = document()
    for n in range(20_000):
        said["locations"][f"P{n:05}"] = {
            "placename": {"en": f"Place {n}"},
            "parent": "KA01",
            "type": "village",
            "disabled": False,
        }
    with CaptureQueriesContext(connection) as first:
        applied(said)
    before = document()
    said = document()
    del said["locations"]["P00003"]
    for n in range(10, 20_000):
        said["locations"][f"P{n:05}"]["placename"]["en"] = f"Hamlet {n}"
    with CaptureQueriesContext(connection) as second:
        applied(said)
    assert len(first) < 100 and len(second) < 100
    gone = Location.objects.get(code="P00003")
    assert gone.disabled and gone.retired_at == LATER
    applied(before)
    assert not Location.objects.get(code="P00003").disabled and hashed(configuration_document(None)) == hashed(before)
