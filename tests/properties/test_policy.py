"""Who may do what, on every route: the API's answers against the specification (``policy.py``).

Petra gets one role after another: made of what a route needs and of too little, too much or something else, under each
scope, near to the things the route is about or far from them. What is refused changes nothing.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from cpims.access.rules.catalogue import ACTIONS
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.audit.models import ChangeEntry
from cpims.records.models import Record, SavedSearch
from tests.api.client import Reply, as_
from tests.api.matrix import MATRIX, Row, places
from tests.cast import MODULE
from tests.properties.audit_policy import AUDIT_RULES
from tests.properties.configuration_policy import CONFIGURATION_RULES
from tests.properties.family_policy import FAMILY_RULES
from tests.properties.form_policy import FORM_RULES
from tests.properties.import_policy import IMPORT_RULES
from tests.properties.incident_policy import INCIDENT_RULES
from tests.properties.invitation_policy import INVITATION_RULES
from tests.properties.paper_policy import PAPER_RULES
from tests.properties.policy import PUBLIC, nobody_else
from tests.properties.policy import RULES as CASE_RULES
from tests.properties.promotion_policy import PROMOTION_RULES, SIGNED
from tests.properties.record_policy import RECORD_RULES
from tests.properties.rollout_policy import ROLLOUT_RULES, TOLD
from tests.properties.shapes import ADMIN, SCOPES, STANDS, SUPER, Permissions, Rule, Shape
from tests.properties.table_policy import TABLE_RULES
from tests.properties.tracing_policy import TRACING_RULES

RULES = CASE_RULES | RECORD_RULES | INCIDENT_RULES | PAPER_RULES | FAMILY_RULES | TRACING_RULES
RULES |= (
    INVITATION_RULES | AUDIT_RULES | IMPORT_RULES | CONFIGURATION_RULES | PROMOTION_RULES | FORM_RULES | TABLE_RULES
)
RULES |= ROLLOUT_RULES
PER_ROUTE = 22
#: For each stand a scope under which it decides.
TELLING = ("self", "group", "agency", "identified")
GUARDED = [row for row in MATRIX if (row.method, row.path) not in PUBLIC | SIGNED | TOLD]


def variants(needs: Permissions) -> Iterator[Permissions]:
    """Nothing; what is needed; each part too little, too much, or something else; everything but; whole offices."""
    yield {}
    yield needs
    for resource, actions in needs.items():
        yield needs | {resource: ["manage"]}
        yield needs | {resource: [a for a in ACTIONS[resource] if a not in (*actions, "manage")]}
        yield {r: a for r, a in needs.items() if r != resource}
        for action in actions[:3]:
            yield needs | {resource: [a for a in actions if a != action] or ["read"]}
    yield {r: list(ACTIONS[r]) for r in ACTIONS}
    yield SUPER
    yield ADMIN
    yield {"metadata": ["manage_restricted"], **{r: a for r, a in needs.items() if r != "metadata"}}
    yield {"user": ["read", "write", "create", "agency_read"], **{r: a for r, a in needs.items() if r != "user"}}
    yield {"managed_report": ["violations"]}


def shapes(row: Row, rule: Rule) -> list[Shape]:
    """The sample of a route: every scope and every stand with what it needs, and a draw of everything else."""
    draw = random.Random(f"{row.method} {row.path}")  # the same every time
    exact = [Shape(rule.needs, scope, draw.choice(STANDS)) for scope in SCOPES]
    exact += [Shape(rule.needs, scope, stands) for scope, stands in zip(TELLING, STANDS, strict=True)]
    pool = list(variants(rule.needs))
    limits: list[dict[str, list[str]]] = [
        {}, {}, {}, {"role": ["role-worker"]}, {"role": ["role-supervisor"]}, {"agency": ["agency-a"]},
        {"agency": ["agency-b"], "role": ["role-worker", "role-group-worker"]},
    ]  # fmt: skip
    for number in range(PER_ROUTE - len(exact)):
        permissions = pool[number % len(pool)]
        scope = "all" if permissions is SUPER else "admin_only" if permissions is ADMIN else draw.choice(SCOPES)
        shape = Shape(permissions, scope, draw.choice(STANDS), objects=draw.choice(limits))
        exact.append(replace(shape, modules=("primeromodule-other",)) if draw.random() < 0.2 else shape)
    return exact


@pytest.fixture
def petra(cast: None) -> User:
    role = Role.objects.create(unique_id="role-petra", name="Petra", permissions={}, module_unique_ids=[MODULE])
    agency = Agency.objects.get(unique_id="agency-b")
    return User.objects.create(
        user_name="petra", full_name="Petra", email="petra@example.org", role=role, agency=agency
    )


def become(petra: User, shape: Shape) -> None:
    """Give Petra a role and a place; every record becomes hers, or about her, when the shape says so."""
    stored = {r: a for r, a in shape.permissions.items() if a} | {"objects": shape.objects}
    Role.objects.filter(pk=petra.role_id).update(
        permissions=stored, group_permission=shape.scope, module_unique_ids=list(shape.modules)
    )
    agency, group = ("agency-a", "usergroup-north") if shape.team else ("agency-b", "usergroup-south")
    User.objects.filter(pk=petra.pk).update(
        agency=Agency.objects.get(unique_id=agency), access_epoch=time.time_ns() // 1000
    )
    petra.groups.set([UserGroup.objects.get(unique_id=group)])
    if shape.stands == "own":
        SavedSearch.objects.update(user=petra)
        Record.objects.update(
            owner=petra, owned_by="petra", associated_user_names=["petra"], owned_by_agency_id=agency,
            associated_user_agencies=[agency], owned_by_groups=[group], associated_user_groups=[group],
        )  # fmt: skip
    if shape.stands == "about":
        firsts = Record.objects.order_by("kind", "recorded_at", "id").distinct("kind").values_list("pk", flat=True)
        Record.objects.filter(pk__in=list(firsts)).update(identified_by="petra")


def ask(row: Row, known: dict[str, Any]) -> Reply:
    body = row.body() if row.body else None
    return as_("petra").send(row.method, row.path.format(**known), body)


def footprint() -> list[Any]:
    return [ChangeEntry.objects.count(), list(Record.objects.values_list("id", "revision"))]


def test_every_route_has_a_rule():
    assert {(row.method, row.path) for row in GUARDED} == set(RULES)


@pytest.mark.parametrize("row", GUARDED, ids=lambda row: f"{row.method} {row.path}")
def test_each_role_is_answered_as_the_specification_says(petra, row):
    rule, known = RULES[row.method, row.path], places(row.path)
    seen: set[int] = set()
    for shape in shapes(row, rule):
        point = transaction.savepoint()
        become(petra, shape)
        before = footprint()
        expected = rule.answers(shape)
        expected = row.success if expected == 200 else expected
        reply = ask(row, known)
        assert reply.status == expected, f"{shape}\nexpected {expected}, was {reply.status}: {reply.raw[:300]!r}"
        if expected in (403, 404):
            assert footprint() == before, shape
        seen.add(expected)
        transaction.savepoint_rollback(point)
    # a rule that never says yes, or never no where there is something to refuse, tests nothing
    assert row.success in seen or rule.answers is nobody_else
    assert seen & {403, 404} or not rule.needs
