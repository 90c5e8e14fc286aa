"""Esther and Farid look after accounts; others try to reach beyond their rights."""

from __future__ import annotations

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.access.rules.administration import BeyondYourRights, may_look_after
from cpims.access.rules.viewer import Forbidden, Viewer
from cpims.accounts.actions.passwords import is_password
from cpims.accounts.actions.people import change_user, create_user, disable_user
from cpims.accounts.actions.sign_in import open_session
from cpims.accounts.models import Agency, Role, Session, User, UserGroup
from cpims.accounts.queries.people import person_of, visible_users
from cpims.accounts.rules.refusals import LastSuperUser, NotYourself, UserInvalid, UserNotFound
from cpims.audit.models import ChangeEntry
from cpims.audit.queries import subject_key
from cpims.lib.crypto import unseal
from tests.cast import AT, MODULE, PASSWORD, tablet, viewer

NEW = {
    "full_name": "Hana Tesfaye",
    "user_name": "Hana",
    "email": "Hana@Example.org",
    "password": "rain over the old bridge",
    "password_confirmation": "rain over the old bridge",
    "role_unique_id": "role-worker",
    "agency_unique_id": "agency-b",
    "user_group_unique_ids": ["usergroup-south"],
}


def number(name: str) -> int:
    return User.objects.get(user_name=name).id


def happened() -> list[str]:
    return list(ChangeEntry.objects.order_by("id").values_list("event", flat=True))


def written() -> str:
    """Everything the books of changes say, opened."""
    key = subject_key(None)
    return " ".join(unseal(key, bytes(e.payload), e.event.encode()).decode() for e in ChangeEntry.objects.all())


def everything() -> list[Any]:
    """All that a refused act must leave as it was."""
    return [
        list(User.objects.order_by("id").values()),
        list(User.groups.through.objects.order_by("id").values()),
        list(Role.objects.order_by("id").values()),
        ChangeEntry.objects.count(),
        ProcrastinateJob.objects.count(),
        Session.objects.count(),
    ]


def hire(role: dict[str, list[str]], *, scope: str, group: str | None = None, objects: dict | None = None) -> Viewer:
    """Somebody with a role of her own, in agency A."""
    stored = role | ({"objects": objects} if objects else {})
    made = Role.objects.create(
        unique_id="role-own", name="Own", permissions=stored, group_permission=scope, module_unique_ids=[MODULE]
    )
    user = User.objects.create(
        user_name="greta", full_name="Greta", role=made, agency=Agency.objects.get(unique_id="agency-a")
    )
    if group:
        user.groups.add(UserGroup.objects.get(unique_id=group))
    return viewer("greta")


MANAGER = {"user": ["create", "read", "write"], "role": ["assign"], "user_group": ["assign"], "agency": ["assign"]}


def test_esther_gives_hana_an_account(cast):
    hana = create_user(values=NEW, actor=viewer("esther"), at=AT)
    hana.refresh_from_db()
    assert (hana.user_name, hana.email, hana.agency.unique_id) == ("hana", "hana@example.org", "agency-b")
    assert [g.unique_id for g in hana.groups.all()] == ["usergroup-south"]
    assert hana.password.startswith("argon2") and is_password("rain over the old bridge", hana.password)
    assert happened() == ["user.created"] and ProcrastinateJob.objects.count() == 0
    entry = ChangeEntry.objects.get()
    assert entry.subject == "user:hana" and entry.actor_name == "esther"
    assert "Hana Tesfaye" in written() and "rain over" not in written() and "argon2" not in written()


def test_without_a_password_a_link_is_sent(cast):
    values = {k: v for k, v in NEW.items() if not k.startswith("password")}
    hana = create_user(values=values, actor=viewer("esther"), at=AT)
    assert hana.password == "" and not is_password("", hana.password)
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("accounts.send_welcome", {"user_id": hana.id})


