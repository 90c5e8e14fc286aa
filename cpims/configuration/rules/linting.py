"""Everything that is wrong or weak in a whole configuration, before anybody publishes or applies it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cpims.access.rules.catalogue import RECORD_TYPES
from cpims.accounts.rules.conduct import conduct_problems
from cpims.accounts.rules.roles import role_problems, unknown_permissions
from cpims.accounts.rules.teams import AGENCY_LATER, agency_problems, group_problems
from cpims.configuration.formats.canonical import Document
from cpims.configuration.formats.folding import in_document, pack_of
from cpims.configuration.rules.checking import Finding
from cpims.configuration.rules.fitting import pack_problems, standing_after
from cpims.configuration.rules.opening import idle_conditions, unreachable
from cpims.configuration.rules.references import dangling, second_meanings
from cpims.configuration.rules.wording import asked_twice, long_words, unclassified
from cpims.configuration.rules.world import world_of
from cpims.forms.rules.definitions import field_problems, form_problems, narrowed, shape_problems
from cpims.lib.errors import Problem
from cpims.locations.rules import location_problems, placed
from cpims.lookups.rules import lookup_problems, whole_problems
from cpims.modules.rules import module_problems
from cpims.settings.rules import DEFAULTS, contact_problems, settings_problems

#: What a configuration may hold and still be published: nobody is misled and no answer is lost.
WARNINGS: Final = frozenset(
    "pack.condition_idle pack.other_options pack.asked_elsewhere pack.asked_twice pack.too_long pack.privacy_missing "
    "pack.condition_never pack.condition_circle pack.condition_option pack.condition_type pack.unknown_column "
    "pack.unknown_filter pack.unknown_group pack.unknown_tag pack.no_beginning pack.unknown_option pack.key_missing "
    "pack.unknown_record_type pack.unknown_agency pack.unknown_role configuration.translations_missing "
    "configuration.role_without_forms configuration.role_without_rights configuration.locked_list_missing".split()
)
#: Texts that somebody reads, in a form, a question, an option or a place.
_TEXTS: Final = (
    *("name", "description", "help_text", "display_name", "guiding_questions", "tick_box_label", "display_text"),
    *("signature_provided_by_label", "placename"),
)


@dataclass(frozen=True)
class Stands:
    """What stands where the configuration shall hold: the kinds of all questions ever asked, and where places lie."""

    locales: Sequence[str] = ()
    kinds: Mapping[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    record_types: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Sequence[str]] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()


def document_problems(document: Document, stands: Stands | None = None) -> list[Finding]:
    """Everything that is wrong (and keeps the configuration from holding) and everything that is weak, errors first.

    While anything has the wrong shape, nothing else is looked at.
    """
    stands = stands or Stands()
    found = list(_shapes(document))
    if not found:
        found = [*_names(document, stands), *_whole(document), *_weak(document, stands)]
    once = {(p.pointer, p.code, repr(sorted(p.params.items()))): p for p in found}
    findings = [Finding(problem, is_warning(problem)) for problem in once.values()]
    return sorted(findings, key=lambda finding: finding.warning)


def is_warning(problem: Problem) -> bool:
    """Is this weak only? What a setting names and is not there does no harm: it is passed over."""
    named = problem.code.startswith("pack.unknown_") and problem.pointer.startswith(("/settings/", "/modules/"))
    return problem.code in WARNINGS or (named and problem.code != "pack.unknown_module")


def _shapes(document: Document) -> Iterator[Problem]:
    """What the rooms would refuse because of its shape or because something needed is missing in it."""
    yield from _at("/settings", settings_problems(document["settings"]))
    yield from _at("/contact_information", contact_problems(document["contact_information"]))
    if document["code_of_conduct"]:
        yield from _at("/code_of_conduct", conduct_problems(document["code_of_conduct"]))
    for name, said in document["modules"].items():
        yield from _at(f"/modules/{name}", module_problems({**said, "unique_id": name}))
    for name, said in document["lookups"].items():
        whole = {**said, "unique_id": name}
        wrong = lookup_problems(whole) or whole_problems(said.get("name") or {}, said["values"])
        yield from _at(f"/lookups/{name}", wrong)
    for code, said in document["locations"].items():
        whole = {**{k: v for k, v in said.items() if k != "parent"}, "code": code, "parent_code": said.get("parent")}
        yield from _at(f"/locations/{code}", location_problems(whole))
    for name, said in document["agencies"].items():
        plain = {key: value for key, value in said.items() if key not in AGENCY_LATER}
        yield from _at(f"/agencies/{name}", agency_problems({**plain, "unique_id": name}, new=True))
    for name, said in document["user_groups"].items():
        yield from _at(f"/user_groups/{name}", group_problems({**said, "unique_id": name}, new=True))
    yield from _roles(document)
    for name, said in document["forms"].items():
        yield from _form(name, said)


def _roles(document: Document) -> Iterator[Problem]:
    config = {**DEFAULTS, **document["settings"]}.get("reporting_location_config") or {}
    levels = {int(level) for level in config.get("admin_level_map") or {} if str(level).isdigit()}
    for name, said in document["roles"].items():
        place = f"/roles/{name}"
        wrong = role_problems({**said, "unique_id": name}, new=True, levels=levels, modules=document["modules"])
        yield from _at(place, wrong)
        if isinstance(said.get("permissions"), Mapping):
            for pointer in unknown_permissions(said["permissions"]):
                yield Problem(f"{place}{pointer}", "role.permissions.unknown")
    for part, key, code in (
        ("roles", "name", "role.name.taken"),
        ("user_groups", "name", "user_group.name.taken"),
        ("modules", "name", "module.name_taken"),
        ("agencies", "agency_code", "agency.code.taken"),
    ):
        seen = Counter(str(said.get(key)) for said in document[part].values())
        for name, said in document[part].items():
            if seen[str(said.get(key))] > 1:
                yield Problem(f"/{part}/{name}/{key}", code, {"value": str(said.get(key))})


def _form(name: str, said: Mapping[str, Any]) -> Iterator[Problem]:
    place = f"/forms/{name}"
    kept, _, unknown = narrowed({**said, "unique_id": name}, pack=True, restricted=False)
    wrong = [*unknown, *shape_problems(kept)]
    yield from _at(place, wrong or form_problems({**said, "unique_id": name}))


def _names(document: Document, stands: Stands) -> Iterator[Problem]:
    """Questions as the forms' room looks at them, what they were before, and where places lie."""
    for name, said in document["forms"].items():
        if stands.record_types.get(name, said.get("parent_form")) != said.get("parent_form"):
            yield Problem(f"/forms/{name}/parent_form", "form.parent_form_fixed")
        for number, entry in enumerate(said["fields"]):
            place = f"/forms/{name}/fields/{number}"
            yield from field_problems(entry, place, document["lookups"])
            kind = (str(entry.get("type")), bool(entry.get("multi_select")))
            stood = stands.kinds.get((name, str(entry.get("name"))), kind)
            if stood != kind:
                params = {"name": str(entry.get("name")), "before": stood[0], "after": kind[0]}
                yield Problem(f"{place}/type", "configuration.type_changed", params)
    places = [{"code": code, "parent_code": said.get("parent")} for code, said in document["locations"].items()]
    _, lost = placed(places, {code: list(path) for code, path in stands.places.items()})
    codes = list(document["locations"])
    for problem in lost:
        place, _, rest = problem.pointer.removeprefix("/").partition("/")
        yield Problem(f"/locations/{codes[int(place)]}/{rest}", problem.code, problem.params)
    for code, said in document["locations"].items():
        if said.get("parent") is not None and said["parent"] not in document["locations"]:
            params = {"parent": said["parent"]}
            yield Problem(f"/locations/{code}/parent", "location.parent_unknown", params)


