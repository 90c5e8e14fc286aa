"""Agencies and user groups: kept for good, since children's records name them."""

from __future__ import annotations

import pytest

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.actions.packs import put_agencies, put_user_groups
from cpims.accounts.actions.teams import (
    change_agency,
    change_user_group,
    create_agency,
    create_user_group,
    disable_agency,
    disable_user_group,
)
from cpims.accounts.models import Agency, User, UserGroup
from cpims.accounts.rules.refusals import (
    AgencyExists,
    AgencyInvalid,
    AgencyNotFound,
    GroupHasMembers,
    GroupInvalid,
    GroupNotFound,
)
from cpims.audit.models import ChangeEntry
from cpims.settings.models import Instance
from tests.cast import AT, viewer
from tests.db.test_accounts_users import hire

NEW = {"agency_code": "RIVER", "name": {"en": "River Aid", "ar": "عون النهر"}, "services": ["health"]}


def agency(key: str) -> int:
    return Agency.objects.get(unique_id=f"agency-{key}").id


def group(key: str) -> int:
    return UserGroup.objects.get(unique_id=f"usergroup-{key}").id


def books() -> list[str]:
    return list(ChangeEntry.objects.order_by("id").values_list("event", flat=True))


def test_esther_enters_and_changes_an_agency(cast):
    before = Instance.objects.get().configuration
    made = create_agency(values=NEW, actor=viewer("esther"), at=AT)
    assert made.unique_id == "RIVER"
    change_agency(agency_id=made.id, values={"name": {"en": "River Help"}}, actor=viewer("esther"), at=AT)
    made.refresh_from_db()
    assert made.name == {"en": "River Help", "ar": "عون النهر"}
    disable_agency(agency_id=made.id, actor=viewer("esther"), at=AT)
    assert books() == ["agency.created", "agency.changed", "agency.disabled"]
    assert Instance.objects.get().configuration == before + 3


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"agency_code": " "}, "agency.code.required"),
        ({"name": {"ar": "x"}}, "agency.name.required"),
        ({"name": "River"}, "text.not_localized"),
        ({"contact_email": "x"}, "agency.email.format"),
        ({"order": "1"}, "value.not_whole_number"),
        ({"unique_id": "a b"}, "agency.unique_id.format"),
    ],
)
def test_agency_problems(cast, values, code):
    with pytest.raises(AgencyInvalid) as refused:
        create_agency(values=NEW | values, actor=viewer("farid"), at=AT)
    assert code in {problem.code for problem in refused.value.problems} and books() == []


def test_an_agency_code_is_used_once_and_its_id_stays(cast):
    with pytest.raises(AgencyExists):
        create_agency(values=NEW | {"agency_code": "A"}, actor=viewer("farid"), at=AT)
    with pytest.raises(AgencyExists):
        change_agency(agency_id=agency("a"), values={"agency_code": "B"}, actor=viewer("farid"), at=AT)
    with pytest.raises(AgencyInvalid):
        change_agency(agency_id=agency("a"), values={"unique_id": "other"}, actor=viewer("farid"), at=AT)
    assert books() == []


def test_who_is_limited_to_an_agency_reaches_no_other(cast):
    greta = hire({"agency": ["read", "write"]}, scope="all", objects={"agency": ["agency-a"]})
    change_agency(agency_id=agency("a"), values={"telephone": "1"}, actor=greta, at=AT)
    for act in (change_agency, disable_agency):
        more = {"values": {"telephone": "1"}} if act is change_agency else {}
        with pytest.raises(AgencyNotFound):
            act(agency_id=agency("b"), actor=greta, at=AT, **more)
    with pytest.raises(Forbidden):
        create_agency(values=NEW, actor=greta, at=AT)
    assert books() == ["agency.changed"]


def test_groups_are_made_and_followed_at_once(cast):
    made = create_user_group(values={"name": "East", "agency_unique_ids": ["agency-a"]}, actor=viewer("esther"), at=AT)
    assert made.unique_id.startswith("usergroup-east-") and made.users.count() == 0
    assert viewer("bilal").groups == {"usergroup-north"}
    change_user_group(group_id=group("north"), values={"disabled": True}, actor=viewer("esther"), at=AT)
    assert viewer("bilal").groups == frozenset()
    assert books() == ["user_group.created", "user_group.disabled"]


def test_whoever_does_not_see_every_group_belongs_to_the_one_she_makes(cast):
    greta = hire({"user_group": ["create", "read", "write"]}, scope="group", group="usergroup-north")
    made = create_user_group(values={"name": "East"}, actor=greta, at=AT)
    assert made.unique_id in viewer("greta").groups
    with pytest.raises(GroupNotFound):
        change_user_group(group_id=group("south"), values={"description": "x"}, actor=greta, at=AT)


def test_group_problems_and_members(cast):
    for values in ({}, {"name": "Group north"}, {"name": "East", "agency_unique_ids": ["none"]}, {"name": 5}):
        with pytest.raises(GroupInvalid):
            create_user_group(values=values, actor=viewer("farid"), at=AT)
    with pytest.raises(GroupHasMembers):
        disable_user_group(group_id=group("north"), actor=viewer("farid"), at=AT)
    assert books() == []
    User.objects.filter(user_name="dawit").update(disabled=True)
    disable_user_group(group_id=group("south"), actor=viewer("farid"), at=AT)
    assert UserGroup.objects.get(unique_id="usergroup-south").disabled


def test_only_who_may(cast):
    for act in (
        lambda: create_user_group(values={"name": "East"}, actor=viewer("chantal"), at=AT),
        lambda: change_user_group(group_id=group("north"), values={"name": "x"}, actor=viewer("chantal"), at=AT),
        lambda: create_agency(values=NEW, actor=viewer("amina"), at=AT),
        lambda: disable_agency(agency_id=agency("a"), actor=viewer("amina"), at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    assert books() == []


def test_packs_load_twice(cast):
    rows = [NEW | {"unique_id": "agency-river"}]
    groups = [{"unique_id": "usergroup-east", "name": "East", "agency_unique_ids": ["agency-river"]}]
    for _ in range(2):
        put_agencies(agencies=rows, at=AT)
        put_user_groups(groups=groups, at=AT)
    assert books() == ["agency.created", "user_group.created"]
