"""All that configures this instance, as one document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import Agency, Role, UserGroup
from cpims.accounts.queries.conduct import find_conduct
from cpims.accounts.rules.conduct import KEYS as CONDUCT
from cpims.configuration.formats.canonical import FORMAT, Document
from cpims.configuration.formats.saying import options_said, plain
from cpims.forms.models import Field, Form, FormGrant
from cpims.forms.queries.definitions import field_said, form_said
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.settings.models import ContactInformation, Instance
from cpims.settings.rules import CONTACT

Said = dict[str, Any]

#: Columns that say nothing about the configuration: numbers of rows, moments, and what follows from other columns.
LEFT_OUT: Final[Mapping[str, str]] = {
    "id": "a row's own number is another one on every instance",
    "created_at": "when it was made is no part of what it is",
    "updated_at": "when it was changed is no part of what it is",
    "retired_at": "what is put away configures nothing; it is left out whole",
    "terms_of_use_uploaded_at": "when a file came",
    "admin_level": "follows from where the place lies",
    "hierarchy": "the place above says it",
}


def configuration_document(viewer: Viewer | None) -> Document:
    """All that configures this instance, for an operator (no viewer) or who may manage configurations.

    Users, records and secrets are never in it; neither is what was put away: retired forms, questions, lists and
    options, and whatever is switched off because an applied configuration did not know it. A fixed number of statements.
    Raises: Forbidden. Shows: settings, contact, code of conduct, modules, lists, places, agencies, groups, forms, roles, grants.
    """
    if viewer is not None:
        require(viewer, "primero_configuration", "manage")
    contact, conduct = ContactInformation.objects.first(), find_conduct()
    return {
        "format": FORMAT,
        "settings": plain(Instance.objects.get().data),
        "contact_information": plain({key: getattr(contact, key) for key in CONTACT} if contact else {}),
        "code_of_conduct": plain({key: getattr(conduct, key) for key in CONDUCT} if conduct else {}),
        "modules": _rows(Module.objects.all(), _MODULE),
        "lookups": _lookups(),
        "locations": _locations(),
        "agencies": _rows(_known(Agency.objects.all()), _AGENCY),
        "user_groups": _groups(),
        "forms": _forms(),
        "roles": _roles(),
        "grants": _grants(),
    }


_MODULE: Final = (
    *("name", "description", "associated_record_types", "field_map", "creation_field_map", "options", "core_resource"),
)
_AGENCY: Final = (
    *("agency_code", "order", "name", "description", "telephone", "services", "logo_enabled", "pdf_logo_option"),
    *("terms_of_use_enabled", "exclude_agency_from_lookups", "disabled"),
    *("contact_email", "contact_name", "contact_phone", "notes"),
)
_ROLE: Final = (
    *("name", "description", "permissions", "group_permission", "is_manager", "referral", "transfer"),
    *("referral_authorization", "reporting_location_level", "disabled", "user_category", "module_unique_ids"),
)


def _known(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The things that a document knows: not those that were put away and are still switched off."""
    return rows.exclude(disabled=True, retired_at__isnull=False)


def _is_known(row: Any) -> bool:
    return not (row.disabled and row.retired_at)


def _rows(rows: Iterable[Any], keys: Iterable[str]) -> dict[str, Said]:
    return {row.unique_id: plain({key: getattr(row, key) for key in keys}) for row in rows}


def _lookups() -> dict[str, Said]:
    return {
        row.unique_id: {
            **plain({"name": row.name, "locked": row.locked}),
            "values": options_said(row.values),
        }
        for row in Lookup.objects.filter(retired_at__isnull=True)
    }


def _locations() -> dict[str, Said]:
    places = {}
    rows = list(Location.objects.values_list("code", "type", "placename", "hierarchy", "disabled", "retired_at"))
    needed = {code for *_, path, disabled, retired_at in rows if not (disabled and retired_at) for code in path}
    for code, kind, placename, path, disabled, _ in rows:
        if code not in needed:
            continue
        above = path[-2] if len(path) > 1 else None
        places[code] = plain({"type": kind, "placename": placename, "parent": above, "disabled": disabled})
    return places


def _groups() -> dict[str, Said]:
    keys = ("name", "description", "core_resource", "disabled")
    return {
        row.unique_id: plain(
            {key: getattr(row, key) for key in keys}
            | {"agency_unique_ids": [agency.unique_id for agency in row.agencies.all() if _is_known(agency)]}
        )
        for row in _known(UserGroup.objects.prefetch_related("agencies"))
    }


def _roles() -> dict[str, Said]:
    roles = _rows(_known(Role.objects.all()), _ROLE)
    for said in roles.values():
        if "permissions" in said:
            said["permissions"] = {
                resource: sorted(actions) if isinstance(actions, list) else actions
                for resource, actions in said["permissions"].items()
            }
    return roles


def _grants() -> dict[str, dict[str, str]]:
    held: dict[str, dict[str, str]] = defaultdict(dict)
    away = Q(role__disabled=True, role__retired_at__isnull=False)
    rows = FormGrant.objects.filter(form__retired_at__isnull=True).exclude(away)
    for role, form, access in rows.values_list("role__unique_id", "form__unique_id", "access"):
        held[role][form] = access
    return dict(held)


def _forms() -> dict[str, Said]:
    fields: dict[int, list[Said]] = defaultdict(list)
    live = Field.objects.filter(retired_at__isnull=True, form__retired_at__isnull=True)
    for row in live.select_related("subform").order_by("order", "name"):
        said = plain(field_said(row))
        for options in ("option_strings_text", "tally"):
            if isinstance(said.get(options), list):
                said[options] = options_said(said[options])
                if not said[options]:
                    del said[options]
        fields[row.form_id].append(said)
    forms = {}
    for form in Form.objects.filter(retired_at__isnull=True):
        said = plain({k: v for k, v in form_said(form).items() if k not in ("unique_id", "retired_at")})
        forms[form.unique_id] = {**said, "fields": fields[form.pk]}
    return forms
