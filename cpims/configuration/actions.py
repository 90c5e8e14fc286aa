"""Loading a ready configuration into an instance, and keeping what is configured as a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.packs import put_agencies, put_roles, put_user_groups, put_users
from cpims.audit.actions import record
from cpims.configuration.events import ConfigurationPublished, ConfigurationPutAway, PackLoaded
from cpims.configuration.formats import BrokenPack, Item, Pack
from cpims.configuration.formats.canonical import hash_of, packed, written
from cpims.configuration.models import ConfigurationDocument, ConfigurationVersion
from cpims.configuration.queries import PACK, configuration_document, grants_standing, standing_now
from cpims.configuration.queries.versions import get_listed, newest_version
from cpims.configuration.rules import pack_problems
from cpims.configuration.rules.versions import (
    NothingToPublish,
    PublicationInvalid,
    publication_problems,
    usual_label,
)
from cpims.forms.actions import put_form_grants, put_forms
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.locations.actions import put_locations
from cpims.lookups.actions import put_lookups
from cpims.modules.actions import put_module
from cpims.settings.actions import hold_configuration, put_settings

#: The parts of a pack that are counted when it is loaded.
PARTS = ("modules", "lookups", "locations", "agencies", "user_groups", "forms", "roles", "grants", "users")


@dataclass(frozen=True)
class Loaded:
    """What a loaded pack brought, and the numbers of the configuration before and after."""

    before: int
    after: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Is anything configured otherwise than before?"""
        return self.before != self.after


@atomic
def load_pack(*, pack: Pack, actor: Viewer | None, at: datetime, passwords: Mapping[str, str] | None = None) -> Loaded:
    """An operator (no actor) or administrator loads a ready configuration; what it names becomes as it says.

    Loading it again changes nothing. ``passwords`` are for the accounts of invented people that the pack makes.
    What is configured then is kept as a version, unless the newest one says the same.
    Raises: Forbidden, BrokenPack, and what the rooms refuse.
    Records: PackLoaded, one event for each thing that was made or changed, and ConfigurationPublished.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    before = hold_configuration().configuration
    problems = pack_problems(pack, standing_now())
    if problems:
        raise BrokenPack(problems)
    if pack.settings:
        put_settings(settings=pack.settings, actor=None, at=at)
    for item in pack.modules:
        put_module(module=item.data, actor=None, at=at)
    put_lookups(lookups=_data(pack.lookups), actor=None, at=at)
    put_locations(locations=_data(pack.locations), actor=None, at=at)
    put_forms(forms=_data(pack.forms), actor=None, at=at)
    put_agencies(agencies=_data(pack.agencies), at=at)
    put_user_groups(groups=_data(pack.user_groups), at=at)
    put_roles(roles=[_role(item) for item in pack.roles], at=at)
    put_form_grants(grants=_grants(pack), actor=None, at=at)
    put_users(users=[_account(item, passwords or {}) for item in pack.users], at=at)
    counts = {part: len(getattr(pack, part)) for part in PARTS if getattr(pack, part)}
    record(
        PackLoaded(subject=f"{PACK}{pack.name}", about={"version": pack.version, "digest": pack.digest, **counts}),
        actor=actor,
        at=at,
    )
    _publish(cause="pack", actor=actor, at=at, reason=f"{pack.name} {pack.version}".strip(), again=False)
    return Loaded(before=before, after=hold_configuration().configuration, counts=counts)


@atomic
def publish_version(*, reason: str, actor: Viewer | None, at: datetime) -> ConfigurationVersion:
    """An operator (no actor) or administrator keeps what is configured now as a version, and says why.

    Raises: Forbidden, PublicationInvalid, NothingToPublish.
    Records: ConfigurationPublished.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    instance = hold_configuration()
    problems = publication_problems({"reason": reason}, needed="reason")
    if problems:
        raise PublicationInvalid(problems)
    kept = _publish(cause="publish", actor=actor, at=at, reason=reason.strip(), again=False)
    if kept is None:
        newest = newest_version()
        raise NothingToPublish(number=newest.number if newest else 0, configuration=instance.configuration)
    return kept


