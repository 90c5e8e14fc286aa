"""Roles: what they open takes effect at once; nobody makes one that reaches beyond herself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from cpims.access.rules.administration import BeyondYourRights
from cpims.access.rules.viewer import Forbidden
from cpims.accounts.actions.packs import put_roles
from cpims.accounts.actions.roles import change_role, create_role, retire_role
from cpims.accounts.models import Role, User
from cpims.accounts.rules.refusals import RoleExists, RoleHeld, RoleInvalid, RoleNotFound
from cpims.audit.models import ChangeEntry
from cpims.forms.actions.roles import change_role_with_forms, create_role_with_forms
from cpims.forms.models import FormGrant
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, set_the_stage, viewer
from tests.db.test_accounts_users import everything, hire

NEW: dict[str, Any] = {
    "name": "Intake worker",
    "description": "Registers children.",
    "group_permission": "self",
    "module_unique_ids": [MODULE],
    "permissions": {"case": ["create", "read"]},
}


def number(unique_id: str) -> int:
    return Role.objects.get(unique_id=unique_id).id


def test_esther_makes_a_role_with_forms(cast):
    before = Instance.objects.get().configuration
    grants = {"basic_identity": "rw", "consent": "r"}
    role = create_role_with_forms(values=NEW | {"form_section_read_write": grants}, actor=viewer("esther"), at=AT)
    assert role.unique_id.startswith("role-intake-worker-") and role.permissions["objects"] == {}
    assert role.permissions["case"] == ["read", "create"]
    assert dict(FormGrant.objects.filter(role=role).values_list("form__unique_id", "access")) == grants
    assert Instance.objects.get().configuration > before
    assert list(ChangeEntry.objects.values_list("event", flat=True))[:1] == ["role.created"]


def test_a_change_reaches_every_holder_at_once(cast):
    before = viewer("amina")
    assert before.may("case", "close")
    change_role(
        role_id=number("role-worker"), values={"permissions": {"case": ["read"]}}, actor=viewer("esther"), at=AT
    )
    after = viewer("amina")
    assert after.epoch > before.epoch and not after.may("case", "close") and after.may("case", "read")
    change_role_with_forms(
        role_id=number("role-worker"),
        values={"form_section_read_write": {"consent": "r"}},
        actor=viewer("esther"),
        at=AT,
    )
    assert dict(viewer("amina").form_access) == {"consent": "r"}
    change_role(role_id=number("role-worker"), values={"disabled": True}, actor=viewer("esther"), at=AT)
    assert not viewer("amina").may("case", "read")


def test_nothing_changed_is_nothing_written(cast):
    before = everything()
    configuration = Instance.objects.get().configuration
    change_role(role_id=number("role-worker"), values={"name": "role-worker"}, actor=viewer("esther"), at=AT)
    assert everything() == before and Instance.objects.get().configuration == configuration


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": ""}, "role.name.required"),
        ({"name": "role-worker"}, "role.name.taken"),
        ({"permissions": {}}, "role.permissions.required"),
        ({"permissions": {"case": ["fly"]}}, "role.permissions.required"),
        ({"permissions": {"case": "read"}}, "role.permissions.format"),
        ({"permissions": {"case": ["read"], "objects": {"role": "x"}}}, "role.permissions.format"),
        ({"group_permission": "everything"}, "role.scope.unknown"),
        ({"reporting_location_level": 9}, "role.reporting_level.unknown"),
        ({"module_unique_ids": ["primeromodule-none"]}, "role.modules.unknown"),
        ({"form_section_read_write": {"consent": "w"}}, "role.forms.format"),
        ({"is_manager": "yes"}, "value.not_boolean"),
        ({"unique_id": "a b"}, "role.unique_id.format"),
    ],
)
def test_problems(cast, values, code):
    before = everything()
    with pytest.raises(RoleInvalid) as refused:
        create_role_with_forms(values=NEW | values, actor=viewer("farid"), at=AT)
    assert code in {problem.code for problem in refused.value.problems}
    assert everything() == before


def test_an_id_is_used_once(cast):
    before = everything()
    with pytest.raises(RoleExists):
        create_role(values=NEW | {"unique_id": "role-worker"}, actor=viewer("farid"), at=AT)
    assert everything() == before


def test_only_who_may(cast):
    before = everything()
    for name in ("amina", "chantal"):
        for act in (
            lambda who: create_role(values=NEW, actor=who, at=AT),
            lambda who: change_role(role_id=number("role-worker"), values={"description": "x"}, actor=who, at=AT),
            lambda who: retire_role(role_id=number("role-worker"), actor=who, at=AT),
        ):
            with pytest.raises(Forbidden):
                act(viewer(name))
    assert everything() == before


SUPER = {r: ["manage"] for r in "case incident report role user user_group agency metadata system".split()}
ADMIN = {r: ["manage"] for r in "role user user_group agency metadata system".split()}


def test_esther_widens_neither_her_own_role_nor_others_to_administration(cast):
    before = everything()
    esther = viewer("esther")
    for unique_id in ("role-administrator", "role-super"):
        with pytest.raises(RoleNotFound):
            change_role(role_id=number(unique_id), values={"group_permission": "all"}, actor=esther, at=AT)
    for permissions in (SUPER, ADMIN, {"webhook": ["manage"]}, {"case": ["read"], "audit_log": ["read"]}):
        with pytest.raises(BeyondYourRights):
            create_role(values=NEW | {"permissions": permissions}, actor=esther, at=AT)
        with pytest.raises(BeyondYourRights):
            change_role(role_id=number("role-worker"), values={"permissions": permissions}, actor=esther, at=AT)
    assert everything() == before


def test_nobody_hollows_out_the_super_role(cast):
    before = everything()
    with pytest.raises(RoleNotFound):
        change_role(
            role_id=number("role-super"), values={"permissions": {"case": ["read"]}}, actor=viewer("farid"), at=AT
        )
    assert everything() == before


def test_a_lesser_manager_stays_within_her_own(cast):
    greta = hire({"role": ["create", "read", "write", "assign"], "case": ["read", "flag"]}, scope="group")
    before = everything()
    beyond: list[dict[str, Any]] = [
        {"permissions": {"case": ["read", "write"]}},
        {"permissions": {"case": ["manage"]}},
        {"permissions": {"case": ["read"]}, "group_permission": "agency"},
        {"permissions": {"case": ["read"]}, "group_permission": "admin_only"},
        {"permissions": {"case": ["read"], "user": ["read"]}},
        {"permissions": {"case": ["read"]}, "form_section_read_write": {"consent": "r"}},
    ]
    for values in beyond:
        with pytest.raises(BeyondYourRights):
            create_role_with_forms(values=NEW | values, actor=greta, at=AT)
    with pytest.raises(BeyondYourRights):
        change_role(
            role_id=number("role-worker"),
            values={"permissions": {"case": ["read", "write", "assign"]}},
            actor=greta,
            at=AT,
        )
    with pytest.raises(RoleNotFound):
        change_role(role_id=number("role-own"), values={"description": "mine"}, actor=greta, at=AT)
    assert everything() == before
    create_role(
        values=NEW | {"permissions": {"case": ["read", "flag"]}, "group_permission": "group"}, actor=greta, at=AT
    )
    change_role(role_id=number("role-worker"), values={"permissions": {"case": ["read"]}}, actor=greta, at=AT)


def test_who_is_limited_to_some_roles_makes_no_role_without_that_limit(cast):
    greta = hire(
        {"role": ["create", "read", "assign"], "user": ["read", "create"]},
        scope="all",
        objects={"role": ["role-worker"]},
    )
    with pytest.raises(BeyondYourRights):
        create_role(values=NEW | {"permissions": {"user": ["read"]}}, actor=greta, at=AT)
    create_role(
        values=NEW | {"permissions": {"user": ["read"], "objects": {"role": ["role-worker"]}}}, actor=greta, at=AT
    )


def test_a_role_that_somebody_holds_stays(cast):
    before = everything()
    with pytest.raises(RoleHeld) as refused:
        retire_role(role_id=number("role-worker"), actor=viewer("esther"), at=AT)
    assert refused.value.params == {"holders": 2} and everything() == before
    role = create_role(values=NEW, actor=viewer("esther"), at=AT)
    retire_role(role_id=role.id, actor=viewer("esther"), at=AT)
    assert Role.objects.get(pk=role.id).disabled


def test_a_pack_loads_twice_and_changes_once(cast):
    rows = [NEW | {"unique_id": "role-intake"}]
    put_roles(roles=rows, at=AT)
    written = ChangeEntry.objects.count()
    put_roles(roles=rows, at=AT)
    assert ChangeEntry.objects.count() == written
    put_roles(roles=[rows[0] | {"description": "Other"}], at=AT)
    assert ChangeEntry.objects.last().event == "role.changed"


def test_two_changes_of_a_role_at_once_both_stand(committed_db):
    set_the_stage()
    esther, worker = viewer("esther"), number("role-worker")
    barrier = threading.Barrier(2)

    def run(values: dict[str, Any]) -> None:
        barrier.wait()
        change_role(role_id=worker, values=values, actor=esther, at=AT)
        connection.close()

    threads = [threading.Thread(target=run, args=(v,)) for v in ({"description": "Two"}, {"is_manager": True})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    role = Role.objects.get(unique_id="role-worker")
    assert role.description == "Two" and role.is_manager
    assert viewer("amina").is_manager and User.objects.get(user_name="amina").access_epoch >= 3
