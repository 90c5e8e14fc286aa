"""An account as the API shows it, and everything its own client needs to know about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from cpims.access.rules.catalogue import PLURALS, RECORD_TYPES
from cpims.accounts.models import Agency, User
from cpims.accounts.queries.people import Colleague, bare_viewer, managed_by, roster
from cpims.accounts.rules.lists import Around, list_filters, list_headers
from cpims.accounts.rules.terms import owes_terms
from cpims.forms.queries.catalogue import catalogue
from cpims.forms.queries.grants import grants_of_roles
from cpims.lib.clock import iso
from cpims.lib.messages import sentence
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.modules.rules import steps_of
from cpims.settings.queries import Decided, settings_at
from cpims.settings.rules import with_labels

PLAIN = (
    "id user_name full_name code email phone position location reporting_location_code time_zone locale disabled "
    "unverified self_registered registration_stream duplicate send_mail receive_webpush settings services agency_id "
    "agency_office code_of_conduct_id identity_provider_unique_id"
).split()
MOMENTS = (
    "code_of_conduct_accepted_on terms_of_use_accepted_on data_processing_consent_provided_on created_at updated_at"
).split()


@dataclass
class Background:
    """What is the same for every account of one reply, read when first needed and once."""

    configuration: int
    users: Sequence[User] = field(default_factory=list)

    @cached_property
    def decided(self) -> Decided:
        """The settings that hold."""
        return settings_at(self.configuration)

    @cached_property
    def grants(self) -> Mapping[int, dict[str, str]]:
        """Which forms the roles of these accounts open."""
        return grants_of_roles({user.role_id for user in self.users})

    @cached_property
    def people(self) -> list[Colleague]:
        """Everybody, for lists of colleagues."""
        return roster()

    @cached_property
    def modules(self) -> list[Module]:
        """The parts of the work."""
        return list(Module.objects.order_by("id"))

    @cached_property
    def agencies(self) -> list[tuple[str, str]]:
        """Every agency by its name."""
        default = self.decided.default_locale
        rows = Agency.objects.filter(exclude_agency_from_lookups=False).values_list("unique_id", "name")
        return sorted((key, name.get(default) or name.get("en") or key) for key, name in rows)

    @cached_property
    def fields(self) -> dict[str, frozenset[str]]:
        """The visible questions of each kind of record."""
        return _visible_fields(self.configuration)

    @cached_property
    def workflows(self) -> dict[str, Any]:
        """The steps of cases, by part of the work and language."""
        values = {row["unique_id"]: row["values"] for row in Lookup.objects.values("unique_id", "values")}
        found: dict[str, Any] = {}
        for module in self.modules:
            options = module.options
            responses = values.get(options.get("response_type_lookup") or "lookup-service-response-type", [])
            listed = values.get(options.get("workflow_lookup") or "lookup-workflow", [])
            words = {step["id"]: step.get("display_text") or {} for step in listed}
            steps = (steps_of(module.unique_id, options, responses, words, self.decided.locales) or {}).get("case")
            if steps:
                found[module.unique_id] = {
                    locale: [{"id": s["id"], "display_text": s["display_text"].get(locale) or s["id"]} for s in steps]
                    for locale in self.decided.locales
                }
        return found


@lru_cache(maxsize=16)
def _visible_fields(configuration: int) -> dict[str, frozenset[str]]:
    forms = catalogue(configuration)
    return {
        PLURALS[kind]: frozenset(
            question["name"]
            for form in forms.by_kind.get(kind, ())
            if form.visible
            for question in form.fields
            if question.get("visible", True) and not question.get("disabled")
        )
        for kind in RECORD_TYPES
    }


def without_nothing(value: Any) -> Any:
    """A value without whatever is null in it, however deep."""
    if isinstance(value, dict):
        return {key: without_nothing(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [without_nothing(below) for below in value if below is not None]
    return value


def user_json(user: User, around: Background, *, extended: bool = False) -> dict[str, Any]:
    """An account as the API shows it."""
    role = user.role
    shown: dict[str, Any] = {key: getattr(user, key) for key in PLAIN}
    shown |= {key: iso(moment) for key in MOMENTS if (moment := getattr(user, key)) is not None}
    groups = list(user.groups.all())
    shown |= {
        "identity_provider_sync": {},
        "module_unique_ids": list(role.module_unique_ids),
        "role_unique_id": role.unique_id,
        "role_group_permission": role.group_permission,
        "user_group_unique_ids": [group.unique_id for group in groups],
        "user_groups": [
            {
                "id": group.id,
                "unique_id": group.unique_id,
                "name": group.name,
                "description": group.description,
                "core_resource": group.core_resource,
                "disabled": group.disabled,
                "created_at": iso(group.created_at),
                "updated_at": iso(group.updated_at),
            }
            for group in groups
        ],
        "reporting_location_config": with_labels(
            around.decided.values["reporting_location_config"], role.reporting_location_level
        ),
    }
    if around.decided.option("enforce_terms_of_use") is True:
        agency = user.agency
        shown["agency_terms_of_use_enabled"] = agency.terms_of_use_enabled
        shown["agency_terms_of_use_changed"] = owes_terms(
            enforced=True,
            enabled=agency.terms_of_use_enabled,
            uploaded=agency.terms_of_use_uploaded_at,
            accepted=user.terms_of_use_accepted_on,
        )
    if role.permissions.get("managed_report"):
        limits = (role.permissions.get("objects") or {}).get("managed_report") or {}
        shown["managed_report_scope"] = limits.get("scope", "all")
    if extended:
        shown |= _extended(user, around)
    return without_nothing(shown)  # type: ignore[no-any-return]


def _extended(user: User, around: Background) -> dict[str, Any]:
    role = user.role
    forms = around.grants.get(user.role_id, {})
    viewer = bare_viewer(user, configuration=around.configuration, form_access=forms)
    default = around.decided.default_locale
    own_modules = [module for module in around.modules if module.unique_id in viewer.modules]
    ages = around.decided.values
    lists = Around(
        viewer=viewer,
        fields=around.fields,
        modules=[(module.unique_id, module.name) for module in own_modules],
        locales=around.decided.locales,
        say=sentence,
        ages=_ages(own_modules, ages),
        managed=[(p.user_name, p.enabled) for p in managed_by(viewer, around.people)] if viewer.is_manager else [],
        agencies=around.agencies,
        workflows={key: steps for key, steps in around.workflows.items() if key in viewer.modules},
        groups_filter=any(module.options.get("user_group_filter") for module in own_modules),
        reporting=with_labels(ages["reporting_location_config"], role.reporting_location_level),
    )
    names = user.agency.name
    return {
        "permissions": {
            "list": [
                {"resource": PLURALS[resource], "actions": list(actions)}
                for resource, actions in ({} if role.disabled else role.permissions).items()
                if resource in PLURALS and actions
            ]
        },
        "permitted_form_unique_ids": list(forms),
        "permitted_form": dict(forms),
        "permitted_role_unique_ids": sorted(viewer.managed_roles or ()),
        "filters": list_filters(lists),
        "list_headers": list_headers(lists),
        "is_manager": role.is_manager,
        "agency_unique_id": user.agency.unique_id,
        "agency_name": names.get(user.locale or default) or names.get("en") or user.agency.unique_id,
    }


def _ages(modules: Sequence[Module], decided: Mapping[str, Any]) -> list[str]:
    if len(modules) == 1 and modules[0].options.get("age_ranges"):
        spans = modules[0].options["age_ranges"]
        return [span.replace("..", " - ") for span in spans]
    found: list[str] = (decided.get("age_ranges") or {}).get(decided.get("primary_age_range")) or []
    return found
