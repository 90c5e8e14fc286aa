"""Problems, impact, going back, bundles: the configuration as a whole over HTTP."""

from __future__ import annotations

import copy
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.accounts.models import Role
from cpims.configuration.actions import apply_document
from cpims.configuration.formats.canonical import written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.forms.models import Field, Form, FormGrant
from cpims.records.models import Quarantine, Record
from cpims.sync.actions.delivering import deliver_items
from cpims.sync.rules import Clock
from tests.api.client import Caller
from tests.api.test_configuration_versions import OURS, THEIRS, ida
from tests.cast import AT, register, viewer

__all__ = ["ida"]


def document() -> dict[str, Any]:
    return copy.deepcopy(dict(configuration_document(None)))


def without(name: str) -> dict[str, Any]:
    said = document()
    said["forms"]["home"]["fields"] = [f for f in said["forms"]["home"]["fields"] if f["name"] != name]
    return said


def test_a_mistake_is_taken_back(ida: Caller) -> None:
    ida.post(f"{OURS}/versions", {"reason": "As it began"})
    Field.objects.filter(name="home_notes").update(display_name={"en": "Notse"})
    ida.post(f"{OURS}/versions", {"reason": "New words"})
    back = ida.post(f"{OURS}/versions/1/rollback", {"reason": "A mistake"})
    assert (back.status, back.data["changed"]) == (200, True)
    assert (back.data["version"]["number"], back.data["version"]["cause"]) == (3, "rollback")
    one, three = (ida.get(f"{OURS}/versions/{n}/document").raw for n in (1, 3))
    assert one == three == written(configuration_document(None))
    again = ida.post(f"{OURS}/versions/1/rollback", {"reason": "Again"})
    assert again.status == 200 and not again.data["changed"] and again.data["version"] is None
    assert ida.post(f"{OURS}/versions/9/rollback", {"reason": "None"}).status == 404
    assert ida.post(f"{OURS}/versions/1/rollback", {"reason": " "}).codes == ["configuration.reason_required"]


def test_what_is_wrong_keeps_it_from_being_published_and_what_is_weak_does_not(ida: Caller) -> None:
    sound = ida.get(f"{OURS}/problems?locale=en")
    assert sound.json["metadata"]["errors"] == 0 and sound.json["metadata"]["warnings"] > 0
    assert all(one["warning"] and one["sentence"] and one["way_out"] for one in sound.data)
    notes = Field.objects.get(name="home_notes")
    notes.attributes = {**notes.attributes, "display_conditions_record": {"eq": {"no_such_question": "yes"}}}
    notes.save()
    found = ida.get(f"{OURS}/problems?locale=en")
    assert found.json["metadata"]["errors"] == 1
    error = found.data[0]
    assert (error["code"], error["kind"], error["thing"]["id"], error["within"]["name"]) == (
        "pack.unknown_field", "field", "home_notes", "Home",
    )  # fmt: skip
    assert error["sentence"] == "There is no field no_such_question." and error["way_out"].startswith(
        "Add what is named"
    )
    refused = ida.post(f"{OURS}/versions", {"reason": "With a mistake"})
    assert (refused.status, refused.codes) == (422, ["pack.unknown_field"])
    assert ConfigurationVersion.objects.count() == 0
    said = document()
    said["forms"]["home"]["fields"][0]["option_strings_source"] = "lookup lookup-none"
    codes = {one["code"] for one in ida.post(f"{OURS}/problems", {"document": said}).data if not one["warning"]}
    assert {"pack.unknown_lookup", "field.lookup_unknown"} <= codes
    assert ida.post(f"{OURS}/problems", {"document": {"format": "cpims-configuration/1"}}).status == 422


