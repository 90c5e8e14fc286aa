"""A configuration in the shape in which Primero exports and imports it, with keys of ours for what that shape lacks.

``FormSection``, ``Lookup``, ``Agency``, ``Role``, ``UserGroup``, ``Report``, ``ContactInformation`` are Primero's; ours are
``Module``, ``Location``, ``SystemSettings``, ``CodeOfConduct``, and ``Cpims``, which says that the bundle is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cpims.access.rules.catalogue import ACTIONS
from cpims.configuration.formats.canonical import FORMAT, Document
from cpims.configuration.formats.saying import Said, option_said, plain
from cpims.forms.rules.amendments import INTO_CONFIGURATION
from cpims.forms.rules.definitions import FIELD_KEYS, FIELD_PACK_KEYS, FORM_KEYS, FORM_PACK_KEYS
from cpims.lib.errors import Problem
from cpims.modules.rules import KINDS as MODULE_KINDS
from cpims.settings.rules import CONTACT, NEVER_SHOWN

#: Parts of a document by the name of their list in a bundle, and the key under which texts in several languages stand.
PARTS: Final[Mapping[str, str]] = {
    "forms": "FormSection",
    "lookups": "Lookup",
    "agencies": "Agency",
    "roles": "Role",
    "user_groups": "UserGroup",
    "modules": "Module",
    "locations": "Location",
}
NEEDED: Final = ("FormSection", "Lookup", "Agency", "Role", "UserGroup", "ContactInformation")
OURS: Final = ("Module", "Location", "SystemSettings", "CodeOfConduct", "Cpims")
_TEXTS: Final = frozenset(
    "name description help_text display_name guiding_questions tick_box_label signature_provided_by_label "
    "option_strings_text tally".split()
)
_VALUES: Final = "lookup_values_i18n"
#: What stands where a bundle does not say it; a document always says it.
USUAL: Final[Mapping[str, Said]] = {
    "forms": {
        "visible": True, "is_nested": False, "core_form": False, "editable": True,
        "order": 0, "order_form_group": 0, "order_subform": 0,
    },
    "lookups": {"locked": False},
    "agencies": {
        "order": 0, "logo_enabled": False, "pdf_logo_option": False, "terms_of_use_enabled": False,
        "exclude_agency_from_lookups": False, "disabled": False,
    },
    "roles": {
        "group_permission": "self", "is_manager": False, "referral": False, "transfer": False,
        "referral_authorization": False, "disabled": False,
    },
    "user_groups": {"core_resource": False, "disabled": False},
    "modules": {"core_resource": False},
    "locations": {"disabled": False},
}  # fmt: skip
_KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "forms": frozenset({*FORM_KEYS, *FORM_PACK_KEYS} - {"id", "unique_id", "fields"}),
    "lookups": frozenset({"name", "locked", "values"}),
    "agencies": frozenset(
        {
            *USUAL["agencies"],
            *("agency_code", "name", "description", "telephone", "services", "notes"),
            *("contact_email", "contact_name", "contact_phone"),
        }
    ),
    "roles": frozenset(
        {*USUAL["roles"], "name", "description", "permissions", "reporting_location_level", "user_category"}
        | {"module_unique_ids"}
    ),
    "user_groups": frozenset({*USUAL["user_groups"], "name", "description", "agency_unique_ids"}),
    "modules": frozenset({*MODULE_KINDS} - {"unique_id"}),
    "locations": frozenset({"type", "placename", "parent", "disabled"}),
}
_FIELD: Final = frozenset({*FIELD_KEYS, *FIELD_PACK_KEYS} - {"id", "subform_section_id", *INTO_CONFIGURATION})


def bundle_of(document: Document) -> dict[str, Any]:
    """A document as a bundle; reading it back gives the same document."""
    bundle: dict[str, Any] = {
        name: [_written(part, key, said, document) for key, said in sorted(document[part].items())]
        for part, name in PARTS.items()
    }
    return bundle | {
        "Report": [],
        "ContactInformation": [document["contact_information"]],
        "SystemSettings": document["settings"],
        "CodeOfConduct": document["code_of_conduct"],
        "Cpims": {"format": FORMAT},
    }


def _written(part: str, key: str, said: Mapping[str, Any], document: Document) -> Said:
    if part == "locations":
        return {"code": key, **said}
    whole: Said = {"unique_id": key, **said}
    if part == "roles":
        return whole | {"form_section_read_write": document["grants"].get(key, {})}
    if part == "forms":
        fields = [_field_written(entry) for entry in whole.pop("fields")]
        return _translated(whole) | {"fields_attributes": fields}
    if part == "lookups":
        return _translated(whole) | {_VALUES: whole.pop("values")} if "values" in whole else _translated(whole)
    return _translated(whole) if part == "agencies" else whole


def _field_written(entry: Mapping[str, Any]) -> Said:
    return _translated(entry) | {"subform_unique_id": entry.get("subform_unique_id")}


def _translated(said: Mapping[str, Any]) -> Said:
    return {
        f"{key}_i18n" if key in _TEXTS and isinstance(value, (Mapping, list)) else key: value
        for key, value in said.items()
        if key != "values"
    }


def bundle_problems(bundle: Any) -> list[Problem]:
    """What keeps a bundle from being kept: a list that is missing, empty or not a list of things with an id."""
    wrong = Problem("/data", "configuration.bundle", {"primero": "errors.models.configuration.data"})
    if not isinstance(bundle, Mapping):
        return [wrong]
    whole = is_whole(bundle)
    problems = []
    for name in (*NEEDED, *(key for key in PARTS.values() if key in bundle and key not in NEEDED)):
        rows: Any = bundle.get(name)
        key = "" if name == "ContactInformation" else "code" if name == "Location" else "unique_id"
        if not _fits(rows, key) or not (rows or whole):
            problems.append(Problem(f"/data/{name}", "configuration.bundle_part", {"part": name, **wrong.params}))
        elif key and len({row[key] for row in rows}) < len(rows):
            problems.append(Problem(f"/data/{name}", "configuration.bundle_twice", {"part": name, **wrong.params}))
    for form in bundle["FormSection"] if not problems else ():
        if not _fits(form.get("fields_attributes", []), "name"):
            place = f"/data/FormSection/{form['unique_id']}/fields_attributes"
            problems.append(Problem(place, "configuration.bundle_part", {"part": "fields_attributes", **wrong.params}))
    for name in ("SystemSettings", "CodeOfConduct"):
        if not isinstance(bundle.get(name, {}), Mapping):
            problems.append(Problem(f"/data/{name}", "configuration.bundle_part", {"part": name, **wrong.params}))
    return problems


def _fits(rows: Any, key: str) -> bool:
    """A list of things that each have their id, where such things have one."""
    return isinstance(rows, list) and all(
        isinstance(row, Mapping) and (not key or (isinstance(row.get(key), str) and bool(row[key]))) for row in rows
    )


def is_whole(bundle: Mapping[str, Any]) -> bool:
    """Was it written here, so that what is absent in it shall be absent?"""
    ours = bundle.get("Cpims")
    return isinstance(ours, Mapping) and ours.get("format") == FORMAT


def document_from(bundle: Mapping[str, Any], standing: Document) -> Document:
    """The document that a bundle means here.

    Of a bundle of Primero's own: forms and lists that are absent go; agencies, roles and groups that are absent stay;
    modules, places, settings and the code of conduct stay as they are. What Primero cannot say of a question (what its
    answer tells about a person) stays too.
    """
    whole = is_whole(bundle)
    document: dict[str, Any] = {"format": FORMAT}
    for part, name in PARTS.items():
        rows: Sequence[Mapping[str, Any]] | None = bundle.get(name)
        if rows is None:
            document[part] = standing[part]
            continue
        key = "code" if part == "locations" else "unique_id"
        read = {row[key]: _read(part, row, {} if whole else standing[part].get(row[key], {})) for row in rows}
        kept = {} if whole or part in ("forms", "lookups", "modules", "locations") else standing[part]
        document[part] = {**kept, **read}
    known = document["forms"]
    grants = {row["unique_id"]: dict(row.get("form_section_read_write") or {}) for row in bundle["Role"]}
    kept = {} if whole else standing["grants"]
    document["grants"] = {
        role: held
        for role, wanted in {**kept, **grants}.items()
        if (held := {form: access for form, access in wanted.items() if form in known})
    }
    first: Mapping[str, Any] = next(iter(bundle["ContactInformation"]), {})
    document["contact_information"] = plain({key: first.get(key) for key in CONTACT})
    document["settings"] = _settings(bundle["SystemSettings"]) if "SystemSettings" in bundle else standing["settings"]
    conduct = bundle.get("CodeOfConduct", standing["code_of_conduct"])
    document["code_of_conduct"] = plain({key: conduct.get(key) for key in ("title", "content")})
    return document


def _settings(said: Mapping[str, Any]) -> Said:
    options = said.get("system_options")
    if isinstance(options, Mapping):
        said = {**said, "system_options": {key: value for key, value in options.items() if key not in NEVER_SHOWN}}
    return plain(said)


def _read(part: str, row: Mapping[str, Any], stood: Mapping[str, Any]) -> Said:
    said = {key.removesuffix("_i18n"): value for key, value in row.items()}
    if part == "lookups":
        return _kept(part, said) | {"values": [option_said(one) for one in said.get("lookup_values") or []]}
    kept = _kept(part, said)
    if part == "forms":
        before = {entry["name"]: entry for entry in stood.get("fields", ())}
        fields = [
            _field(entry, n, before.get(entry["name"], {})) for n, entry in enumerate(row.get("fields_attributes", []))
        ]
        kept["fields"] = sorted(fields, key=lambda entry: (entry["order"], entry["name"]))
    if part == "roles" and isinstance(kept.get("permissions"), Mapping):
        kept["permissions"] = {
            resource: sorted(action for action in actions if action in ACTIONS[resource])
            if resource in ACTIONS and isinstance(actions, list)
            else actions
            for resource, actions in kept["permissions"].items()
            if resource in ACTIONS or resource == "objects"
        }
    return kept


def _kept(part: str, said: Mapping[str, Any]) -> Said:
    kept = {key: value for key, value in said.items() if key in _KNOWN[part] and key not in ("fields", "values")}
    return plain({**USUAL[part], **{key: value for key, value in kept.items() if value is not None}})


def _field(row: Mapping[str, Any], place: int, stood: Mapping[str, Any]) -> Said:
    """A question; its place in the list is its order when it names none."""
    said = {key.removesuffix("_i18n"): value for key, value in row.items()}
    kept = {key: value for key, value in said.items() if key in _FIELD and value is not None}
    rows = dict(kept.get("subform_section_configuration") or {})
    rows |= {key: said[key] for key in INTO_CONFIGURATION if said.get(key)}
    usual = {"visible": True, "disabled": False, "order": place}
    field = plain({**usual, **kept, "subform_section_configuration": rows})
    for key in ("option_strings_text", "tally"):
        if isinstance(field.get(key), list):
            field[key] = [option_said(one) for one in field[key]]
    if "privacy" in stood:
        field.setdefault("privacy", stood["privacy"])
    return field