@atomic
def publish_snapshot(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> ConfigurationVersion:
    """An administrator keeps what is configured now under a name of hers, though nothing may have changed (as in Primero).

    ``values``: ``name``, and if she likes ``description`` and ``version``.
    Raises: Forbidden, PublicationInvalid.
    Records: ConfigurationPublished.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration()
    problems = publication_problems(values, needed="name")
    label = values.get("version") or ""
    if not problems and label and ConfigurationVersion.objects.filter(version=label).exists():
        params = {"primero": "errors.models.configuration.version.uniqueness"}
        problems.append(Problem("/version", "configuration.version_taken", params))
    if problems:
        raise PublicationInvalid(problems)
    kept = _publish(
        cause="snapshot", actor=actor, at=at, reason=(values.get("description") or "").strip(),
        name=values["name"].strip(), label=label, again=True,
    )  # fmt: skip
    assert kept is not None
    return kept


@atomic
def put_version_away(*, version_id: UUID | None, actor: Viewer, at: datetime) -> ConfigurationVersion:
    """An administrator takes a version off the list of configurations; the history keeps it.

    Raises: Forbidden, VersionNotFound.
    Records: ConfigurationPutAway.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration()
    version = get_listed(actor, version_id)
    version.put_away_at = at
    version.save(update_fields=["put_away_at"])
    changes = {"put_away_at": (None, at)}
    record(ConfigurationPutAway(subject=f"configuration:{version.number}", changes=changes), actor=actor, at=at)
    return version


def _publish(
    *, cause: str, actor: Viewer | None, at: datetime, reason: str, again: bool, name: str = "", label: str = ""
) -> ConfigurationVersion | None:
    """Keep what is configured now for an act that holds the configuration; nothing if the newest version says the same."""
    content = written(configuration_document(None))
    known, newest = hash_of(content), newest_version()
    if newest is not None and newest.document_id == known and not again:
        return None
    document, _ = ConfigurationDocument.objects.get_or_create(
        hash=known, defaults={"content": packed(content), "length": len(content)}
    )
    made = new_id()
    version = ConfigurationVersion.objects.create(
        id=made,
        number=newest.number + 1 if newest else 1,
        document=document,
        configuration=hold_configuration().configuration,
        at=at,
        by=actor.user_name if actor else None,
        cause=cause,
        reason=reason,
        name=name,
        version=label or usual_label(at, made),
    )
    about = {"hash": known, "cause": cause, "reason": reason, "version": version.version}
    record(ConfigurationPublished(subject=f"configuration:{version.number}", about=about), actor=actor, at=at)
    return version


def _data(items: Sequence[Item]) -> list[Mapping[str, Any]]:
    return [item.data for item in items]


def _role(item: Item) -> dict[str, Any]:
    return {key: value for key, value in item.data.items() if key != "form_section_read_write"}


def _grants(pack: Pack) -> dict[str, dict[str, str]]:
    """What each role may do with forms once the pack is loaded: of the pack's own forms only what the pack says.

    What a role holds on forms of other packs stays, so that packs may be loaded again in any order.
    """
    said: dict[str, dict[str, str]] = {
        item.data["unique_id"]: dict(item.data["form_section_read_write"]) for item in pack.roles
    }
    for item in pack.grants:
        said.setdefault(item.data["role"], {}).update(item.data["forms"])
    own = frozenset(pack.ids("forms"))
    return {
        role: {form: access for form, access in held.items() if form not in own} | said[role]
        for role, held in grants_standing(said).items()
    }


def _account(item: Item, passwords: Mapping[str, str]) -> dict[str, Any]:
    user = dict(item.data)
    placed = {
        "role_unique_id": user.pop("role"),
        "agency_unique_id": user.pop("agency"),
        "user_group_unique_ids": user.pop("user_groups"),
    }
    password = passwords.get(user["user_name"])
    return user | placed | ({"password": password} if password else {})
