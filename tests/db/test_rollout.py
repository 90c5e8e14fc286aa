"""The rollout on PostgreSQL: evidence, requirements, differences, waivers, and gates that turn."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.viewer import Forbidden, Viewer
from cpims.accounts.models import Agency, Invitation, Role, User
from cpims.accounts.rules.refusals import TriedTooOften
from cpims.audit.models import ChangeEntry
from cpims.forms.queries.viewers import current_viewer
from cpims.lookups.actions import put_lookups
from cpims.promotion.models import Pair
from cpims.rollout.actions.gates import end_waiver, sign_waiver, turn_gates
from cpims.rollout.actions.requirements import (
    accept_differences,
    attest_alignment,
    bring_requirements,
    withdraw_acceptance,
)
from cpims.rollout.formats.workbook import write_workbook
from cpims.rollout.models import AcceptedDifference, GateStanding, OtherSide, Requirements, Waiver
from cpims.rollout.queries.evidence import heard, own_side, road_now, told
from cpims.rollout.queries.requirements import differences_now, idle_acceptances, requirements_sheet, workbook_of
from cpims.rollout.rules.gates import PRODUCTION, State, evaluate
from cpims.rollout.rules.refusals import (
    AcceptanceNotFound,
    DifferenceGone,
    NotAligned,
    NotTheDemo,
    ReasonInvalid,
    RequirementsNotFound,
    RequirementsSame,
    RequirementsUnusable,
    WaiverInvalid,
    WaiverNotFound,
)
from cpims.settings.models import Instance
from tests.api.rollout_matrix import standing_workbook
from tests.cast import AT, PASSWORD

TODAY = date(2026, 5, 6)
NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
OTHER = {"kind": PRODUCTION, "is_paired": True, "is_closed": True, "drifts": False, "by_hand": 0, "administrators": []}


@pytest.fixture
def ida(cast: None) -> Viewer:
    """Somebody who manages the configuration and may read no case."""
    return steward("ida")


def steward(name: str) -> Viewer:
    role, _ = Role.objects.get_or_create(
        unique_id="role-configurer",
        defaults={"name": "Configurer", "permissions": {"primero_configuration": ["manage"], "metadata": ["manage"]}},
    )
    esther = User.objects.get(user_name="esther")
    User.objects.create(
        user_name=name,
        full_name=name.title(),
        password=esther.password,
        role=role,
        agency=Agency.objects.get(unique_id="agency-a"),
    )
    return current_viewer(name)


def happened(event: str) -> int:
    return ChangeEntry.objects.filter(event=event).count()


def bring(viewer: Viewer, workbook: dict[str, Any] | None = None) -> Requirements:
    return bring_requirements(content=write_workbook(workbook or standing_workbook(), "en"), actor=viewer, at=AT)[0]


def with_list(name: str = "lookup-new") -> dict[str, Any]:
    """A workbook that asks for one list more than stands."""
    workbook: dict[str, Any] = json.loads(json.dumps(standing_workbook()))
    rows = workbook["sheets"]["lists"]["rows"]
    rows.append([rows[-1][0] + 1, {"list_id": name, "name/en": "New"}])
    return workbook


def state(gate: str, *, today: date = TODAY, at: datetime = NOON) -> State:
    return next(now.state for now in road_now(None, at=at, today=today).gates if now.gate.id == gate)


# --- requirements ----------------------------------------------------------------------------------------------------


def test_requirements_are_kept_as_they_were_filled_in_and_stay(ida: Viewer) -> None:
    one = bring(ida)
    assert (one.number, one.by, happened("rollout.requirements_brought")) == (1, "ida", 1)
    assert differences_now(ida).differences == []
    two = bring(ida, with_list())
    assert [row.number for row in Requirements.objects.order_by("number")] == [1, 2]
    assert workbook_of(two) == with_list()
    with pytest.raises(RequirementsSame):
        bring_requirements(content=requirements_sheet(ida, 2), actor=ida, at=AT)
    with pytest.raises(RequirementsNotFound):
        requirements_sheet(ida, 3)
    for change in (lambda: Requirements.objects.update(by="dawit"), lambda: Requirements.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_workbook_with_wrong_cells_leaves_nothing_behind(ida: Viewer) -> None:
    workbook = with_list("")
    workbook["sheets"]["fields"]["rows"][0][1]["type"] = "essay"
    with pytest.raises(RequirementsUnusable) as refused:
        bring(ida, workbook)
    row = workbook["sheets"]["lists"]["rows"][-1][0] + 1
    assert [(p.params["sheet"], p.params["cell"], p.code.rpartition(".")[2]) for p in refused.value.problems] == [
        ("fields", "C2", "cell_no_choice"),
        ("lists", f"A{row}", "cell_empty"),
    ]
    assert not Requirements.objects.exists() and happened("rollout.requirements_brought") == 0


def test_who_may_look_and_who_may_decide(ida: Viewer) -> None:
    esther, amina = current_viewer("esther"), current_viewer("amina")
    bring(ida, with_list())
    assert len(differences_now(esther).open) == 1 and road_now(esther, at=NOON, today=TODAY).gates
    (one,) = differences_now(ida).open
    for viewer in (esther, amina):
        for act in (
            lambda who: bring(who),
            lambda who: accept_differences(ids=[one.id], reason="So", actor=who, at=AT),
            lambda who: attest_alignment(hash="a", requirements=1, actor=who, at=AT),
            lambda who: sign_waiver(
                gate="g1", reason="So", until=TODAY, password=PASSWORD, actor=who, at=AT, today=TODAY
            ),
        ):
            with pytest.raises(Forbidden):
                act(viewer)
    with pytest.raises(Forbidden):
        differences_now(amina)
    with pytest.raises(Forbidden):
        road_now(amina, at=NOON, today=TODAY)
    assert not Waiver.objects.exists() and not AcceptedDifference.objects.exists()


def test_a_difference_is_accepted_with_a_reason_until_one_of_its_sides_changes(ida: Viewer) -> None:
    bring(ida, with_list())
    (one,) = differences_now(ida).open
    with pytest.raises(ReasonInvalid):
        accept_differences(ids=[one.id], reason=" ", actor=ida, at=AT)
    with pytest.raises(DifferenceGone):
        accept_differences(ids=[one.id, "0" * 32], reason="Next year", actor=ida, at=AT)
    found = accept_differences(ids=[one.id, one.id], reason="Next year", actor=ida, at=AT)
    assert found.open == [] and found.accepted[one.id].reason == "Next year"
    accept_differences(ids=[one.id], reason="Again", actor=ida, at=AT)
    assert AcceptedDifference.objects.count() == 1 == happened("rollout.differences_accepted")
    put_lookups(lookups=[{"unique_id": "lookup-new", "name": {"en": "Newer"}, "values": []}], actor=None, at=AT)
    after = differences_now(ida)
    assert [(d.column, d.wanted, d.found) for d in after.open] == [("name/en", "New", "Newer")]
    (idle,) = idle_acceptances(after)
    withdraw_acceptance(acceptance_id=idle.pk, actor=ida, at=NOON)
    assert happened("rollout.acceptance_withdrawn") == 1 and idle_acceptances(differences_now(ida)) == []
    with pytest.raises(AcceptanceNotFound):
        withdraw_acceptance(acceptance_id=idle.pk, actor=ida, at=NOON)


def test_an_attestation_is_of_what_was_looked_at_and_of_nothing_else(ida: Viewer) -> None:
    with pytest.raises(NotAligned):
        attest_alignment(hash=differences_now(ida).hash, requirements=1, actor=ida, at=AT)
    bring(ida, with_list())
    found = differences_now(ida)
    with pytest.raises(NotAligned):
        attest_alignment(hash=found.hash, requirements=1, actor=ida, at=AT)
    accept_differences(ids=[one.id for one in found.open], reason="Next year", actor=ida, at=AT)
    for wrong in ({"hash": "a", "requirements": 1}, {"hash": found.hash, "requirements": 2}):
        with pytest.raises(NotAligned):
            attest_alignment(**wrong, actor=ida, at=AT)  # type: ignore[arg-type]
    assert state("g2") is State.UNMET
    attest_alignment(hash=found.hash, requirements=1, actor=ida, at=AT)
    assert state("g2") is State.MET and happened("rollout.alignment_attested") == 1
    put_lookups(lookups=[{"unique_id": "lookup-risk", "name": {"en": "Danger"}, "values": []}], actor=None, at=AT)
    assert state("g2") is State.UNMET


def test_requirements_are_kept_on_the_demo_only(ida: Viewer) -> None:
    Instance.objects.update(kind="production")
    with pytest.raises(NotTheDemo):
        bring(ida)
    with pytest.raises(NotTheDemo):
        attest_alignment(hash="a", requirements=1, actor=ida, at=AT)
    assert not Requirements.objects.exists()


# --- gates -----------------------------------------------------------------------------------------------------------


def come_in(name: str) -> None:
    """As if somebody had received and used her invitation."""
    user = User.objects.get(user_name=name)
    Invitation.objects.create(
        user=user, digest=name.encode(), address="a@example.org", invited_at=AT, expires_at=NOON, sent_at=AT,
        delivered_at=AT, opened_at=AT, used_at=AT,
    )  # fmt: skip
    User.objects.filter(pk=user.pk).update(own_password_at=AT, first_sign_in_at=AT)


def pair(kind: str = PRODUCTION) -> Pair:
    return Pair.objects.create(
        uuid=uuid4(), name="Other", kind=kind, url="http://127.0.0.1:9", public_key="k", paired_at=AT
    )


def hear(at: datetime = NOON, **said: Any) -> None:
    OtherSide.objects.update_or_create(id=1, defaults={"at": at, "said": OTHER | said})


def test_credentials_are_proved_on_both_sides(ida: Viewer) -> None:
    assert state("g1") is State.UNMET
    come_in("farid")
    assert state("g1") is State.UNKNOWN
    used = told(own_side(at=NOON))["administrators"]
    pair()
    hear()
    assert state("g1") is State.UNMET
    hear(administrators=used)
    assert state("g1") is State.MET
    assert state("g1", at=NOON + timedelta(days=1, seconds=1)) is State.UNKNOWN
    Pair.objects.update(ended_at=NOON)
    assert state("g1") is State.UNKNOWN


def test_no_name_of_anybody_is_told_to_the_other_side(ida: Viewer) -> None:
    come_in("farid")
    side = own_side(at=NOON)
    assert "Farid" in {one.name for one in side.administrators}
    said = json.dumps(told(side))
    assert not [name for name in ("arid", "sther", "ida", "example.org") if name in said]
    again = heard(json.loads(said), at=NOON)
    assert again.alignment == side.alignment and not again.is_here
    assert evaluate("g2", road_evidence(again)).state is evaluate("g2", road_evidence(side)).state


def road_evidence(side: Any) -> Any:
    from cpims.rollout.rules.gates import Evidence

    return Evidence(NOON, demo=side)


@pytest.mark.parametrize("said", [{}, {"administrators": "many", "alignment": 3, "drifts": "no", "by_hand": True}])
def test_what_the_other_side_says_is_read_with_care(said: dict[str, Any]) -> None:
    side = heard(said, at=NOON)
    assert (side.drifts, side.by_hand, side.is_closed, list(side.administrators)) == (None, None, False, [])
    assert side.alignment.requirements is None


def test_what_is_changed_by_hand_in_production_stands_in_its_books(ida: Viewer) -> None:
    Instance.objects.update(kind="production")
    pair("demo")
    put_lookups(lookups=[{"unique_id": "lookup-a", "name": {"en": "A"}, "values": []}], actor=None, at=NOON)
    assert own_side(at=NOON).by_hand == 0
    put_lookups(lookups=[{"unique_id": "lookup-b", "name": {"en": "B"}, "values": []}], actor=ida, at=NOON)
    assert own_side(at=NOON).by_hand == 1
    assert state("g1b") is State.UNMET


def test_a_gate_that_turns_is_written_down_once(ida: Viewer) -> None:
    turn_gates(actor=ida, at=NOON, today=TODAY)
    assert happened("rollout.gate_turned") == 3 == GateStanding.objects.count()
    turn_gates(actor=ida, at=NOON + timedelta(hours=1), today=TODAY)
    assert happened("rollout.gate_turned") == 3
    come_in("farid")
    turn_gates(actor=None, at=NOON + timedelta(hours=2), today=TODAY)
    assert happened("rollout.gate_turned") == 4
    kept = GateStanding.objects.get(gate="g1")
    assert (kept.state, kept.since, kept.rule_version) == ("unknown", NOON + timedelta(hours=2), 1)
    assert GateStanding.objects.get(gate="g2").since == NOON


def test_a_waiver_is_signed_holds_until_its_day_and_stays_to_be_seen(ida: Viewer) -> None:
    good = {"gate": "g1", "reason": "Mail on Monday", "until": TODAY, "password": PASSWORD, "at": NOON, "today": TODAY}
    with pytest.raises(WaiverInvalid) as refused:
        sign_waiver(**(good | {"password": "mine"}), actor=ida)  # type: ignore[arg-type]
    assert [problem.pointer for problem in refused.value.problems] == ["/password"]
    assert not Waiver.objects.exists() and happened("rollout.waiver_signed") == 0
    waiver = sign_waiver(**good, actor=ida)  # type: ignore[arg-type]
    assert (waiver.by, waiver.by_name, state("g1")) == ("ida", "Ida", State.WAIVED)
    assert state("g1", today=TODAY + timedelta(days=1)) is State.UNMET
    other = sign_waiver(**(good | {"gate": "g2", "until": TODAY + timedelta(days=90)}), actor=ida)  # type: ignore[arg-type]
    end_waiver(waiver_id=other.pk, actor=ida, at=NOON)
    assert state("g2") is State.UNMET and happened("rollout.waiver_ended") == 1
    with pytest.raises(WaiverNotFound):
        end_waiver(waiver_id=other.pk, actor=ida, at=NOON)
    road = road_now(ida, at=NOON, today=TODAY)
    assert {w.pk for now in road.gates for w in now.waivers} == {waiver.pk, other.pk}


def test_nobody_guesses_a_password_by_signing(ida: Viewer) -> None:
    wrong = {"gate": "g1", "reason": "So", "until": TODAY, "at": NOON, "today": TODAY, "actor": ida}
    refusals: list[type[Exception]] = []
    while TriedTooOften not in refusals:
        assert len(refusals) < 50
        try:
            sign_waiver(**wrong, password="guess")  # type: ignore[arg-type]
        except (WaiverInvalid, TriedTooOften) as refusal:
            refusals.append(type(refusal))
    with pytest.raises(TriedTooOften):
        sign_waiver(**wrong, password=PASSWORD)  # type: ignore[arg-type]
    assert not Waiver.objects.exists()


def test_the_road_takes_as_many_statements_however_much_there_is(ida: Viewer) -> None:
    bring(ida)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            road_now(ida, at=NOON, today=TODAY)
        return len(captured)

    count()
    before = count()
    for number in range(3):
        steward(f"another{number}")
        come_in(f"another{number}")
        Waiver.objects.create(id=uuid4(), gate="g1", reason="So", until=TODAY, at=AT, by="ida", by_name="Ida")
    Role.objects.filter(unique_id="role-configurer").update(
        permissions=Role.objects.get(unique_id="role-super").permissions
    )
    bring(ida, with_list())
    put_lookups(
        lookups=[{"unique_id": f"lookup-{n}", "name": {"en": "A"}, "values": []} for n in "abc"], actor=None, at=AT
    )
    count()
    assert count() == before