def test_what_a_change_touches_is_counted_and_tells_of_no_child(ida: Caller) -> None:
    for answer in ("evening", "evening", "always"):
        noor = register(name_first="Noor", sex="female")
        rows = [{"unique_id": str(noor.pk), "visit_minutes": 10}] if answer == "always" else []
        Record.objects.filter(pk=noor.pk).update(data={**noor.data, "safe_to_call": answer, "visits": rows})
    said = document()
    home = said["forms"]["home"]["fields"]
    options = next(f for f in home if f["name"] == "safe_to_call")["option_strings_text"]
    options[:] = [one for one in options if one["id"] != "evening"]
    rows_form = said["forms"]["visit_rows"]
    rows_form["fields"] = [f for f in rows_form["fields"] if f["name"] != "visit_minutes"]
    said["grants"]["role-supervisor"].pop("sensitive")
    found = ida.post(f"{OURS}/impact?locale=en", {"document": said})
    assert found.status == 200
    counts = {(one["kind"], one["counted"]): (one["count"], one["exact"]) for one in found.data}
    assert counts == {
        ("option_removed", "records"): (2, True), ("field_removed", "records"): (1, True),
        ("grant_changed", "people"): (1, True),
    }  # fmt: skip
    assert b"Noor" not in found.raw and all("{" not in one["sentence"] for one in found.data)
    assert any(one["sentence"].endswith("Records concerned: 2.") for one in found.data)
    for locale in ("fr", "es", "ar"):
        told = ida.post(f"{OURS}/impact?locale={locale}", {"document": said}).data
        assert all("{" not in one["sentence"] and "configuration." not in one["sentence"] for one in told)
    assert ida.get(f"{OURS}/impact").data == []
    with CaptureQueriesContext(connection) as one:
        ida.post(f"{OURS}/impact", {"document": said})
    register(name_first="Noor")
    with CaptureQueriesContext(connection) as more:
        ida.post(f"{OURS}/impact", {"document": said})
    assert len(one) == len(more)


def test_our_own_bundle_goes_out_and_comes_back_and_changes_nothing(ida: Caller) -> None:
    bundle = ida.get(f"{OURS}/bundle").data
    home = next(form for form in bundle["FormSection"] if form["unique_id"] == "home")
    assert home["name_i18n"] == {"en": "Home", "ar": "البيت"}
    assert [f["name"] for f in home["fields_attributes"]] == ["safe_to_call", "visits", "home_notes"]
    assert home["fields_attributes"][0]["option_strings_text_i18n"][0]["display_text"] == {"en": "Always"}
    role = next(role for role in bundle["Role"] if role["unique_id"] == "role-worker")
    assert role["form_section_read_write"] and "users" not in bundle
    before = written(configuration_document(None))
    kept = ida.post(THEIRS, {"data": {"name": "Ours", "data": bundle}})
    assert kept.status == 200 and kept.data["applied_on"] is None and kept.data["can_apply"]
    version = ConfigurationVersion.objects.get()
    assert (version.cause, version.configuration) == ("bundle", -1)
    assert ida.get(f"{OURS}/versions/1/document").raw == before
    assert ida.get(f"{OURS}/current").data["newest"] is None
    used = ida.send("PATCH", f"{THEIRS}/{kept.data['id']}", {"data": {"apply_now": True}})
    assert used.status == 200 and written(configuration_document(None)) == before
    assert ConfigurationVersion.objects.count() == 1


