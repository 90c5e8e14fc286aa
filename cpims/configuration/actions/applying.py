"""Making the instance as a document says, whole and at once; and as an earlier version says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.conduct import write_conduct
from cpims.accounts.actions.whole import (
    holders_of,
    write_agencies,
    write_agencies_away,
    write_roles,
    write_roles_away,
    write_user_groups,
    write_user_groups_away,
)
from cpims.configuration.actions.publishing import keep_version, require_sound
from cpims.configuration.formats.canonical import Document, hash_of, written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.stewards import stewards
from cpims.configuration.queries.versions import document_of, get_version
from cpims.configuration.rules.applying import (
    DocumentNotHeld,
    DocumentRefused,
    ModuleInUse,
    NobodyLeft,
    RoleInUse,
    Steps,
    placed_problems,
    steps_between,
)
from cpims.configuration.rules.differing import changes_between
from cpims.configuration.rules.telling import told
from cpims.configuration.rules.versions import PublicationInvalid, publication_problems
from cpims.forms.actions.whole import write_forms_away, write_grants
from cpims.forms.actions.writing import write_forms
from cpims.lib.errors import Invalid, Problem
from cpims.lib.transactions import atomic
from cpims.locations.actions.places import write_locations, write_locations_away
from cpims.lookups.actions import write_lookups, write_lookups_away
from cpims.modules.actions import free_names, write_module, write_modules_off
from cpims.modules.rules import KINDS as MODULE
from cpims.records.models import Record
from cpims.settings.actions import (
    by_promotion,
    hold_configuration,
    raise_configuration,
    write_contact_information,
    write_settings,
)
from cpims.settings.models import Instance
from cpims.settings.rules import CONTACT, DEFAULTS

#: How many differences a refusal names.
MOST_NAMED = 20


@dataclass(frozen=True)
class Applied:
    """The hashes before and after; the version that was kept, if anything was changed."""

    before: str
    after: str
    version: ConfigurationVersion | None = None

    @property
    def changed(self) -> bool:
        """Is anything configured otherwise than before?"""
        return self.before != self.after


@atomic
def apply_document(
    *, document: Document, actor: Viewer | None, at: datetime, cause: str, reason: str, source: str = ""
) -> Applied:
    """The instance becomes as the document says, whole; what the document does not know is put away, answers stay.

    Afterwards the hash here is that of the document, or nothing was done. Nobody is signed out. ``source`` names where
    the document came from (a change-set, a version), for the books.
    Raises: Forbidden, ConfigurationClosed, DocumentRefused, RoleInUse, ModuleInUse, NobodyLeft, DocumentNotHeld.
    Records: one event for each thing that was made, changed or put away, and ConfigurationPublished.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    instance = hold_configuration(actor)
    standing = configuration_document(None)
    before, wanted = hash_of(written(standing)), hash_of(written(document))
    if before == wanted:
        return Applied(before, wanted)
    if cause != "rollback":
        require_sound(document)
    steps, held = steps_between(standing, document), stewards()
    _require_unused(steps)
    _write(instance, document, steps, actor=actor, at=at)
    _require_same(document, wanted)
    lost = sorted(right for right, count in held.items() if count and not stewards()[right])
    if lost:
        raise NobodyLeft(rights=lost)
    raise_configuration()
    version = keep_version(cause=cause, actor=actor, at=at, reason=reason.strip(), again=True, source=source)
    return Applied(before, wanted, version)


@atomic
def roll_back(*, number: int | None, reason: str, actor: Viewer, at: datetime) -> Applied:
    """An administrator makes the instance as an earlier version says; a new version with the same bytes tells of it.

    A closed instance lets it in: a mistake that was promoted has to be taken back where it does harm.
    Raises: Forbidden, VersionNotFound, PublicationInvalid, and what ``apply_document`` refuses.
    Records: ConfigurationPublished, and the rest as ``apply_document``.
    """
    version = get_version(actor, number)
    problems = publication_problems({"reason": reason}, needed="reason")
    if problems:
        raise PublicationInvalid(problems)
    with by_promotion():
        return apply_document(
            document=document_of(version),
            actor=actor,
            at=at,
            cause="rollback",
            reason=reason,
            source=f"configuration:{version.number}",
        )