def test_every_problem_at_once(cast):
    before = everything()
    wrong = {
        "full_name": " ", "user_name": "am ina", "email": "nowhere", "locale": "xx", "time_zone": "Mars",
        "password": "password12345", "password_confirmation": "other", "role_unique_id": "role-none", "agency_id": 999,
    }  # fmt: skip
    with pytest.raises(UserInvalid) as refused:
        create_user(values=wrong, actor=viewer("farid"), at=AT)
    codes = {problem.code for problem in refused.value.problems}
    assert codes == {
        "user.full_name.required", "user.user_name.spaces", "user.email.format", "user.locale.unknown",
        "user.time_zone.unknown", "user.password.mismatch", "password.too_common", "user.role.unknown",
        "user.agency.unknown",
    }  # fmt: skip
    assert everything() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"user_name": " AMINA "}, "user.user_name.taken"),
        ({"email": "AMINA@example.org"}, "user.email.taken"),
        ({"location": "nowhere"}, "user.location.unknown"),
        ({"user_group_unique_ids": ["usergroup-none"]}, "user.groups.unknown"),
        ({"full_name": "a\x00b"}, "text.unusable"),
        ({"full_name": 7}, "text.not_text"),
        ({"disabled": "yes"}, "value.not_boolean"),
        ({"services": "health"}, "value.not_list"),
        ({"agency_id": "1"}, "value.not_whole_number"),
        ({"password": 7}, "text.not_text"),
        ({"user_group_unique_ids": [None]}, "value.not_list"),
        ({"settings": {"notifications": {"send_mail": {"approval": "yes"}}}}, "user.settings.format"),
        ({"code_of_conduct_id": 4}, "user.code_of_conduct.not_current"),
    ],
)
def test_one_problem(cast, values, code):
    before = everything()
    with pytest.raises(UserInvalid) as refused:
        create_user(values=NEW | values, actor=viewer("esther"), at=AT)
    assert code in {problem.code for problem in refused.value.problems}
    assert everything() == before


def test_the_place_of_reporting_follows_the_location(cast):
    change_user(user_id=number("amina"), values={"location": "KA0101"}, actor=viewer("esther"), at=AT)
    assert User.objects.get(user_name="amina").reporting_location_code == "KA0101"
    Role.objects.filter(unique_id="role-worker").update(reporting_location_level=1)
    change_user(user_id=number("amina"), values={"location": "KA0101"}, actor=viewer("esther"), at=AT)
    assert User.objects.get(user_name="amina").reporting_location_code == "KA01"


