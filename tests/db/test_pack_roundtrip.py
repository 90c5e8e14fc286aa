"""A configuration that is written down, loaded elsewhere and written down again: the same bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import read_folder, read_pack, survey_pack
from cpims.configuration.queries import configuration_files
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.catalogue import served_forms_bytes
from cpims.forms.queries.privacy import privacy_classes
from cpims.forms.queries.viewers import current_viewer
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.settings.models import Instance

PACKS = Path(__file__).resolve().parents[2] / "packs"
FURTHER = ("cpims-alternative-care", "cpims-best-interests", "cpims-caafag", "cpims-child-functioning")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("db")


def load(*names: str) -> None:
    for name in names:
        load_pack(pack=read_pack(read_folder(PACKS / name)), actor=None, at=AT)


def written() -> dict[str, bytes]:
    return configuration_files(None, name="exported", version="1.0.0")


def emptied() -> None:
    """Everything that a pack brings is taken out, as if the instance were new."""
    User.objects.all().delete()
    FormGrant.objects.all().delete()
    Field.objects.all().delete()
    for model in (Form, Lookup, Role, Module, Location, UserGroup, Agency):
        model.objects.all().delete()
    Instance.objects.update(data={}, configuration=0)


def loaded_again(files: dict[str, bytes]) -> dict[str, bytes]:
    """What an empty instance writes after it has loaded these files."""
    with transaction.atomic():
        emptied()
        pack, problems = survey_pack(files)
        assert problems == []
        load_pack(pack=pack, actor=None, at=LATER)
        again = written()
        transaction.set_rollback(True)
    return again


def test_all_packs_together_come_back_byte_for_byte() -> None:
    load("cpims", *FURTHER, "demo")
    files = written()
    assert {"pack.yaml", "settings.yaml", "agencies.yaml", "locations.yaml", "user_groups.yaml"} <= set(files)
    assert {"forms/basic_identity.yaml", "forms/caafag_profile.yaml", "roles/role-superuser.yaml"} <= set(files)
    again = loaded_again(files)
    assert set(again) == set(files)
    for name, content in files.items():
        assert again[name] == content, name


def test_what_was_loaded_is_what_was_configured() -> None:
    load("cpims")
    before = {
        (form, name): (kind, visible, disabled, label, attributes)
        for form, name, kind, visible, disabled, label, attributes in Field.objects.values_list(
            "form__unique_id", "name", "type", "visible", "disabled", "display_name", "attributes"
        )
    }
    grants = set(FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access"))
    settings = Instance.objects.get().data
    files = written()
    emptied()
    load_pack(pack=read_pack(files), actor=None, at=LATER)
    after = {
        (form, name): (kind, visible, disabled, label, attributes)
        for form, name, kind, visible, disabled, label, attributes in Field.objects.values_list(
            "form__unique_id", "name", "type", "visible", "disabled", "display_name", "attributes"
        )
    }
    assert after == before and len(after) > 200
    assert set(FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access")) == grants
    assert Instance.objects.get().data == settings


def edited(unique_id: str, **attributes: Any) -> None:
    form = Form.objects.get(unique_id=unique_id)
    form.attributes = {**form.attributes, **attributes}
    form.save()


def test_odd_things_come_back_too() -> None:
    """Rows shared by two forms, rows in rows, half translated words, texts that look like numbers, what is put away."""
    load("cpims", "demo")
    identity = Form.objects.get(unique_id="basic_identity")
    family = Form.objects.get(unique_id="family_details_section")
    Field.objects.create(
        form=identity, name="shared_rows", type="subform", order=500, display_name={"en": "Shared"}, subform=family
    )
    inner = Form.objects.create(
        unique_id="inner", parent_form="case", name={"en": "Inner"}, is_nested=True, visible=False,
        module_ids=["primeromodule-cp"], attributes={"subform_append_only": True},
    )  # fmt: skip
    Field.objects.create(form=inner, name="note", type="text_field", display_name={"en": "A", "sw": "B"}, order=7)
    Field.objects.create(form=family, name="deep", type="subform", display_name={"en": "Deep"}, subform=inner, order=90)
    Field.objects.create(
        form=identity, name="odd", type="tally_field", order=501, display_name={"en": "Odd: - 'quoted' \"\\ ", "ar": ""},
        attributes={
            "tally": [{"id": "1.50", "display_text": {"en": "no"}}, {"id": "on", "display_text": {"en": "1e3"}}],
            "autosum_total": False, "autosum_group": "elsewhere", "privacy": "none", "field_tags": ["~", "2026-01-02"],
            "selected_value": "first\nsecond\u2028third ", "mobile_visible": False, "date_validation": "",
        },
    )  # fmt: skip
    Lookup.objects.create(
        unique_id="lookup-odd", name={"en": "Odd # list"}, locked=True,
        values=[{"id": "null", "display_text": {"en": "é😀"}, "tags": ["b", "a"]},
                {"id": "old", "display_text": {"en": "Old"}, "disabled": True}],
    )  # fmt: skip
    Lookup.objects.create(unique_id="lookup-gone", name={"en": "Gone"}, values=[], retired_at=AT)
    Location.objects.filter(code="KL0106").update(disabled=True, type="place")
    instance = Instance.objects.get()
    instance.data = {**instance.data, "system_options": {"ratio": 1.5, "whole": -3, "text": "1.5", "off": None}}
    instance.save()
    Module.objects.update(field_map={"map_to": "primeromodule-cp", "fields": [{"source": ["a"], "target": "b"}]})
    files = written()
    again = loaded_again(files)
    assert set(again) == set(files)
    for name, content in files.items():
        assert again[name] == content, name
    assert "lookups/lookup-gone.yaml" not in files
    assert "subform_unique_id: family_details_section" in files["forms/basic_identity.yaml"].decode()
    assert {"forms/family_details_section.yaml", "forms/inner.yaml"} <= set(files)


def test_the_commands_write_a_folder_and_load_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pack_load", str(PACKS / "demo"))
    assert {"standard": Form.objects.filter(unique_id="consent").exists()} == {"standard": True}
    target = tmp_path / "out"
    call_command("pack_export", str(target), "--name", "country", "--pack-version", "2.1")
    first = read_folder(target)
    assert b"name: country" in first["pack.yaml"] and b"users" not in b"".join(name.encode() for name in first)
    with pytest.raises(CommandError, match=str(target)):
        call_command("pack_export", str(target))
    emptied()
    call_command("pack_load", str(target))
    call_command("pack_export", str(tmp_path / "again"), "--name", "country", "--pack-version", "2.1")
    assert read_folder(tmp_path / "again") == first
    assert capsys.readouterr().err == ""


def test_required_packs_come_first_and_are_found_beside(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("pack_load", *(str(PACKS / name) for name in reversed(FURTHER)))
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["cpims", *reversed(FURTHER)]
    before = set(FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access"))
    assert ("role-cp-case-worker", "child_functioning", "rw") in before
    call_command("load_pack", str(PACKS / "cpims"))
    assert set(FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access")) == before


def test_nobody_without_the_right_reads_the_whole_configuration() -> None:
    load("cpims", "demo")
    for name in ("amina", "chantal", "dawit"):
        with pytest.raises(Forbidden):
            configuration_files(current_viewer(name), name="x", version="1")
    files = configuration_files(current_viewer("esther"), name="x", version="1")
    assert b"amina@" not in b"".join(files.values()) and "users.yaml" not in files


def test_classes_are_stored_and_told() -> None:
    load("cpims")
    classes = privacy_classes(Instance.objects.get().configuration)
    assert classes["basic_identity"]["name_first"] == "name"
    assert classes["basic_identity"]["location_current"] == "location"
    assert classes["basic_identity"]["telephone_current"] == "contact"
    assert classes["notes_section"]["note_text"] == "free_text"
    assert classes["basic_identity"]["sex"] == "none"
    assert Field.objects.filter(attributes__privacy="name").exists()
    number = Instance.objects.get().configuration
    assert b'"privacy"' not in served_forms_bytes(number, ("en",))