def test_a_bundle_of_primeros_is_kept_and_then_applied(ida: Caller) -> None:
    whole = ida.get(f"{OURS}/bundle").data
    bundle = {key: whole[key] for key in ("FormSection", "Lookup", "Agency", "Role", "Report")}
    bundle["UserGroup"] = whole["UserGroup"][:1]
    bundle["ContactInformation"] = [{"name": "Help desk", "created_at": "2024-01-01"}]
    bundle["FormSection"] = [form for form in bundle["FormSection"] if form["unique_id"] != "sensitive"]
    home = next(form for form in bundle["FormSection"] if form["unique_id"] == "home")
    home["created_at"], home["name_i18n"] = "2024-01-01", {"en": "Household", "ar": "", "fr": None}
    before = written(configuration_document(None))
    kept = ida.post(THEIRS, {"data": {"name": "Theirs", "primero_version": "2.0", "data": bundle}})
    assert kept.status == 200 and written(configuration_document(None)) == before
    one = f"{THEIRS}/{kept.data['id']}"
    assert ida.send("PATCH", one, {"data": {"promote": True}}).codes == ["configuration.promote_not_paired"]
    used = ida.send("PATCH", one, {"data": {"apply_now": True}})
    assert used.status == 200, used.json
    assert used.data["applied_by"] == "ida" and used.data["applied_on"]
    assert Form.objects.get(unique_id="home").name == {"en": "Household"}
    assert Form.objects.get(unique_id="sensitive").retired_at is not None
    said = configuration_document(None)
    assert said["contact_information"] == {"name": "Help desk"} and set(said["user_groups"]) == {
        "usergroup-north", "usergroup-south",
    }  # fmt: skip
    assert ida.get(f"{OURS}/current").data["newest"]["cause"] == "bundle"
    assert ida.get(THEIRS).status == 200


def test_what_is_no_bundle_is_refused(ida: Caller) -> None:
    whole = ida.get(f"{OURS}/bundle").data
    wrong: list[Any] = [
        [],
        {},
        {**{k: v for k, v in whole.items() if k != "Cpims"}, "Lookup": []},
        {**whole, "Role": [{"name": "no id"}]},
        {**whole, "Agency": [whole["Agency"][0], whole["Agency"][0]]},
        {**whole, "FormSection": [{"unique_id": "x", "fields_attributes": [{"type": "text_field"}]}]},
    ]
    for broken in wrong:
        refused = ida.post(THEIRS, {"data": {"name": "Sent", "data": broken}})
        assert refused.status == 422 and "errors.models.configuration.data" in str(refused.json["errors"]), broken
    assert ConfigurationVersion.objects.count() == 0


def test_work_that_was_written_before_still_arrives(ida: Caller) -> None:
    worker = Role.objects.get(unique_id="role-worker")
    FormGrant.objects.create(form=Form.objects.get(unique_id="home"), role=worker, access="rw")
    noor = register(name_first="Noor")
    assert ida.post(f"{OURS}/versions", {"reason": "As it began"}).status == 200
    said = without("home_notes")
    entry = next(f for f in said["forms"]["home"]["fields"] if f["name"] == "safe_to_call")
    entry["option_strings_text"] = [one for one in entry["option_strings_text"] if one["id"] != "evening"]
    said["forms"]["home"]["fields"].append(
        {"name": "pets", "type": "text_field", "order": 9, "visible": True, "disabled": False,
         "display_name": {"en": "Pets"}}
    )  # fmt: skip
    apply_document(document=said, actor=None, at=AT, cause="promotion", reason="Agreed")
    amina = viewer("amina")
    done = deliver_items(
        items=[
            {
                "id": "3b4a7c7e-0000-4000-8000-00000000000a",
                "action": "amend_case",
                "at": "2026-03-02T09:30:00+00:00",
                "arguments": {
                    "case_id": str(noor.pk),
                    "values": {"home_notes": "Two rooms", "safe_to_call": "evening", "name_nickname": "Nur"},
                },
                "base": {"revision": noor.revision, "values": {"home_notes": None, "safe_to_call": None}},
            }
        ],
        clock=Clock(None),
        actor=amina,
        at=AT,
    )
    assert [(one.outcome, one.refusal and getattr(one.refusal, "problems", one.refusal)) for one in done] == [
        ("accepted", None)
    ]
    noor.refresh_from_db()
    assert noor.data["safe_to_call"] == "evening" and noor.data["name_nickname"] == "Nur"
    assert "home_notes" not in noor.data and Quarantine.objects.get().record_id == noor.pk