@pytest.mark.parametrize("name", ["amina", "chantal"])
def test_case_workers_and_supervisors_change_no_accounts(cast, name):
    before = everything()
    for act in (
        lambda: create_user(values=NEW, actor=viewer(name), at=AT),
        lambda: change_user(user_id=number("bilal"), values={"phone": "1"}, actor=viewer(name), at=AT),
        lambda: disable_user(user_id=number("bilal"), actor=viewer(name), at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    assert everything() == before


def test_amina_changes_her_own_details_and_nothing_else(cast):
    change_user(user_id=number("amina"), values={"phone": "0700", "locale": "ar"}, actor=viewer("amina"), at=AT)
    assert User.objects.get(user_name="amina").locale == "ar"
    before = everything()
    for values in ({"role_unique_id": "role-super"}, {"agency_unique_id": "agency-b"}, {"user_group_unique_ids": []}):
        with pytest.raises(BeyondYourRights):
            change_user(user_id=number("amina"), values=values, actor=viewer("amina"), at=AT)
    assert everything() == before


def test_esther_cannot_make_herself_or_others_super(cast):
    before = everything()
    esther = viewer("esther")
    attempts = [
        lambda: change_user(user_id=number("esther"), values={"role_unique_id": "role-super"}, actor=esther, at=AT),
        lambda: change_user(user_id=number("amina"), values={"role_unique_id": "role-super"}, actor=esther, at=AT),
        lambda: change_user(
            user_id=number("amina"), values={"role_unique_id": "role-administrator"}, actor=esther, at=AT
        ),
        lambda: create_user(values=NEW | {"role_unique_id": "role-super"}, actor=esther, at=AT),
    ]
    for attempt in attempts:
        with pytest.raises(BeyondYourRights):
            attempt()
    for values in ({"phone": "1"}, {"disabled": True}, {"password": PASSWORD, "password_confirmation": PASSWORD}):
        with pytest.raises(UserNotFound):
            change_user(user_id=number("farid"), values=values, actor=esther, at=AT)
    assert everything() == before


def test_a_manager_hands_out_nothing_beyond_her_own_role(cast):
    greta = hire(MANAGER | {"case": ["read", "write"]}, scope="group", group="usergroup-north")
    before = everything()
    own = {"agency_unique_id": "agency-a", "user_group_unique_ids": ["usergroup-north"]}
    beyond = [
        {"role_unique_id": "role-worker"},
        {"role_unique_id": "role-administrator"},
        {"role_unique_id": "role-super"},
        {"role_unique_id": "role-own", "agency_unique_id": "agency-b"},
        {"role_unique_id": "role-own", "user_group_unique_ids": ["usergroup-south"]},
    ]
    for values in beyond:
        with pytest.raises(BeyondYourRights):
            create_user(values=NEW | own | values, actor=greta, at=AT)
    assert everything() == before
    made = create_user(values=NEW | own | {"role_unique_id": "role-own"}, actor=greta, at=AT)
    assert made.role.unique_id == "role-own"


def test_a_list_of_roles_is_a_delegation_and_a_limit(cast):
    greta = hire(MANAGER, scope="group", group="usergroup-north", objects={"role": ["role-worker"]})
    own = {"agency_unique_id": "agency-a", "user_group_unique_ids": ["usergroup-north"]}
    create_user(values=NEW | own, actor=greta, at=AT)
    before = everything()
    with pytest.raises(BeyondYourRights):
        create_user(values=NEW | own | {"role_unique_id": "role-own"}, actor=greta, at=AT)
    assert everything() == before


def test_an_agency_administrator_reaches_no_other_agency(cast):
    greta = hire(MANAGER | {"user": ["create", "read", "write", "agency_read", "manage"]}, scope="agency",
                 objects={"role": ["role-worker"]})  # fmt: skip
    assert set(visible_users(greta).values_list("user_name", flat=True)) == {"amina", "bilal", "chantal", "greta"}
    before = everything()
    for act in (change_user, disable_user):
        more: dict[str, Any] = {"values": {"disabled": True}} if act is change_user else {}
        with pytest.raises(UserNotFound):
            act(user_id=number("dawit"), actor=greta, at=AT, **more)
    with pytest.raises(BeyondYourRights):
        change_user(user_id=number("amina"), values={"agency_unique_id": "agency-b"}, actor=greta, at=AT)
    assert everything() == before


def test_a_group_manager_moves_people_within_her_groups_only(cast):
    greta = hire(MANAGER, scope="group", group="usergroup-north")
    User.objects.get(user_name="amina").groups.add(UserGroup.objects.get(unique_id="usergroup-south"))
    before = everything()
    with pytest.raises(BeyondYourRights):
        change_user(user_id=number("amina"), values={"user_group_unique_ids": ["usergroup-north"]}, actor=greta, at=AT)
    with pytest.raises(UserNotFound):
        change_user(user_id=number("dawit"), values={"phone": "1"}, actor=greta, at=AT)
    assert everything() == before
    change_user(
        user_id=number("amina"),
        values={
            "phone": "1",
            "user_group_unique_ids": ["usergroup-south", "usergroup-north"],
            "role_unique_id": "role-worker",
        },
        actor=greta,
        at=AT,
    )


def test_a_manager_takes_hold_of_no_account_that_may_do_more_than_she(cast):
    greta = hire(MANAGER | {"case": ["read"]}, scope="all", objects={"role": ["role-worker"]})
    before = everything()
    good = {"password": "nine brown kettles sing", "password_confirmation": "nine brown kettles sing"}
    for values in (good, {"email": "greta@example.org"}, {"email": None}):
        with pytest.raises(BeyondYourRights):
            change_user(user_id=number("chantal"), values=values, actor=greta, at=AT)
    assert everything() == before
    change_user(user_id=number("chantal"), values={"phone": "1", "email": "chantal@example.org"}, actor=greta, at=AT)
    change_user(user_id=number("amina"), values=good, actor=greta, at=AT)


@pytest.mark.parametrize("scope", ["self", "group", "agency", "all", "admin_only", "identified"])
@pytest.mark.parametrize("actions", [["read"], ["read", "agency_read"], ["manage"]])
def test_the_list_and_the_single_account_agree(cast, scope, actions):
    group = UserGroup.objects.get(unique_id="usergroup-south")
    User.objects.get(user_name="bilal").groups.add(group)
    greta = hire({"user": actions}, scope=scope, group="usergroup-south")
    for name in ("greta", "chantal", "esther", "farid"):
        looker = greta if name == "greta" else viewer(name)
        listed = set(visible_users(looker))
        assert listed == {user for user in User.objects.all() if may_look_after(looker, person_of(user))}


def test_an_empty_list_clears_the_groups(cast):
    change_user(user_id=number("amina"), values={"user_group_unique_ids": []}, actor=viewer("esther"), at=AT)
    assert User.objects.get(user_name="amina").groups.count() == 0


def test_switching_off_ends_her_sessions_at_once(cast):
    amina = User.objects.select_related("role", "agency").get(user_name="amina")
    open_session(user=amina, at=AT)
    open_session(user=amina, at=AT, device=tablet())
    epoch = amina.access_epoch
    disable_user(user_id=amina.id, actor=viewer("esther"), at=AT)
    amina.refresh_from_db()
    assert amina.disabled and amina.access_epoch > epoch and amina.sessions.count() == 0
    assert happened() == ["user.disabled"] and User.objects.filter(user_name="amina").exists()


def test_a_new_password_by_somebody_else_ends_her_sessions_her_own_keeps_this_one(cast):
    amina = User.objects.select_related("role", "agency").get(user_name="amina")
    signed = open_session(user=amina, at=AT, device=tablet())
    here = open_session(user=amina, at=AT)
    new = {"password": "nine brown kettles sing", "password_confirmation": "nine brown kettles sing"}
    change_user(user_id=amina.id, values=new, actor=viewer("amina"), at=AT, session_id=here.session_id)
    assert list(Session.objects.values_list("id", flat=True)) == [here.session_id] and signed
    change_user(user_id=amina.id, values=new, actor=viewer("esther"), at=AT)
    assert Session.objects.count() == 0
    assert happened() == ["user.password_changed"] * 2
    assert "kettles" not in written() and "argon2" not in written()


def test_nobody_switches_herself_off_and_the_last_super_user_stays(cast):
    before = everything()
    farid = viewer("farid")
    for act in (
        lambda: disable_user(user_id=number("farid"), actor=farid, at=AT),
        lambda: change_user(user_id=number("esther"), values={"disabled": True}, actor=viewer("esther"), at=AT),
    ):
        with pytest.raises(NotYourself):
            act()
    for values in ({"disabled": True}, {"role_unique_id": "role-worker"}):
        with pytest.raises(LastSuperUser):
            change_user(user_id=number("farid"), values=values, actor=None, at=AT)
    assert everything() == before


def test_a_user_name_stays(cast):
    with pytest.raises(UserInvalid) as refused:
        change_user(user_id=number("amina"), values={"user_name": "anna"}, actor=viewer("farid"), at=AT)
    assert [problem.code for problem in refused.value.problems] == ["user.user_name.fixed"]
    change_user(user_id=number("amina"), values={"user_name": " Amina"}, actor=viewer("farid"), at=AT)
    assert happened() == []
