"""People who see one case only, the one about themselves: they register it, or a worker links it to them."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Agency, Role, User
from cpims.accounts.queries.people import find_identified, total_enabled
from cpims.audit.models import ChangeEntry
from cpims.cases.actions import amend_case, register_case
from cpims.cases.queries import get_identified_case
from cpims.cases.rules.identifying import IdentificationRefused
from cpims.forms.models import Form, FormGrant
from cpims.lib.clock import iso
from cpims.records.models import Record
from cpims.records.queries.reading import get_record
from cpims.records.queries.setup import readable_fields, writable_fields
from cpims.records.rules.editing import Edit
from cpims.records.rules.refusals import AnswersInvalid, RecordNotFound
from cpims.settings.models import Instance
from tests.cast import AT, MODULE, register, set_the_stage, viewer

BODY = {"module_id": MODULE, "name_first": "Yara", "age": 17}


def make_person(name: str = "yara", *actions: str, **values: Any) -> User:
    """Somebody with an account of her own, whose role sees the one case about herself."""
    role = Role.objects.filter(unique_id="role-identified").first()
    if role is None:
        role = Role.objects.create(
            unique_id="role-identified", name="Client", group_permission="identified", user_category="identified",
            permissions={"case": list(actions or ("read", "create", "write"))}, module_unique_ids=[MODULE],
        )  # fmt: skip
        for form in Form.objects.filter(unique_id__in=("basic_identity", "consent")):
            FormGrant.objects.create(form=form, role=role, access="rw")
        Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    full_name = values.pop("full_name", f"{name.title()} Saleh")
    return User.objects.create(
        user_name=name, full_name=full_name, role=role, agency=Agency.objects.get(unique_id="agency-a"), **values
    )


def link(case: Record, name: str | None, by: str = "farid", **more: Any) -> Any:
    edit = Edit(values={"identified_by": name, **more}, move="attribute")
    return amend_case(case_id=case.id, edit=edit, actor=viewer(by), at=AT)


def test_who_registers_herself_sees_that_case_and_no_other(cast):
    make_person()
    register()
    case = register_case(values=BODY, actor=viewer("yara"), at=AT).record
    case.refresh_from_db()
    assert (case.status, case.identified_by, case.owned_by) == ("identified", "yara", "yara")
    assert case.state["identified_by_full_name"] == "Yara Saleh" and case.state["identified_at"] == iso(AT)
    assert [r.id for r in Record.objects.visible_to(viewer("yara"))] == [case.id]
    assert get_identified_case(viewer("yara")).id == case.id
    amend_case(case_id=case.id, edit=Edit(values={"age": 18}), actor=viewer("yara"), at=AT)
    with pytest.raises(IdentificationRefused) as refused:
        register_case(values=BODY, actor=viewer("yara"), at=AT)
    assert refused.value.problems[0].params == {"primero": "errors.models.child.identified_by_unique"}
    assert Record.objects.count() == 2 and total_enabled() == 6


def test_she_reads_a_smaller_set(cast):
    make_person(
        "yara", "read", "create", "write", "flag", "view_photo", "view_family_record", "request_approval_closure"
    )
    mine = readable_fields(viewer("yara"), "case", MODULE)
    assert {"name_first", "consent_given", "status", "workflow", "identified_at", "identified_by", "photo"} <= mine
    assert {"identified_by_full_name", "hidden_name", "flag_count", "flagged", "closure_approved", "module_id"} <= mine
    hers = "created_at owned_by family_id registry_record_id created_by assigned_user_names last_updated_by owned_by_groups"
    assert not mine & {*hers.split(), "risk_level", "associated_user_names", "family_number", "case_id"}
    assert writable_fields(viewer("yara"), "case", MODULE, False) <= mine
    assert not writable_fields(viewer("yara"), "case", MODULE, False) & {"identified_by", "identified_at"}
    theirs = readable_fields(viewer("amina"), "case", MODULE)
    assert {"created_at", "owned_by", "identified_by"} <= theirs and "identified_at" not in theirs


def test_a_worker_links_a_case_to_the_person(cast):
    make_person()
    case = register()
    outcome = link(case, "Yara ")
    assert set(outcome.changes) == {"identified_by", "identified_by_full_name", "identified_at"}
    assert get_identified_case(viewer("yara")).id == case.id and outcome.record.status == "open"
    entry = ChangeEntry.objects.order_by("-id")[0]
    assert (entry.event, entry.actor_name) == ("case.attributed", "farid")
    assert link(case, "yara").changes == {}
    link(case, None)
    with pytest.raises(RecordNotFound):
        get_identified_case(viewer("yara"))
    assert "identified_by_full_name" not in Record.objects.get(pk=case.id).state


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nobody", {}),
        ("amina", {}),
        ("yara", {"disabled": True}),
        ("yara", {"unverified": True}),
        ("ya\x00ra", {}),
    ],
)
def test_only_to_an_account_in_use_of_such_a_person(cast, name, change):
    make_person("yara", **change)
    case, written = register(), ChangeEntry.objects.count()
    with pytest.raises(IdentificationRefused) as refused:
        link(case, name)
    problem = refused.value.problems[0]
    assert problem.pointer == "/identified_by"
    assert problem.params == {"primero": "errors.models.child.identified_by_exists"}
    stored = Record.objects.get(pk=case.id)
    assert (stored.identified_by, stored.revision, ChangeEntry.objects.count()) == (None, 1, written)


def test_one_case_for_each_person(cast):
    make_person()
    first, second = register(), register()
    link(first, "yara")
    with pytest.raises(IdentificationRefused):
        link(second, "yara")
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.filter(pk=second.id).update(identified_by="yara")
    with pytest.raises(AnswersInvalid):
        link(second, 7)  # type: ignore[arg-type]


def test_linking_needs_its_own_permission(cast):
    make_person()
    case, written = register(), ChangeEntry.objects.count()
    with pytest.raises(Forbidden):
        link(case, "yara", by="amina")
    told = amend_case(case_id=case.id, edit=Edit(values={"identified_by": "yara"}), actor=viewer("amina"), at=AT)
    assert [(p.pointer, p.code) for p in told.ignored] == [("/identified_by", "not_permitted")]
    with pytest.raises(AnswersInvalid):
        edit = Edit(values={"identified_by": "yara"}, strict=True)
        amend_case(case_id=case.id, edit=edit, actor=viewer("amina"), at=AT)
    Role.objects.filter(unique_id="role-worker").update(permissions={"case": ["read", "attribute"]})
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    opened = link(case, "yara", by="amina", name_first="Other", status="closed")
    assert opened.record.identified_by == "yara" and opened.record.data["name_first"] == "Noor"
    assert {p.pointer for p in opened.ignored} == {"/name_first", "/status"}
    assert ChangeEntry.objects.count() == written + 1


def test_other_scopes_do_not_see_by_identification(cast):
    make_person()
    case = register()
    Record.objects.filter(pk=case.id).update(identified_by="dawit")
    assert not Record.objects.visible_to(viewer("dawit")).exists()
    with pytest.raises(RecordNotFound):
        get_record(kind="case", record_id=case.id, viewer=viewer("dawit"))


def test_people_are_found_by_name_for_linking(cast):
    make_person()
    make_person("zeina", full_name="Zeina Amin", disabled=True)
    make_person("rim", full_name="Rim Amin")
    assert [u.user_name for u in find_identified(viewer("farid"), "", offset=0, length=9).rows] == ["rim", "yara"]
    found = find_identified(viewer("farid"), " AMIN", offset=0, length=9)
    assert ([u.user_name for u in found.rows], found.total) == (["rim"], 1)
    for name in ("amina", "chantal", "esther", "yara"):
        with pytest.raises(Forbidden):
            find_identified(viewer(name), "", offset=0, length=9)


def at_once(*acts: Any) -> list[Any]:
    """Do several things at the same moment, each on a connection of its own; what came of each."""
    barrier, came = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        barrier.wait()
        try:
            came.append(act())
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_two_at_once_make_one_case(committed_db):
    set_the_stage()
    make_person()
    yara, farid = viewer("yara"), viewer("farid")
    cases = [register() for _ in range(2)]

    def own() -> Any:
        return register_case(values=BODY, actor=yara, at=AT, case_id=uuid4())

    def linked(case: Record) -> Any:
        edit = Edit(values={"identified_by": "yara"}, move="attribute")
        return amend_case(case_id=case.id, edit=edit, actor=farid, at=AT)

    came = at_once(own, own, lambda: linked(cases[0]), lambda: linked(cases[1]))
    assert sum(isinstance(result, IdentificationRefused) for result in came) == 3, came
    assert Record.objects.filter(identified_by="yara").count() == 1
