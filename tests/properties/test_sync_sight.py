"""Whatever happened meanwhile, a device that synchronised holds exactly what lists and reads show its worker now.

A model of a device applies the feed and the manifest, loses replies, stops in the middle, pins and unpins; the server
meanwhile sees edits, hand-overs, closing, disabling, hidden names, changed roles, grants and teams.
"""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from cpims.accounts.models import Role, User, UserGroup
from cpims.audit.actions import record as write_down
from cpims.audit.actions import seal_books
from cpims.cases.actions import amend_case
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.clock import now, today
from cpims.records.actions.ownership import follow_owner
from cpims.records.actions.writing import own
from cpims.records.events import OwnerMoved
from cpims.records.models import Record
from cpims.records.queries.listing import find_records
from cpims.records.queries.reading import get_record, incomplete_for, served
from cpims.records.rules.editing import Edit
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.cast import AT, register, set_the_stage, viewer

WORKERS = ("amina", "bilal", "chantal")
EVERYBODY = (*WORKERS, "dawit")
STEPS = 80
V1 = "/api/cpims/v1/sync"


class Device:
    """A device that keeps what it was sent, and nothing else."""

    def __init__(self, owner: str, draw: random.Random) -> None:
        """Empty, never synchronised."""
        self.owner, self.draw, self.caller = owner, draw, as_(owner)
        self.held: dict[str, dict[str, Any]] = {}
        self.pinned: set[str] = set()
        self.wanted: set[str] = set()
        self.standing: dict[str, Any] = {"cursor": None}
        self.resyncs = self.gone = self.dropped = 0

    def synchronise(self, *, wholly: bool) -> None:
        """Ask until there is no more; when not ``wholly``, lose a reply or stop at some point."""
        for _ in range(400):
            scope = {"own_open": True, "pinned": sorted(self.pinned)}
            wanted = sorted(self.wanted)[:3]
            asked = self.standing | {"scope": scope, "limit": self.draw.randint(1, 4), "wanted": wanted}
            reply = self.caller.post(f"{V1}/changes", asked)
            if not wholly and self.draw.random() < 0.3:
                return  # the reply was lost, or the device died
            assert reply.status == 200, reply.json
            place = reply.json["metadata"]
            if place["resync"]:
                self._compare(scope)
                continue
            self._apply(reply.data, wanted)
            self.standing = {name: place[name] for name in ("cursor", "epoch", "configuration")}
            if not place["more"] and not self.wanted:
                return
        raise AssertionError("the feed does not end")

    def _compare(self, scope: dict[str, Any]) -> None:
        reply = self.caller.post(f"{V1}/manifest", {"scope": scope})
        assert reply.status == 200, reply.json
        listed = {entry["id"]: entry for entry in reply.data}
        self.resyncs += 1
        self.dropped += len(self.held.keys() - listed.keys())
        self.held = {key: value for key, value in self.held.items() if key in listed}
        for key, entry in listed.items():
            mine = self.held.get(key)
            if mine is None or (mine["revision"], mine["fields"]) != (entry["revision"], entry["fields"]):
                self.wanted.add(key)
        self.standing = {name: reply.json["metadata"][name] for name in ("cursor", "epoch", "configuration")}

    def _apply(self, page: dict[str, Any], asked: list[str]) -> None:
        ids = [row["id"] for row in page["records"]]
        assert len(ids) == len(set(ids)), "a record stands twice on a page"
        assert not set(ids) & {row["id"] for row in page["gone"]}
        for row in page["gone"]:
            self.gone += self.held.pop(row["id"], None) is not None
        for row in page["records"]:
            self.held[row["id"]] = row
        self.wanted -= set(asked)

    def pin(self, key: str) -> None:
        """Keep a record besides, or no longer; the server says what that means."""
        self.pinned ^= {key}
        self.wanted.add(key)

    def holds_what_is_shown(self) -> None:
        """Compare with lists and reads."""
        who, day = current_viewer(self.owner), today("UTC")
        rows = find_records(kind="case", viewer=who, query={}, offset=0, per=500, today=day).records
        expected = {
            str(r.id): r
            for r in rows
            if r.record_state
            and (str(r.id) in self.pinned or (self.owner in r.associated_user_names and r.status == "open"))
        }
        assert self.held.keys() == expected.keys()
        for key, row in expected.items():
            read = get_record(kind="case", record_id=row.id, viewer=who)
            assert self.held[key]["revision"] == read.revision
            assert self.held[key]["values"] == as_json(served(read, who, today=day))
            assert self.held[key]["incomplete"] == incomplete_for(read, who)


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