def _require_unused(steps: Steps) -> None:
    """No role goes that somebody holds who works here, and no part of the work in which there are records."""
    roles = holders_of(steps.away["roles"])
    if roles:
        raise RoleInUse(roles=sorted(roles), holders=sum(roles.values()))
    modules = steps.away["modules"]
    records = Record.objects.filter(module__in=modules).count() if modules else 0
    if records:
        raise ModuleInUse(modules=sorted(modules), records=records)


def _write(instance: Instance, document: Document, steps: Steps, *, actor: Viewer | None, at: datetime) -> None:
    """Write what differs, lower things first; lists and parts of the work go once nothing names them any more."""
    put, away = steps.put, steps.away
    if steps.settings:
        with _place("settings"):
            instance = write_settings(instance, steps.settings, actor=actor, at=at)
    free_names(away["modules"])
    for name, said in put["modules"].items():
        whole: dict[str, Any] = dict.fromkeys(MODULE)
        with _place("modules", [name], numbered=False):
            write_module({**whole, **said, "unique_id": name}, actor=actor, at=at)
    with _place("lookups", put["lookups"]):
        write_lookups(_listed(put["lookups"]), actor=actor, at=at, whole=True, exact=True)
    with _place("locations", put["locations"]):
        places = [_place_said(code, said) for code, said in put["locations"].items()]
        write_locations(places, instance=instance, actor=actor, at=at, exact=True)
    write_locations_away(away["locations"], actor=actor, at=at)
    write_forms_away(away["forms"], actor=actor, at=at)
    with _place("forms", put["forms"]):
        write_forms(_listed(put["forms"]), actor=actor, at=at, pack=True, exact=True)
    write_lookups_away(away["lookups"], actor=actor, at=at)
    _write_people(instance, document, steps, actor=actor, at=at)
    write_modules_off(away["modules"], actor=actor, at=at)
    if steps.contact:
        contact = {key: document["contact_information"].get(key) for key in CONTACT}
        with _place("contact_information"):
            write_contact_information(contact, actor=actor, at=at)
    if steps.conduct:
        with _place("code_of_conduct"):
            write_conduct(document["code_of_conduct"], actor=actor, at=at)


def _write_people(instance: Instance, document: Document, steps: Steps, *, actor: Viewer | None, at: datetime) -> None:
    """Agencies, teams, roles, and which forms these may open."""
    put, away = steps.put, steps.away
    with _place("agencies"):
        write_agencies_away(away["agencies"], actor=actor, at=at)
        write_agencies(put["agencies"], actor=actor, at=at)
    with _place("user_groups"):
        write_user_groups_away(away["user_groups"], actor=actor, at=at)
        write_user_groups(put["user_groups"], actor=actor, at=at)
    config = {**DEFAULTS, **instance.data}.get("reporting_location_config") or {}
    levels = {int(level) for level in config.get("admin_level_map") or {} if str(level).isdigit()}
    with _place("roles"):
        write_roles_away(away["roles"], actor=actor, at=at)
        write_roles(put["roles"], levels=levels, modules=document["modules"], actor=actor, at=at)
    if steps.grants:
        with _place("grants"):
            write_grants(document["grants"], actor=actor, at=at)


@contextmanager
def _place(part: str, names: Iterable[str] = (), *, numbered: bool = True) -> Iterator[None]:
    """What a room refuses inside is told with its place in the document, not with its place in a list."""
    try:
        yield
    except Invalid as refusal:
        raise DocumentRefused(placed_problems(part, list(names), refusal.problems, numbered=numbered)) from refusal


def _place_said(code: str, said: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in said.items() if key != "parent"}
    return {**kept, "code": code, "parent_code": said.get("parent")}


def _listed(things: Mapping[str, Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [{**said, "unique_id": name} for name, said in things.items()]


def _require_same(document: Document, wanted: str) -> None:
    """What stands now is what the document says, to the byte; else it tells what would still differ."""
    now = configuration_document(None)
    if hash_of(written(now)) != wanted:
        changes = changes_between(now, document)
        problems = [
            Problem("", "configuration.still_differs", {"sentence": told(change, "en")})
            for change in changes[:MOST_NAMED]
        ]
        raise DocumentNotHeld(problems or [Problem("", "configuration.not_canonical")], count=len(changes))
