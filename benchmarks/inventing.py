"""One process that invents cases and derives everything that is stored of them, by the functions of the write path."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from uuid import UUID

#: Endings that make many names out of few, so that a name is as rare or as frequent as in a real country.
ENDINGS: Mapping[str, Sequence[tuple[str, str]]] = {
    "arabic": [("ي", "i"), ("ان", "an"), ("ين", "in"), ("اوي", "awi"), ("ية", "iya"), ("ور", "ur"), ("ام", "am"), ("اد", "ad")],
    "dari": [("ی", "i"), ("زاده", "zada"), ("پور", "pur"), ("یار", "yar"), ("نیا", "nia"), ("وند", "wand")],
    "ethiopian": [("ዬ", "ye"), ("ሽ", "sh"), ("ነሽ", "nesh"), ("ወርቅ", "work"), ("ዓለም", "alem"), ("ድንግል", "dengel")],
    "burmese": [("အေး", " aye"), ("ဝင်း", " win"), ("ထွန်း", " tun"), ("စိုး", " soe"), ("လှ", " hla"), ("မင်း", " min")],
    "bengali": [("উল", "ul"), ("দার", "dar"), ("পুর", "pur"), ("ইন", "in"), ("আরা", "ara"), ("উদ্দিন", "uddin")],
    "ukrainian": [("ко", "ko"), ("енк", "enk"), ("чук", "chuk"), ("юк", "yuk"), ("ар", "ar"), ("ишин", "yshyn")],
    "nepali": [("पुर", "pur"), ("माया", "maya"), ("देव", "dev"), ("नाथ", "nath"), ("राम", "ram"), ("थापा", "thapa")],
    "": [("el", "el"), ("in", "in"), ("ara", "ara"), ("ou", "ou"), ("eni", "eni"), ("osa", "osa"), ("amba", "amba"), ("iel", "iel")],
}  # fmt: skip
#: How many of a hundred cases have a second worker who helps.
HELPED = 4


@dataclass(frozen=True)
class Task:
    """A piece of work: workers with how many cases each and the number of her first case in the whole database."""

    number: int
    shares: Sequence[tuple[str, int, int]]


@dataclass
class Made:
    """The rows of one piece, ready for COPY; those of the books still without their place in the chain."""

    number: int
    cases: int = 0
    records: bytes = b""
    keys: bytes = b""
    changes: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)
    sightings: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)


def start_process(address: str, seed: int) -> None:
    """Make a new process ready: Django, the configuration, the people."""
    os.environ["DATABASE_URL"] = address
    os.nice(5)
    import django

    django.setup()
    _world(seed)
    gc.freeze()
    gc.disable()


@dataclass(frozen=True)
class World:
    """What all cases have in common."""

    seed: int
    recipes: Any
    providers: Any
    users: Mapping[str, Any]
    groups: Mapping[str, list[str]]
    viewers: Mapping[str, Any]
    at: datetime
    day: date


@lru_cache(maxsize=1)
def _world(seed: int) -> World:
    from benchmarks.place import ROOT
    from cpims.accounts.models import User
    from cpims.configuration.formats import read_folder, read_pack
    from cpims.forms.queries.viewers import current_viewer
    from cpims.management.demo.filling import _providers
    from cpims.management.demo.recipes import read_recipes

    pack = read_pack(read_folder(ROOT / "packs" / "demo"))
    recipes = read_recipes(read_folder(ROOT / "packs" / "caseload"))
    recipes = replace(recipes, cultures=[_widened(culture) for culture in recipes.cultures])
    rows = User.objects.filter(user_name__startswith="worker").select_related("agency").prefetch_related("groups")
    users = {user.user_name: user for user in rows}
    groups = {name: sorted(g.unique_id for g in user.groups.all() if not g.disabled) for name, user in users.items()}
    # All case workers of the bench have one role, so one viewer's rights stand for all; only her name differs.
    model = current_viewer(next(iter(users)))
    viewers = {
        name: replace(
            model, user_id=user.id, user_name=name, full_name=user.full_name, agency=user.agency.unique_id,
            agency_id=user.agency_id, groups=frozenset(groups[name]),
        )
        for name, user in users.items()
    }  # fmt: skip
    at = datetime.combine(date.today(), time(6), UTC)
    return World(seed, recipes, _providers(pack), users, groups, viewers, at, at.date())


def _widened(culture: Any) -> Any:
    endings = ENDINGS.get(culture.name, ENDINGS[""])

    def given(pairs: Sequence[Any]) -> list[Any]:
        return [pair for pair in pairs for _ in range(6)] + [(a + x, b + y) for a, b in pairs for x, y in endings]

    def family(pairs: Sequence[Any]) -> list[Any]:
        once = [(a + x, b + y) for a, b in pairs for x, y in endings]
        return (
            [pair for pair in pairs for _ in range(25)]
            + once * 3
            + [(a + x, b + y) for a, b in once for x, y in endings]
        )

    return replace(
        culture,
        girls=given(culture.girls), boys=given(culture.boys), women=given(culture.women), men=given(culture.men),
        families=family(culture.families),
    )  # fmt: skip


def make(task: Task, seed: int) -> Made:
    """Invent the cases of a piece and write out every row that belongs to them."""
    from benchmarks.copying import columns_of, row
    from cpims.audit.actions import change_entry
    from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
    from cpims.audit.queries import CHANGES, SIGHTINGS, envelope_of
    from cpims.cases.actions.register import _registered
    from cpims.cases.events import CaseClosed
    from cpims.lib.crypto import derive, new_key, seal
    from cpims.lib.secrets import secret
    from cpims.records.models import Record

    world = _world(seed)
    record_columns = columns_of(Record, ["recorded_at"])
    key_columns = columns_of(SubjectKey)
    change_columns = columns_of(ChangeEntry, ["id", "seq", "link", "xid"])
    sighting_columns = columns_of(SightingEntry, ["id", "seq", "link", "xid"])
    wrapping = derive(secret("instance"), "subject-keys")
    made = Made(task.number)
    records, keys = [], []

    def note(event: Any, actor: Any, at: datetime, key: bytes) -> None:
        entry = change_entry(event, actor=actor, at=at, key=key)
        entry.recorded_at = at
        made.changes.append((envelope_of(CHANGES, entry), row(entry, change_columns)))

    def saw(action: str, road: str, actor: Any, ids: list[UUID], at: datetime) -> None:
        entry = SightingEntry(
            road=road, action=action, role=actor.role, record_kind="case", record_ids=ids, fields="all",
            actor_id=actor.user_id, actor_name=actor.user_name, recorded_at=at,
        )  # fmt: skip
        made.sightings.append((envelope_of(SIGHTINGS, entry), row(entry, sighting_columns)))

    for name, count, first in task.shares:
        actor, page = world.viewers[name], []
        for number, case in enumerate(_cases(world, name, count)):
            record = _record(world, case, actor, first + number)
            key = new_key()
            records.append(row(record, record_columns))
            keys.append(row(SubjectKey(subject=record.id, wrapped=seal(wrapping, key, record.id.bytes)), key_columns))
            note(_registered(record), actor, record.created_at, key)
            if case.closed_on:
                changes = {"status": ("open", "closed"), "date_closure": (None, case.closed_on)}
                closed = datetime.combine(case.closed_on, record.created_at.timetz())
                note(CaseClosed(record=record.id, revision=1, changes=changes), actor, closed, key)
            saw("show", "cases.read", actor, [record.id], record.created_at)
            page.append(record.id)
            if len(page) == 20:
                saw("list", "cases.list", actor, page, record.created_at)
                page = []
            made.cases += 1
    made.records, made.keys = b"\n".join([*records, b""]), b"\n".join([*keys, b""])
    gc.collect()
    return made


def _cases(world: World, name: str, count: int) -> Any:
    from cpims.management.demo.caseload import Worker, invent_caseload

    user = world.users[name]
    return invent_caseload(
        count=count,
        seed=f"{world.seed}/{name}",  # type: ignore[arg-type,unused-ignore]
        today=world.day,
        workers=[Worker(name, user.location, user.locale)],
        providers=world.providers,
        recipes=world.recipes,
    )


def _record(world: World, case: Any, actor: Any, number: int) -> Any:
    """As ``register_cases`` prepares a case, without checking answers that tests of the demo check."""
    from cpims.cases.rules.kind import CASE
    from cpims.cases.rules.settling import settle
    from cpims.records.actions.writing import derive_record, new_record, own

    day = case.created_at.date()
    answers = settle({}, CASE.defaults(day) | dict(case.answers), author=actor.user_name, at=case.created_at)
    record = new_record(
        kind=CASE, record_id=numbered(case.case_id, number), module=next(iter(actor.modules)), actor=actor,
        at=case.created_at, answers=answers,
    )  # fmt: skip
    record.hidden_name = case.hidden_name
    record.state |= {"age_recorded_on": day.isoformat(), "posted_at": world.at.isoformat()}
    if number * 2654435761 % 100 < HELPED:
        record.assigned_user_names = [list(world.users)[number * 7919 % len(world.users)]]
    own(record, world.users[actor.user_name], world.groups[actor.user_name])
    if case.workflow:
        record.workflow = case.workflow
    if case.closed_on:
        record.status, record.workflow, record.date_closure = "closed", "closed", case.closed_on
    touched = case.closed_on or min(world.day, day + timedelta(days=Random(number).randint(0, 60)))
    record.last_updated_at = datetime.combine(touched, case.created_at.timetz())
    derive_record(record, CASE, configuration=actor.configuration, today=day)
    return record


def numbered(random_id: UUID, number: int) -> UUID:
    """The same id with other last seven digits: no two numbers below 268 million get the same, so no code is taken twice."""
    return UUID(int=(random_id.int >> 28 << 28) | (number * 0x5BD1E95 + 0x1B873) % (1 << 28))
