"""What happens at the server while devices are away, and what is true there: asked by the story, answered from the database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import argon2
from django.db import transaction

from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.audit.actions import record as write_down
from cpims.audit.actions import seal_books
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import find_happenings
from cpims.cases.actions import amend_case, register_case
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.json import dumps, loads
from cpims.records.actions.ownership import follow_owner
from cpims.records.actions.writing import own
from cpims.records.events import OwnerMoved
from cpims.records.models import Quarantine, Record
from cpims.records.queries.reading import served
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.editing import Edit
from cpims.sync.models import Handover
from cpims.sync.queries.handovers import item_in
from cpims.sync.queries.quarantine import answers_in

PASSWORD = "orange-lantern-42-river"
OPEN = "open"
MODULE = "primeromodule-cp"


def cheap_hash() -> str:
    """The password at a cost that a test can pay a thousand times; what is stored says how much it costs."""
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return "argon2" + hasher.hash(PASSWORD)


class World:
    """The server of many stories. Each has people, roles and cases of its own."""

    def __init__(self) -> None:
        """A common hash of the common password."""
        self.hash = cheap_hash()
        self.acts: dict[str, Callable[..., Any]] = {
            name: getattr(self, name)
            for name in ("stage", "move", "amend", "close", "team", "grant", "scope", "seal", "truth", "books")
        }

    def answer(self, line: str) -> str:
        """One question of a story."""
        asked = json.loads(line)
        number = asked["with"].pop("n")
        told = self.acts[asked["ask"]](**asked["with"])
        return json.dumps({"n": number, "answer": told})

    def stage(self, *, story: str, names: list[str]) -> dict[str, Any]:
        """Workers who know nothing of other stories: one who sees her own cases, one her team's, one elsewhere; and cases."""
        agency = Agency.objects.get(unique_id="agency-a")
        teams = {key: UserGroup.objects.create(unique_id=f"{key}-{story}", name=f"{key}-{story}") for key in "ns"}
        roles: dict[str, Role] = {}
        for key, like in (("self", "role-worker"), ("group", "role-group-worker")):
            role = Role.objects.get(unique_id=like)
            grants = list(role.form_grants.all())
            role.pk, role.unique_id, role.name = None, f"{like}-{story}", f"{like}-{story}"
            role.save(force_insert=True)
            FormGrant.objects.bulk_create([FormGrant(form=g.form, role=role, access=g.access) for g in grants])
            roles[key] = role
        people: dict[str, Any] = {}
        for name, holds, team in (("amina", "self", "n"), ("bilal", "group", "n"), ("dawit", "self", "s")):
            user = User.objects.create(
                user_name=f"{name}-{story}", full_name=name.title(), email=f"{name}-{story}@example.org",
                password=self.hash, role=roles[holds], agency=agency, locale="en", location="KA0101",
            )  # fmt: skip
            user.groups.add(teams[team])
            people[name] = {"user_name": user.user_name, "id": user.id}
        cases = [
            self._register(f"{who}-{story}", name) for who, name in zip(("amina", "amina", "bilal"), names, strict=True)
        ]
        return {"people": people, "password": PASSWORD, "cases": cases}

    def _register(self, user_name: str, name: str) -> tuple[str, str]:
        values = {"module_id": MODULE, "name_first": name, "age": 9, "sex": "female"}
        made = register_case(values=values, actor=current_viewer(user_name), at=datetime.now(UTC)).record
        return str(made.id), name

    def _cases(self, story: str) -> list[Record]:
        names = [f"{name}-{story}" for name in ("amina", "bilal", "dawit")]
        return list(Record.objects.filter(owned_by__in=names).order_by("created_at", "id"))

    def _one(self, story: str, pick: float) -> Record | None:
        cases = self._cases(story)
        return cases[int(pick * len(cases))] if cases else None

    def move(self, *, story: str, to: str, pick: float = 0, record: str | None = None) -> bool:
        """A case goes to another worker: this one, or one that is picked."""
        found = Record.objects.filter(pk=record).first() if record else self._one(story, pick)
        if found is None:
            return False
        with transaction.atomic():
            case = Record.objects.select_for_update(of=("self",)).get(pk=found.pk)
            owner = User.objects.select_related("agency").get(user_name=f"{to}-{story}")
            own(case, owner, sorted(owner.groups.filter(disabled=False).values_list("unique_id", flat=True)))
            case.revision += 1
            case.save()
            event = OwnerMoved(record=case.id, revision=case.revision, changes={})
            write_down(event, actor=current_viewer("farid"), at=datetime.now(UTC))
        return True

    def _amend(self, case: Record, **values: Any) -> None:
        amend_case(case_id=case.id, edit=Edit(values=values), actor=current_viewer("farid"), at=datetime.now(UTC))

    def amend(
        self, *, story: str, name: str, value: Any, pick: float = 0, record: str | None = None
    ) -> list[Any] | None:
        """Somebody at the office writes over an answer, having seen it; what stood there before."""
        found = Record.objects.filter(pk=record).first() if record else self._one(story, pick)
        if found is None:
            return None
        with transaction.atomic():
            case = Record.objects.select_for_update(of=("self",)).get(pk=found.pk)
            before = case.data.get(name)
            self._amend(case, **{name: value})
        return [str(case.id), before]

    def close(self, *, story: str, pick: float) -> bool:
        """A case is closed, or opened again."""
        case = self._one(story, pick)
        if case is not None:
            closed = {"status": "closed", "closure_reason": "done"}
            self._amend(case, **({"status": OPEN} if case.status == "closed" else closed))
        return case is not None

    def team(self, *, story: str, who: str, team: str) -> bool:
        """A worker changes her team, and her cases follow."""
        user = User.objects.get(user_name=f"{who}-{story}")
        user.groups.set(UserGroup.objects.filter(unique_id=f"{team}-{story}"))
        user.access_epoch += 1
        user.save(update_fields=["access_epoch"])
        follow_owner(user_id=user.id, at=datetime.now(UTC))
        return True

    def _raise(self, role: Role) -> None:
        for user in User.objects.filter(role=role):
            user.access_epoch += 1
            user.save(update_fields=["access_epoch"])

    def grant(self, *, story: str, form: str) -> bool:
        """A form is taken from the workers of a role, or given back."""
        role = Role.objects.get(unique_id=f"role-worker-{story}")
        what = Form.objects.get(unique_id=form)
        if not FormGrant.objects.filter(role=role, form=what).delete()[0]:
            FormGrant.objects.create(role=role, form=what, access="rw")
        self._raise(role)
        return True

    def scope(self, *, story: str, scope: str) -> bool:
        """Workers of a role see further, or less far."""
        role = Role.objects.get(unique_id=f"role-worker-{story}")
        role.group_permission = scope
        role.save()
        self._raise(role)
        return True

    def seal(self, *, most: int) -> bool:
        """The book is sealed, some way or to its end; only then the feed tells of it."""
        if most:
            seal_books(limit=most)
            return True
        # What other stories have under their hands is not sealed before they are done.
        there = ChangeEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        while ChangeEntry.objects.filter(id__lte=there, seq__isnull=True).exists():
            if not seal_books():
                time.sleep(0.005)
        return True

    def truth(self, *, user_name: str, pinned: list[str]) -> dict[str, Any]:
        """What a device of this worker must hold: her own open cases and those she pinned, as she may read them today."""
        viewer = current_viewer(user_name)
        pins = {UUID(key) for key in pinned}
        kept: dict[str, Any] = {}
        in_sight = {row.id for row in Record.objects.visible_to(viewer)}
        for case in Record.objects.filter(record_state=True, id__in=in_sight):
            hers = (case.owned_by == user_name or user_name in case.assigned_user_names) and case.status == OPEN
            if hers or case.id in pins:
                day = datetime.now(UTC).date()
                kept[str(case.id)] = {
                    "revision": case.revision,
                    "values": loads(dumps(served(case, viewer, today=day))),
                }
        return {"kept": kept, "readable": sorted(readable_fields(viewer, "case", MODULE))}

    def books(self, *, story: str) -> dict[str, Any]:
        """Everything that the server has of what was typed: records, their history, quarantine, what was handed over."""
        cases = self._cases(story)
        return {
            "records": {str(case.id): case.data for case in cases},
            "history": {str(case.id): list(self._history(case.id)) for case in cases},
            "quarantine": [
                {"record": str(row.record_id), "answers": answers_in(row)}
                for row in Quarantine.objects.filter(record__in=cases)
            ],
            "handed_over": [
                loads(dumps(item_in(row)))
                for row in Handover.objects.filter(user__user_name__endswith=f"-{story}", sealed__isnull=False)
            ],
        }

    def _history(self, case: UUID) -> Iterator[dict[str, Any]]:
        for entry in reversed(list(find_happenings(case))):
            yield {
                "event": entry.event,
                "actor": entry.actor_name,
                "revision": entry.revision,
                "changes": entry.changes,
            }
