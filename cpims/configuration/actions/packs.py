"""Loading a ready configuration into an instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.packs import put_agencies, put_roles, put_user_groups, put_users
from cpims.audit.actions import record
from cpims.configuration.actions.publishing import keep_version
from cpims.configuration.events import PackLoaded
from cpims.configuration.formats import BrokenPack, Item, Pack
from cpims.configuration.queries import PACK, grants_standing, standing_now
from cpims.configuration.rules import pack_problems
from cpims.forms.actions import put_form_grants, put_forms
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
    before = hold_configuration(actor).configuration
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
    keep_version(cause="pack", actor=actor, at=at, reason=f"{pack.name} {pack.version}".strip(), again=False)
    return Loaded(before=before, after=hold_configuration().configuration, counts=counts)


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
