"""The permission simulator: what may somebody see and do, and why; and what whoever asks may not learn by it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpims.access.rules.catalogue import ACTIONS
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import viewer_of
from cpims.records.models import Record
from cpims.records.queries.explaining import explain
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.kinds import KINDS
from cpims.settings.models import Instance
from tests.api.client import Reply, as_
from tests.cast import MODULE, register, viewer

PATH = "/api/cpims/v1/permission_simulator"


def ask(by: str, user_name: str, record: Record | str | None = None, **more: Any) -> Reply:
    body = {"user_name": user_name, "record_type": "case"} | more
    if record is not None:
        body["record_id"] = str(record.id) if isinstance(record, Record) else record
    return as_(by).post(PATH, body)


def fields(data: dict[str, Any], form: str) -> dict[str, dict[str, Any]]:
    return {f["name"]: f for entry in data["forms"] if entry["unique_id"] == form for f in entry["fields"]}


def test_why_chantal_sees_noor(cast):
    case = register()
    reply = ask("farid", "chantal", case)
    data = reply.data
    assert reply.json["metadata"] == {"about": "record", "why": None}
    assert data["user"]["role_unique_id"] == "role-supervisor" and data["user"]["may_sign_in"] is True
    assert data["scope"]["code"] == "group" and data["scope"]["params"] == {"groups": ["usergroup-north"]}
    assert data["scope"]["modules"] == [MODULE] and data["scope"]["searches_beyond"] is False
    assert data["record"] == {
        "id": str(case.id), "module_id": MODULE, "in_sight": True, "missing": [],
        "because": [
            {"code": "group", "params": {"groups": ["usergroup-north"], "of_owner": True}},
            {"code": "module", "params": {"module": MODULE}},
        ],
    }  # fmt: skip
    acts = {a["action"]: a for a in data["actions"]}
    assert tuple(acts) == ACTIONS["case"]
    assert acts["close"] == {"action": "close", "granted": True, "code": "held", "by": "close"}
    assert acts["transfer"] == {"action": "transfer", "granted": False, "code": "missing", "by": None}
    medical = fields(data, "sensitive")["medical_findings"]
    assert medical["readable"] and medical["read"] == {"code": "form", "by": "sensitive"}
    assert not medical["writable"] and medical["write"] == {"code": "form_read_only", "by": "sensitive"}
    assert {"name": "status", "read": {"code": "core", "by": None}, "masked": False} in data["other_fields"]
    assert {"name": "hidden_name", "read": {"code": "action", "by": "case:write"}, "masked": False} in data[
        "other_fields"
    ]
    held = {a["action"]: (a["code"], a["by"]) for a in ask("farid", "farid", case).data["actions"]}
    assert held["transfer"] == ("held_through", "manage")


def test_why_others_do_not(cast):
    case = register()
    dawit = ask("farid", "dawit", case).data
    assert dawit["record"]["in_sight"] is False
    assert dawit["record"]["missing"] == [{"code": "own", "params": {}}] and dawit["record"]["because"] == []
    assert {a["code"] for a in dawit["actions"] if a["action"] != "create"} == {"not_in_sight", "missing"}
    assert not any(f["readable"] or f["writable"] for form in dawit["forms"] for f in form["fields"])
    assert dawit["other_fields"] == []
    esther = ask("farid", "esther", case).data
    assert [m["code"] for m in esther["record"]["missing"]] == ["no_read", "own"]
    assert esther["scope"]["code"] == "nothing" and esther["user"]["is_user_administrator"]
    assert fields(esther, "consent")["consent_given"]["read"] == {"code": "action_missing", "by": "case:read"}
    Record.objects.filter(pk=case.id).update(module="primeromodule-other")
    assert [m["code"] for m in ask("farid", "bilal", case).data["record"]["missing"]] == ["module"]


def test_hidden_names_disabled_questions_and_other_modules(cast):
    case = register(hidden_name=True)
    consent = Form.objects.get(unique_id="consent")
    consent.fields.filter(name="consent_reason").update(disabled=True)
    Form.objects.filter(unique_id="protection").update(module_ids=["primeromodule-other"])
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    bilal, amina = ask("farid", "bilal", case).data, ask("farid", "amina", case).data
    name = fields(bilal, "basic_identity")["name_first"]
    assert name["readable"] and name["masked"] and not name["writable"]
    assert name["write"] == {"code": "masked", "by": None}
    assert not fields(amina, "basic_identity")["name_first"]["masked"]
    assert fields(amina, "basic_identity")["name_first"]["writable"]
    assert {n["name"]: n["masked"] for n in amina["other_fields"]}["name"] is True
    assert fields(bilal, "consent")["consent_reason"]["write"] == {"code": "field_disabled", "by": None}
    risk = fields(bilal, "protection")["risk_level"]
    assert not risk["readable"] and risk["read"] == {"code": "form_not_in_module", "by": "protection"}
    assert fields(bilal, "sensitive")["hiv_status"]["read"] == {"code": "form_not_granted", "by": "sensitive"}


def test_who_may_not_see_the_record_learns_nothing_of_it(cast):
    Role.objects.filter(unique_id="role-supervisor").update(
        permissions={"case": ["read"], "user": ["read"], "role": ["read"]}
    )
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    theirs, ours = register(by="dawit"), register()
    for by, record in (("esther", ours), ("chantal", theirs)):
        hidden = ask(by, "bilal", record)
        missing = ask(by, "bilal", str(uuid4()))
        assert hidden.status == 200 and hidden.raw == missing.raw == ask(by, "bilal", "no-number").raw
        assert hidden.json["metadata"] == {"about": "record_type", "why": "record_not_in_your_sight"}
        assert "record" not in hidden.data
        assert hidden.data == ask(by, "bilal").data
    assert ask("chantal", "bilal", ours).data["record"]["in_sight"] is True


def test_only_over_people_and_roles_in_her_care(cast):
    for by in ("amina", "bilal", "chantal", "dawit"):
        reply = as_(by).send("POST", PATH, ["not even an object"])
        assert reply.codes == ["forbidden"]
    assert ask("esther", "farid").codes == ask("esther", "nobody").codes == ["user.not_found"]
    assert ask("esther", "esther").status == 200 and ask("esther", "AMINA").data["user"]["user_name"] == "amina"
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions = {"user": ["read"], "role": ["read"], "objects": {"role": ["role-worker"]}}
    role.save()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    assert ask("chantal", "amina").status == 200
    assert ask("chantal", "bilal").status == ask("chantal", "dawit").status == 404
    assert ChangeEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, ["simulator.user_name.required", "simulator.record_type.unknown"]),
        ({"user_name": 7, "record_type": "moon"}, ["simulator.user_name.required", "simulator.record_type.unknown"]),
        ({"user_name": "a\x00b", "record_type": "case"}, ["simulator.user_name.required"]),
        ({"user_name": "amina", "record_type": "case", "record_id": 7}, ["simulator.record_id.format"]),
        ({"user_name": "amina", "record_type": ["case"]}, ["simulator.record_type.unknown"]),
    ],
)
def test_what_cannot_be_asked(cast, body, codes):
    reply = as_("farid").post(PATH, body)
    assert (reply.status, reply.codes) == (422, codes)


def test_unknown_keys_are_told_or_refused(cast):
    reply = ask("farid", "amina", colour="blue")
    assert reply.json["metadata"]["ignored"] == [{"pointer": "/colour", "code": "simulator.key.unknown"}]
    strict = as_("farid").post(PATH, {"user_name": "amina", "record_type": "case", "x": 1}, prefer="handling=strict")
    assert (strict.status, strict.codes) == (422, ["simulator.key.unknown"])


def test_the_look_stands_in_the_book(cast):
    case, other = register(), uuid4()
    ask("farid", "dawit", case)
    ask("farid", "dawit", str(other))
    rows = list(
        SightingEntry.objects.filter(road="permission_simulator")
        .order_by("id")
        .values_list("actor_name", "action", "record_ids", "fields", "outcome")
    )
    assert rows == [
        ("farid", "simulate", [case.id], "user:dawit", "seen"),
        ("farid", "simulate", [other], "user:dawit", "refused"),
    ]


FORMS = ["basic_identity", "consent", "protection", "services", "notes", "closure", "sensitive"]


@settings(
    max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)  # fmt: skip
@given(
    scope=st.sampled_from(["self", "group", "agency", "all", "admin_only", "identified"]),
    actions=st.lists(st.sampled_from(ACTIONS["case"]), unique=True, max_size=12),
    reads=st.booleans(),
    grants=st.dictionaries(st.sampled_from(FORMS), st.sampled_from(["r", "rw"])),
    modules=st.sampled_from([[MODULE], [MODULE, "primeromodule-other"], ["primeromodule-other"], []]),
    stands=st.sampled_from(["owner", "team", "stranger", "about"]),
    hidden=st.booleans(),
)
def test_what_is_explained_is_what_is_decided(cast, **drawn):
    """The explanation and the rules of every other road agree, for every role and every record."""
    point = transaction.savepoint()
    try:
        _agrees(**drawn)
    finally:
        transaction.savepoint_rollback(point)
        viewer_of.cache_clear()


def _agrees(scope, actions, reads, grants, modules, stands, hidden) -> None:
    role = Role.objects.create(
        unique_id="role-p", name="P", group_permission=scope, module_unique_ids=modules,
        permissions={"case": [*actions, "read"] if reads else [a for a in actions if a not in ("read", "manage")]},
    )  # fmt: skip
    for form, access in grants.items():
        FormGrant.objects.create(role=role, form=Form.objects.get(unique_id=form), access=access)
    near = stands == "team"
    user = User.objects.create(
        user_name="p", full_name="P", role=role, agency=Agency.objects.get(unique_id=f"agency-{'a' if near else 'b'}")
    )
    user.groups.add(UserGroup.objects.get(unique_id=f"usergroup-{'north' if near else 'south'}"))
    case = register(hidden_name=hidden)
    if stands == "owner":
        case.owner, case.owned_by, case.associated_user_names = user, "p", ["p"]
        case.associated_user_agencies, case.associated_user_groups = ["agency-b"], ["usergroup-south"]
    if stands == "about":
        case.identified_by = "p"
    case.save()
    subject, kind = viewer("p"), KINDS["case"]
    said = explain(subject, kind, case)
    within = Record.objects.visible_to(subject).filter(pk=case.pk).exists()
    sees = subject.may("case", "read") and within
    assert said["record"]["in_sight"] is sees
    assert bool(said["record"]["because"]) is sees and bool(said["record"]["missing"]) is not sees
    readable = readable_fields(subject, "case", case.module) if sees else frozenset()
    assert {n["name"] for n in said["other_fields"]} | _names(said, "readable") == readable
    writable = writable_fields(subject, "case", case.module, False) if within else frozenset()
    masked = kind.masked_fields if case.is_masked_for(subject) else frozenset()
    assert _names(said, "writable") == (writable - masked) & _names(said)
    for act in said["actions"]:
        applies = sees or act["action"] == "create" or (within and act["action"] == "write")
        assert act["granted"] is (subject.may("case", act["action"]) and applies)
    general = explain(subject, kind, None)
    read_anywhere = readable_fields(subject, "case", None)
    assert {n["name"] for n in general["other_fields"]} | _names(general, "readable") == read_anywhere
    on_create = frozenset().union(*(writable_fields(subject, "case", m, True) for m in modules))
    assert _names(general, "writable_on_create") == on_create & _names(general)


def _names(said: dict[str, Any], flag: str | None = None) -> frozenset[str]:
    """The names of questions on forms; with a flag those that it is set for."""
    return frozenset(f["name"] for form in said["forms"] for f in form["fields"] if flag is None or f[flag])
