"""Loading the standard pack: everything arrives, twice is once, and a broken pack changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import BrokenPack, Item, Pack, read_folder, read_pack
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.catalogue import served_forms
from cpims.forms.queries.viewers import current_viewer
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at

PACKS = Path(__file__).resolve().parents[2] / "packs"
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("db")


def standard() -> Pack:
    return read_pack(read_folder(PACKS / "cpims"))


def test_everything_of_the_pack_arrives() -> None:
    loaded = load_pack(pack=standard(), actor=None, at=AT)
    forms = standard().forms
    assert loaded.changed and loaded.counts["forms"] == len(forms) > 30
    assert Form.objects.count() == len(forms)
    assert Form.objects.filter(is_nested=True).count() == sum(bool(form.data.get("is_nested")) for form in forms)
    assert Lookup.objects.count() == loaded.counts["lookups"]
    assert Module.objects.get().options["workflow_status_indicator"] is True
    assert Instance.objects.get().data["primary_age_range"] == "primero"
    served = {form["unique_id"]: form for form in served_forms(loaded.after, ("en", "fr", "es", "ar"))}
    identity = served["basic_identity"]
    fields = {field["name"]: field for field in identity["fields"]}
    assert [f["name"] for f in identity["fields"]][:3] == ["case_id", "short_id", "case_id_display"]
    assert identity["is_first_tab"] and identity["core_form"] and identity["name"]["ar"] == "الطفل"
    assert identity["name"]["fr"] == "L’enfant" and fields["sex"]["display_name"]["es"] == "Sexo"
    assert fields["name_first"]["required"] and fields["name_first"]["hide_on_view_page"]
    assert fields["date_of_birth"]["date_validation"] == "not_future_date"
    assert fields["sex"]["option_strings_source"] == "lookup lookup-gender"
    assert fields["preferred_contact_method"]["display_conditions_record"] == {"eq": {"safe_to_contact": "yes"}}
    assert fields["telephone_current"]["phone_number"] is True
    rows = served["services"]["fields"][0]
    assert rows["subform_section_id"] == served["services_section"]["id"]
    assert served["services_section"]["collapsed_field_names"] == [
        "service_type", "service_appointment_date", "service_implemented",
    ]  # fmt: skip
    assert served["notes_section"]["subform_append_only"] is True
    plan = {field["name"]: field for field in served["cp_case_plan"]["fields"]}
    rows = "cp_case_plan_subform_case_plan_interventions"
    assert plan[rows]["subform_section_id"] == served[rows]["id"]
    assert plan["case_plan_child_signature"]["type"] == "signature"
    assert settings_at(loaded.after).locales == ("en", "fr", "es", "ar")


def test_loading_twice_changes_nothing() -> None:
    first = load_pack(pack=standard(), actor=None, at=AT)
    ids = dict(Field.objects.values_list("id", "updated_at"))
    entries = ChangeEntry.objects.count()
    second = load_pack(pack=standard(), actor=None, at=LATER)
    assert not second.changed and second.after == first.after
    assert dict(Field.objects.values_list("id", "updated_at")) == ids
    assert ChangeEntry.objects.count() == entries + 1
    assert list(ChangeEntry.objects.order_by("id").values_list("event", "subject"))[-1] == ("pack.loaded", "pack:cpims")


def test_a_changed_pack_changes_what_it_names_and_retires_what_it_leaves_out() -> None:
    pack = standard()
    load_pack(pack=pack, actor=None, at=AT)
    forms = []
    for item in pack.forms:
        data = dict(item.data)
        if data["unique_id"] == "basic_identity":
            data["fields"] = [field for field in data["fields"] if field["name"] != "landmark_current"]
        forms.append(Item(item.place, data))
    assert load_pack(pack=replace(pack, forms=tuple(forms)), actor=None, at=LATER).changed
    field = Field.objects.get(name="landmark_current")
    assert field.retired_at is not None
    left = Field.objects.filter(form__unique_id="basic_identity", retired_at__isnull=True).count()
    assert left == next(len(f.data["fields"]) for f in forms if f.data["unique_id"] == "basic_identity")


def test_roles_may_fill_what_the_pack_says() -> None:
    load_pack(pack=standard(), actor=None, at=AT)
    grants = {
        (role, form): access
        for role, form, access in FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access")
    }
    assert grants["role-cp-case-worker", "basic_identity"] == "rw"
    assert grants["role-cp-case-worker", "record_owner"] == "r"
    assert grants["role-cp-manager", "basic_identity"] == "r"
    assert not [1 for role, _ in grants if role == "role-cp-administrator"]
    administrator = Role.objects.get(unique_id="role-cp-administrator")
    assert administrator.group_permission == "admin_only" and "case" not in administrator.permissions


def test_a_broken_pack_changes_nothing_and_names_every_problem() -> None:
    pack = standard()
    role = Item("roles/x.yaml#", {**pack.roles[0].data, "permissions": {"case": ["fly"]}})
    form = Item("forms/x.yaml#", {**pack.forms[-1].data, "module_ids": ["primeromodule-none"]})
    broken = replace(pack, roles=(role,), forms=(*pack.forms[:-1], form))
    with pytest.raises(BrokenPack) as refused:
        load_pack(pack=broken, actor=None, at=AT)
    assert {(p.pointer, p.code) for p in refused.value.problems} == {
        ("roles/x.yaml#/permissions/case", "pack.unknown_action"),
        ("forms/x.yaml#/module_ids", "pack.unknown_module"),
    }
    assert (Form.objects.count(), Lookup.objects.count(), Role.objects.count(), ChangeEntry.objects.count()) == (
        0,
        0,
        0,
        0,
    )
    assert Instance.objects.get().configuration == 0


def test_the_demo_pack_needs_the_standard_pack() -> None:
    demo = read_pack(read_folder(PACKS / "demo"))
    with pytest.raises(BrokenPack) as refused:
        load_pack(pack=demo, actor=None, at=AT)
    assert "pack.requires" in {p.code for p in refused.value.problems}
    load_pack(pack=standard(), actor=None, at=AT)
    assert load_pack(pack=demo, actor=None, at=AT).counts == {
        "locations": 40, "agencies": 6, "user_groups": 8, "users": 49,
    }  # fmt: skip


def test_a_case_worker_may_not_load_a_pack_and_an_administrator_may() -> None:
    load_pack(pack=standard(), actor=None, at=AT)
    load_pack(pack=read_pack(read_folder(PACKS / "demo")), actor=None, at=AT)
    for name in ("amina", "chantal"):
        with pytest.raises(Forbidden):
            load_pack(pack=standard(), actor=current_viewer(name), at=LATER)
    assert not load_pack(pack=standard(), actor=current_viewer("esther"), at=LATER).changed


def test_the_command_loads_a_folder_and_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=str(tmp_path / "none")):
        call_command("load_pack", str(tmp_path / "none"))
    (tmp_path / "pack.yaml").write_text("name: x\n")
    (tmp_path / "module.yaml").write_text("unique_id: [\n")
    with pytest.raises(CommandError) as refused:
        call_command("load_pack", str(tmp_path))
    assert "module.yaml" in str(refused.value) and "pack.yaml" in str(refused.value)
    call_command("load_pack", str(PACKS / "cpims"))
    assert str(len(standard().forms)) in capsys.readouterr().out
    assert Form.objects.count() == len(standard().forms)
