"""A country switches further packs on: their forms and grants arrive, in any order, and loading again takes nothing away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpims.accounts.models import Role
from cpims.configuration.actions import load_pack
from cpims.configuration.formats import BrokenPack, Pack, read_folder, read_pack
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer

PACKS = Path(__file__).resolve().parents[2] / "packs"
FURTHER = ("cpims-alternative-care", "cpims-best-interests", "cpims-caafag", "cpims-child-functioning")
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 9, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("db")


def pack(name: str) -> Pack:
    return read_pack(read_folder(PACKS / name))


def grants() -> dict[tuple[str, str], str]:
    rows = FormGrant.objects.values_list("role__unique_id", "form__unique_id", "access")
    return {(role, form): access for role, form, access in rows}


def test_a_further_pack_needs_the_standard_pack() -> None:
    with pytest.raises(BrokenPack) as refused:
        load_pack(pack=pack("cpims-alternative-care"), actor=None, at=AT)
    assert "pack.requires" in {problem.code for problem in refused.value.problems}
    assert not Form.objects.exists()


def test_the_packs_add_to_what_roles_may_do_and_take_nothing_away() -> None:
    load_pack(pack=pack("cpims"), actor=None, at=AT)
    before = grants()
    assert before["role-cp-case-worker", "tracing"] == "rw"
    for name in FURTHER:
        assert load_pack(pack=pack(name), actor=None, at=AT).changed
    after = grants()
    assert before.items() <= after.items()
    assert after["role-cp-case-worker", "placement"] == "rw" and after["role-cp-manager", "placement"] == "r"
    assert after["role-cp-case-worker", "child_functioning"] == "rw"
    for name in ("cpims", *FURTHER[::-1]):
        assert not load_pack(pack=pack(name), actor=None, at=LATER).changed, name
    assert grants() == after


def test_a_pack_loaded_again_holds_its_own_forms_to_what_it_says() -> None:
    for name in ("cpims", "cpims-alternative-care"):
        load_pack(pack=pack(name), actor=None, at=AT)
    said = grants()
    role = Role.objects.get(unique_id="role-cp-agency-manager")
    FormGrant.objects.filter(role=role, form__unique_id="placement").update(access="rw")
    FormGrant.objects.filter(role=role, form__unique_id="consent").delete()
    load_pack(pack=pack("cpims-alternative-care"), actor=None, at=LATER)
    assert grants()["role-cp-agency-manager", "placement"] == "r"
    assert ("role-cp-agency-manager", "consent") not in grants()
    load_pack(pack=pack("cpims"), actor=None, at=LATER)
    assert grants() == said


def test_release_and_reintegration_stays_with_its_own_role() -> None:
    for name in ("cpims", "demo", "cpims-caafag"):
        load_pack(pack=pack(name), actor=None, at=AT)
    for name in ("amina", "farid"):
        assert "caafag_profile" not in current_viewer(name).form_access, name
    assert current_viewer("chantal").form_access["caafag_profile"] == "r"
    holders = {role for (role, form) in grants() if form == "caafag_profile"}
    assert holders == {"role-cp-manager", "role-cp-case-worker-caafag"}
    role = Role.objects.get(unique_id="role-cp-case-worker-caafag")
    assert role.group_permission == "self"
    assert set(role.permissions["case"]) == set(Role.objects.get(unique_id="role-cp-case-worker").permissions["case"])