def _whole(document: Document) -> Iterator[Problem]:
    """What the rules for packs say of it."""
    pack = pack_of(document)
    world, after = world_of([pack]), standing_after(pack)
    for problem in (
        *pack_problems(pack),
        *second_meanings(world),
        *dangling(world, after),
        *unreachable(world),
        *idle_conditions(world),
        *unclassified(world),
        *long_words(world),
        *asked_twice(world),
    ):
        yield in_document(problem)


def _weak(document: Document, stands: Stands) -> Iterator[Problem]:
    """What nobody can use, and what somebody cannot read."""
    grants = document["grants"]
    for name, said in document["roles"].items():
        held = {key for key, actions in (said.get("permissions") or {}).items() if actions and key != "objects"}
        if held & set(RECORD_TYPES) and not grants.get(name):
            yield Problem(f"/roles/{name}", "configuration.role_without_forms", {"name": str(said.get("name"))})
        if not held:
            yield Problem(f"/roles/{name}", "configuration.role_without_rights", {"name": str(said.get("name"))})
    for name in sorted(stands.locked - set(document["lookups"])):
        yield Problem(f"/lookups/{name}", "configuration.locked_list_missing", {"name": name})
    locales = [code for code in document["settings"].get("locales") or stands.locales if code != "en"]
    for part in ("forms", "lookups", "locations", "agencies"):
        for name, said in document[part].items():
            missing = Counter(locale for texts in _texts(said) for locale in locales if not texts.get(locale))
            for locale, count in missing.items():
                params = {"locale": locale, "count": count}
                yield Problem(f"/{part}/{name}", "configuration.translations_missing", params)


def _texts(said: Any) -> Iterator[Mapping[str, Any]]:
    """Every text in several languages that stands in a thing and says something in English."""
    if isinstance(said, Mapping):
        for key, value in said.items():
            if key in _TEXTS and isinstance(value, Mapping):
                if value.get("en"):
                    yield value
            else:
                yield from _texts(value)
    elif isinstance(said, list):
        for value in said:
            yield from _texts(value)


def _at(place: str, problems: Sequence[Problem]) -> list[Problem]:
    return [Problem(f"{place}{problem.pointer}", problem.code, problem.params) for problem in problems]
