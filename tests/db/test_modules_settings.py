"""How an instance works is decided, read, and told without secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.forms.actions import change_module
from cpims.forms.models import Form
from cpims.forms.queries.bootstrap import public_face, system_settings
from cpims.forms.queries.modules import served_modules
from cpims.lookups.actions import put_lookups
from cpims.modules.actions import put_module
from cpims.modules.models import Module
from cpims.modules.rules import ModuleInvalid, ModuleNotFound
from cpims.settings.actions import put_settings
from cpims.settings.models import Instance
from cpims.settings.queries import settings_at
from cpims.settings.rules import SettingsInvalid
from tests.cast import AT, MODULE, viewer
from tests.configured import configuration, happenings, option, put_home

LATER = AT + timedelta(hours=1)


def problems_of(refusal: Any) -> dict[str, str]:
    return {problem.pointer: problem.code for problem in refusal.value.problems}


def test_some_settings_are_decided_and_the_others_stay(cast: None) -> None:
    number = configuration()
    put_settings(settings={"locales": ["en", "ar", "fr"], "time_zone": "Asia/Amman"}, actor=viewer("farid"), at=AT)
    decided = settings_at(configuration())
    assert configuration() == number + 1 and happenings()[-1] == ("settings.changed", "settings:instance")
    assert decided.locales == ("en", "ar", "fr") and decided.time_zone == "Asia/Amman"
    assert decided.values["auto_populate_list"]
    books = happenings()
    put_settings(settings={"time_zone": "Asia/Amman"}, actor=viewer("farid"), at=LATER)
    assert configuration() == number + 1 and happenings() == books


def test_wrong_settings_are_refused_with_every_problem(cast: None) -> None:
    before = Instance.objects.get().data
    with pytest.raises(SettingsInvalid) as refusal:
        put_settings(settings={"colour": "red", "locales": "en"}, actor=viewer("esther"), at=AT)
    assert problems_of(refusal) == {"/colour": "settings.unknown", "/locales": "settings.wrong_type"}
    with pytest.raises(SettingsInvalid) as refusal:
        put_settings(
            settings={
                "locales": ["ar"],
                "default_locale": "en",
                "time_zone": "Mars/Base",
                "reporting_location_config": {"admin_level": 9, "admin_level_map": {"1": ["province"]}},
                "system_options": {
                    "primero_promote_config": [{"host": "other.example.org", "basic_auth": "secret"}],
                    "maximum_users": 10,
                    "maximum_users_warning": 11,
                    "maximum_attachments_per_record": 0,
                    "timelines": {"high": {"days_to_assess": 3}, "low": {"days_to_assess": "14"}, "medium": [7]},
                },
            },
            actor=viewer("esther"),
            at=AT,
        )
    assert problems_of(refusal) == {
        "/default_locale": "settings.default_locale",
        "/time_zone": "settings.time_zone",
        "/reporting_location_config/admin_level": "settings.admin_level",
        "/system_options/primero_promote_config": "settings.never_stored",
        "/system_options/maximum_attachments_per_record": "settings.maximum",
        "/system_options/maximum_users_warning": "settings.warning_above_maximum",
        "/system_options/timelines/low": "settings.timelines",
        "/system_options/timelines/medium": "settings.timelines",
    }
    with pytest.raises(Forbidden):
        put_settings(settings={"time_zone": "UTC"}, actor=viewer("amina"), at=AT)
    assert Instance.objects.get().data == before


def test_secrets_of_other_systems_are_never_told_even_if_stored(cast: None) -> None:
    instance = Instance.objects.get()
    instance.data |= {"system_options": {"primero_promote_config": [{"basic_auth": "hush"}], "show_alerts": True}}
    instance.configuration += 1
    instance.save()
    told = system_settings(viewer("amina"), extended=True)
    assert told["system_options"]["show_alerts"] is True
    assert "hush" not in repr(told) and "hush" not in repr(public_face())


def test_places_are_reported_as_the_role_says(cast: None) -> None:
    amina = viewer("amina")
    told = system_settings(amina, extended=False)["reporting_location_config"]
    assert told["admin_level"] == 2 and told["label_keys"] == ["district"]
    from cpims.accounts.models import Role

    Role.objects.filter(unique_id=amina.role).update(reporting_location_level=1)
    told = system_settings(amina, extended=False)["reporting_location_config"]
    assert told["admin_level"] == 1 and told["label_keys"] == ["province"]


def test_the_steps_of_a_case(cast: None) -> None:
    put_lookups(
        lookups=[
            {
                "unique_id": "lookup-workflow",
                "name": {"en": "Steps"},
                "values": [{"id": "new", "display_text": {"en": "New", "ar": "جديدة"}}],
            },
            {
                "unique_id": "lookup-service-response-type",
                "name": {"en": "Responses"},
                "values": [option("action"), option("old", disabled=True)],
            },
        ],
        actor=None,
        at=AT,
    )
    told = served_modules(configuration(), ("en", "ar"))[0]
    assert told["workflows"] == {}
    options = {
        "workflow_status_indicator": True,
        "use_workflow_case_plan": True,
        "use_workflow_service_implemented": True,
    }
    put_module(module={"unique_id": MODULE, "name": "CP", "options": options}, actor=None, at=AT)
    told = served_modules(configuration(), ("en", "ar"))[0]
    steps = told["workflows"]["case"]
    assert [step["id"] for step in steps] == [
        "new",
        "reopened",
        "case_plan",
        "action",
        "services_implemented",
        "closed",
    ]
    assert steps[0]["display_text"] == {"en": "New", "ar": "جديدة"}
    assert told["list_headers"]["cases"][:2] == ["id", "case_id_display"] and told["options"] == told["module_options"]


def test_forms_of_a_part_of_the_work_are_replaced_when_sent(cast: None) -> None:
    put_home()
    number, module = configuration(), Module.objects.get()
    change_module(module_id=str(module.pk), values={"description": "Children"}, actor=viewer("esther"), at=LATER)
    assert (
        configuration() == number + 1
        and "home" in served_modules(configuration(), ("en",))[0]["form_section_unique_ids"]
    )
    _, left = change_module(
        module_id=str(module.pk),
        values={"form_section_unique_ids": ["home"], "name": "X"},
        actor=viewer("esther"),
        at=LATER,
    )
    assert [p.pointer for p in left] == ["/name"]
    assert set(served_modules(configuration(), ("en",))[0]["form_section_unique_ids"]) >= {"home", "visit_rows"}
    assert Form.objects.get(unique_id="basic_identity").module_ids == []
    module.refresh_from_db()
    assert (module.name, module.description) == ("CP", "Children")
    assert configuration() == number + 2 and happenings()[-1] == ("module.changed", f"module:{MODULE}")


def test_what_does_not_fit_a_part_of_the_work_is_refused(cast: None) -> None:
    number, books, module = configuration(), happenings(), Module.objects.get()
    for values in (
        {"form_section_unique_ids": ["none"]},
        {"associated_record_types": ["cat"]},
        {"form_section_unique_ids": "home"},
    ):
        with pytest.raises(ModuleInvalid):
            change_module(module_id=str(module.pk), values=values, actor=viewer("esther"), at=AT)
    with pytest.raises(ModuleNotFound):
        change_module(module_id="999", values={}, actor=viewer("esther"), at=AT)
    with pytest.raises(Forbidden):
        change_module(module_id=str(module.pk), values={"description": "Mine"}, actor=viewer("chantal"), at=AT)
    assert (configuration(), happenings()) == (number, books)
