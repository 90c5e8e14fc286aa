"""Inviting people: mailed over a real server, opened, used once; what arrived and what did not is known."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from cpims.accounts.actions.invitations import (
    invite_users,
    lay_invitation,
    open_invitation,
    seal_invitation,
    send_invitation,
)
from cpims.accounts.actions.people import change_user
from cpims.accounts.actions.resets import invite_first_administrator, link_for
from cpims.accounts.models import Invitation, User
from cpims.accounts.queries.invitations import evidence_of_administrators
from cpims.accounts.rules.invitations import InvitationNotFound
from cpims.audit.models import ChangeEntry
from cpims.lib.clock import now
from cpims.lib.mail import CannotSend
from tests.api.client import as_
from tests.cast import AT, set_the_stage, viewer
from tests.db.test_accounts_users import written
from tests.letterbox import open_letterbox, work
from tests.running import free_port

V1, V2 = "/api/cpims/v1", "/api/v2"
OWN = "violet-harbour-77-lamp"
HANA = {
    "full_name": "Hana Karim", "user_name": "hana", "email": "hana@example.org", "role_unique_id": "role-worker",
    "agency_unique_id": "agency-a", "user_group_unique_ids": ["usergroup-north"],
}  # fmt: skip


@pytest.fixture
def letterbox(committed_db, monkeypatch):
    set_the_stage()
    with open_letterbox(monkeypatch) as box:
        yield box


def number(name: str) -> int:
    return User.objects.get(user_name=name).id


def hana() -> int:
    made = as_("esther").post(f"{V2}/users", {"data": HANA})
    assert made.status == 200, made.raw
    return int(made.data["id"])


def use(link: str, password: str = OWN):
    body = {"user": {"reset_password_token": link, "password": password, "password_confirmation": password}}
    return as_(None).post(f"{V2}/users/password-reset", body)


def opened(link: str):
    return as_(None).post(f"{V1}/invitations/open", {"link": link})


def arrival(user_id: int) -> dict:
    return as_("esther").get(f"{V1}/invitations/{user_id}").data


def test_hana_is_invited_comes_in_once_and_all_of_it_is_known(letterbox):
    her = hana()
    assert arrival(her)["invitation"]["state"] == "waiting" and letterbox.letters == []
    work()
    (receivers, letter), *others = letterbox.letters
    assert receivers == ["hana@example.org"] and not others
    text, link = letterbox.text_for(*receivers), letterbox.link_for(*receivers)
    assert "DEMO" in letter["Subject"] and "hana" in text
    assert arrival(her)["invitation"]["state"] == "delivered"
    assert len(link) == 43 and link not in written(), "nobody reads it in the database"

    told = opened(link)
    assert told.status == 200 and told.data["full_name"] == "Hana Karim" and told.data["user_name"] == "hana"
    assert told.data["instance"]["kind"] == "demo"
    assert opened(link).status == 200, "a link that was looked at is still good"
    assert arrival(her)["invitation"]["state"] == "opened"
    assert use(link, "short").status == 422, "the password has to hold"
    assert use(link).status == 200
    assert use(link).status == 422 and opened(link).status == 404, "once"
    known = arrival(her)
    assert known["invitation"]["state"] == "used"
    marks = [known["invitation"][name] for name in ("invited_at", "sent_at", "delivered_at", "opened_at", "used_at")]
    assert marks == sorted(marks) and known["first_sign_in_at"] >= known["own_password_at"]
    assert as_(None).post(f"{V2}/tokens", {"user": {"user_name": "hana", "password": OWN}}).status == 200
    events = list(ChangeEntry.objects.filter(subject="user:hana").order_by("id").values_list("event", flat=True))
    assert events == [
        "user.created", "user.invited", "user.invitation_sent", "user.invitation_opened", "user.password_changed",
    ]  # fmt: skip


def test_inviting_again_ends_the_earlier_link(letterbox):
    her = hana()
    work()
    first = letterbox.link_for("hana@example.org")
    again = as_("esther").post(f"{V1}/invitations", {"user_ids": [her, her]})
    assert again.data == [{"user_id": her, "invited": True}]
    assert opened(first).status == 404 and use(first).status == 422
    work()
    second = letterbox.link_for("hana@example.org")
    assert second != first and use(second).status == 200
    refused = as_("esther").post(f"{V1}/invitations", {"user_ids": [her]})
    assert refused.data == [{"user_id": her, "invited": False, "code": "invitation.not_needed"}]


def test_an_address_that_the_server_refuses_is_told_to_who_invited(letterbox):
    letterbox.unknown.add("hana@example.org")
    her = hana()
    work()
    known = arrival(her)["invitation"]
    assert (known["state"], known["failure"]) == ("failed", "refused") and "delivered_at" not in known
    assert [to for to, _ in letterbox.letters] == [["esther@example.org"]]
    text = letterbox.text_for("esther@example.org")
    assert "Hana Karim" in text and f"/app/admin/users/{her}" in text and "#" not in text
    assert ChangeEntry.objects.filter(event="user.invitation_failed").count() == 1
    as_("esther").patch(f"{V2}/users/{her}", {"data": {"email": "hana.karim@example.org"}})
    as_("esther").post(f"{V1}/invitations", {"user_ids": [her]})
    work()
    assert arrival(her)["invitation"]["state"] == "delivered"


def test_a_server_that_is_away_is_asked_again_and_then_given_up(cast, monkeypatch):
    url = f"smtp://127.0.0.1:{free_port()}?tls=never"
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, mail_url=url))
    her = hana()
    with pytest.raises(CannotSend):
        send_invitation(user_id=her, at=now())
    assert arrival(her)["invitation"]["state"] == "sent"
    assert send_invitation(user_id=her, at=now(), last=True)
    assert arrival(her)["invitation"]["failure"] == "unreachable"
    assert send_invitation(user_id=her, at=now()) is False, "it may come twice"


def test_a_mail_that_is_kept_as_a_file_is_no_receipt(cast):
    her = hana()
    assert send_invitation(user_id=her, at=now())
    known = arrival(her)["invitation"]
    assert known["state"] == "sent" and "delivered_at" not in known


def _link(name: str = "hana") -> str:
    """An invitation as the operator hands it over."""
    laid = lay_invitation(user=User.objects.get(user_name=name), actor=None, at=now(), mailed=False)
    return seal_invitation(laid, at=now()).partition("#")[2]


@pytest.mark.parametrize("ends", ["switched_off", "another_address", "password_given", "time", "used_a_reset_link"])
def test_a_link_ends_with_what_it_stood_on(cast, ends):
    her = hana()
    link = _link()
    at = now()
    assert open_invitation(link=link, address="here", at=at).user_name == "hana"
    if ends == "switched_off":
        change_user(user_id=her, values={"disabled": True}, actor=viewer("esther"), at=AT)
        change_user(user_id=her, values={"disabled": False}, actor=viewer("esther"), at=AT)
    elif ends == "another_address":
        change_user(user_id=her, values={"email": "other@example.org"}, actor=viewer("esther"), at=AT)
    elif ends == "password_given":
        given = {"password": OWN, "password_confirmation": OWN}
        change_user(user_id=her, values=given, actor=viewer("esther"), at=AT)
        assert User.objects.get(pk=her).own_password_at is None, "it is not of her own choosing"
    elif ends == "time":
        at += timedelta(days=7)
    else:
        assert use(link_for(User.objects.get(pk=her), at=at)).status == 200
    before = ChangeEntry.objects.count()
    with pytest.raises(InvitationNotFound):
        open_invitation(link=link, address="there", at=at)
    assert ChangeEntry.objects.count() == before
    if ends != "time":
        assert use(link).status == 422


def test_what_is_no_link_is_answered_alike(cast):
    bodies = [opened(link).raw for link in ("x" * 43, "", "é" * 43)]
    bodies.append(as_(None).post(f"{V1}/invitations/open", {"link": {"a": 1}}).raw)
    assert len(set(bodies)) == 1 and b"invitation.not_found" in bodies[0]
    for _ in range(16):
        opened("y" * 43)
    assert opened("y" * 43).status == 429


def test_who_cannot_be_invited_is_named_and_the_others_are(cast):
    her = hana()
    User.objects.filter(user_name="bilal").update(email=None)
    User.objects.filter(user_name="dawit").update(disabled=True)
    ids = [her, number("bilal"), number("dawit"), number("farid"), 999_999]
    told = as_("esther").post(f"{V1}/invitations", {"user_ids": ids}).data
    assert [one.get("code") for one in told] == [
        None, "invitation.no_address", "invitation.switched_off", "user.not_found", "user.not_found",
    ]  # fmt: skip
    assert Invitation.objects.filter(revoked_at__isnull=True).count() == 1
    assert as_("chantal").post(f"{V1}/invitations", {"user_ids": [her]}).status == 403
    assert as_("chantal").get(f"{V1}/invitations").status == 403
    assert as_("esther").post(f"{V1}/invitations", {"user_ids": list(range(1, 300))}).status == 422
    assert as_("esther").post(f"{V1}/invitations", {"user_ids": ["1"]}).status == 422


def test_inviting_is_slowed(cast):
    her = hana()
    for _ in range(10):
        assert as_("esther").post(f"{V1}/invitations", {"user_ids": [her]}).status == 200
    jobs = ProcrastinateJob.objects.count()
    assert as_("esther").post(f"{V1}/invitations", {"user_ids": [her]}).status == 429
    assert ProcrastinateJob.objects.count() == jobs


def test_who_has_not_come_in_is_listed_for_who_looks_after_her(cast):
    her = hana()
    User.objects.filter(user_name__in=("bilal", "farid", "amina")).update(password="sealed")
    User.objects.filter(user_name__in=("dawit", "farid")).update(password="")
    _link("bilal")
    listed = as_("esther").get(f"{V1}/invitations").data
    names = [one["user_name"] for one in listed]
    assert {"hana", "bilal", "dawit"} <= set(names) and "amina" not in names
    assert "farid" not in names, "a super-user is out of Esther's sight"
    page = as_("esther").get(f"{V1}/invitations?per=1&page=2")
    assert page.data == listed[1:2] != [] and her in [one["user_id"] for one in listed]


def test_what_shows_that_administrators_received_and_used_their_credentials(cast):
    names = {one.user_name for one in evidence_of_administrators()}
    assert names == {"esther", "farid"}
    link = _link("esther")
    assert use(link).status == 200
    (esther,) = [one for one in evidence_of_administrators() if one.user_name == "esther"]
    assert esther.used_at and esther.opened_at and esther.own_password_at and esther.first_sign_in_at
    assert esther.delivered_at is None and esther.second_factor_at is None
    invite_users(user_ids=[number("bilal")], actor=viewer("esther"), at=AT)
    User.objects.filter(user_name="farid").update(disabled=True)
    assert {one.user_name for one in evidence_of_administrators()} == {"esther"}


def test_the_first_administrator_is_invited_by_mail(letterbox):
    User.objects.filter(user_name="farid").update(password="", email=None)
    told = invite_first_administrator(at=now(), email="sara@example.org")
    assert (told.user_name, told.address) == ("farid", "")
    work()
    assert use(letterbox.link_for("sara@example.org")).status == 200
    (farid,) = [one for one in evidence_of_administrators() if one.user_name == "farid"]
    assert farid.address == "sara@example.org" and farid.delivered_at and farid.used_at