class World:
    """What happens on the server while devices are away."""

    def __init__(self, draw: random.Random) -> None:
        """A few cases of everybody's."""
        self.draw = draw
        self.cases = [
            register(by=EVERYBODY[number % 4], name_first=f"Child {number}", siblings=number).id for number in range(8)
        ]

    def one(self) -> Record:
        return Record.objects.get(pk=self.draw.choice(self.cases))

    def step(self) -> None:
        """One thing happens."""
        happenings = (
            self.amend,
            self.amend,
            self.register,
            self.hand_over,
            self.state,
            self.grant,
            self.scope,
            self.team,
        )
        self.draw.choice(happenings)()

    def register(self) -> None:
        self.cases.append(register(by=self.draw.choice(EVERYBODY), name_first=f"New {self.draw.random()}").id)

    def _amend(self, **values: Any) -> None:
        amend_case(case_id=self.one().id, edit=Edit(values=values), actor=viewer("farid"), at=AT)

    def amend(self) -> None:
        name = self.draw.choice(["siblings", "national_id_no", "hiv_status", "risk_level", "consent_reason"])
        options = {"siblings": range(9), "hiv_status": ["yes", "no"], "risk_level": ["low", "high"]}
        self._amend(**{name: self.draw.choice(list(options.get(name, ["one", "two", None])))})

    def state(self) -> None:
        wishes: list[dict[str, Any]] = [{"record_state": False}, {"record_state": True}, {"hidden_name": True}]
        case = self.one()
        wishes.append({"status": "open"} if case.status == "closed" else {"status": "closed", "closure_reason": "x"})
        amend_case(case_id=case.id, edit=Edit(values=self.draw.choice(wishes)), actor=viewer("farid"), at=AT)

    def hand_over(self) -> None:
        case, owner = self.one(), User.objects.get(user_name=self.draw.choice(EVERYBODY))
        own(case, owner, sorted(owner.groups.filter(disabled=False).values_list("unique_id", flat=True)))
        case.revision += 1
        case.save()
        write_down(OwnerMoved(record=case.id, revision=case.revision, changes={}), actor=viewer("farid"), at=AT)

    def _raise(self, role: Role) -> None:
        for user in User.objects.filter(role=role):
            user.access_epoch += 1
            user.save(update_fields=["access_epoch"])

    def grant(self) -> None:
        role = Role.objects.get(unique_id=self.draw.choice(["role-worker", "role-group-worker", "role-supervisor"]))
        form = Form.objects.get(unique_id=self.draw.choice(["sensitive", "protection", "consent", "basic_identity"]))
        if not FormGrant.objects.filter(role=role, form=form).delete()[0]:
            FormGrant.objects.create(role=role, form=form, access="rw")
        if self.draw.random() < 0.5:
            Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
        else:
            self._raise(role)

    def scope(self) -> None:
        role = Role.objects.get(unique_id=self.draw.choice(["role-worker", "role-group-worker", "role-supervisor"]))
        role.group_permission = self.draw.choice(["self", "group", "agency", "all"])
        role.save()
        self._raise(role)

    def team(self) -> None:
        user = User.objects.get(user_name=self.draw.choice(EVERYBODY))
        user.groups.set(UserGroup.objects.filter(unique_id=self.draw.choice(["usergroup-north", "usergroup-south"])))
        user.access_epoch += 1
        user.save(update_fields=["access_epoch"])
        follow_owner(user_id=user.id, at=now())


@pytest.mark.parametrize("seed", range(4))
def test_a_device_holds_what_its_worker_may_see(committed_db, seed):
    draw = random.Random(seed)
    set_the_stage()
    world = World(draw)
    devices = [Device(name, draw) for name in WORKERS]
    for step in range(STEPS):
        world.step()
        device = draw.choice(devices)
        if draw.random() < 0.3:
            device.pin(str(world.one().id))
        if draw.random() < 0.4:
            seal_books(limit=draw.randint(1, 50))
        if draw.random() < 0.5:
            device.synchronise(wholly=False)
        if step % 10 == 9:
            while seal_books():
                pass
            for each in devices:
                each.synchronise(wholly=True)
                each.holds_what_is_shown()
    # a run in which nothing was ever dropped, or no rights ever changed, would show nothing
    assert sum(device.resyncs for device in devices) > 3
    assert sum(device.dropped + device.gone for device in devices) > 3
