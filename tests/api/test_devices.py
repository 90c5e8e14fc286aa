"""Devices over HTTP: registering, signing in from one, revoking it, what it is told, and who may see what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cpims.accounts.actions.people import disable_user
from cpims.accounts.models import Device, Session, SignInTry, User
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.lib.clock import iso, now
from tests.api.client import Caller, Reply, as_
from tests.api.test_tokens import knock
from tests.cast import AT, PASSWORD, tablet, viewer

V1 = "/api/cpims/v1"
DEVICES, CONTACT = f"{V1}/devices", f"{V1}/devices/contact"


def register(name: str = "amina") -> tuple[Caller, dict[str, Any]]:
    caller = as_(name)
    made = caller.post(DEVICES, {"id": str(uuid4()), "name": "Blue tablet", "platform": "Android, Chrome"})
    assert made.status == 200, made.json
    return caller, made.data


def contact(key: dict[str, Any], **more: Any) -> Reply:
    return as_(None).post(CONTACT, {"id": key["id"], "secret": key["secret"], **more})


def enter(key: dict[str, Any], password: str = PASSWORD) -> Caller:
    caller = as_(None)
    body = {
        "user": {"user_name": "amina", "password": password},
        "device": {"id": key["id"], "secret": key["secret"]},
    }
    caller.reply = caller.post("/api/v2/tokens", body)  # type: ignore[attr-defined]
    return caller


def events() -> list[str]:
    return list(ChangeEntry.objects.filter(event__startswith="device.").order_by("id").values_list("event", flat=True))


def test_a_browser_becomes_a_device_and_its_session_outlives_other_sign_ins(cast):
    caller, key = register()
    assert len(key["secret"]) >= 43 and set(key["sealing_key"]) == {"id", "public_key"}
    stored = Device.objects.get()
    assert key["secret"].encode() not in bytes(stored.digest) and len(bytes(stored.digest)) == 32
    assert Session.objects.get().device_id == stored.id
    assert knock("amina").status == 200 and knock("amina").status == 200
    (mine,) = caller.get(DEVICES).data
    assert (mine["here"], mine["state"], mine["name"]) == (True, "active", "Blue tablet")
    assert as_("amina").get(DEVICES).data[0]["here"] is False
    assert events() == ["device.registered"]


def test_the_same_id_again_gives_a_new_secret_and_only_to_its_owner(cast):
    caller, key = register()
    again = caller.post(DEVICES, {"id": key["id"], "name": "x", "platform": "y"})
    assert again.status == 200 and again.data["secret"] != key["secret"]
    assert contact(key).codes == ["device.unknown"]
    assert contact(again.data).status == 200
    stolen = as_("bilal").post(DEVICES, {"id": key["id"], "name": "x", "platform": "y"})
    assert stolen.status == 409 and stolen.codes == ["device.taken"]
    assert Device.objects.get().user.user_name == "amina" and events() == ["device.registered"]


@pytest.mark.parametrize("body", [{}, {"id": "x", "name": "n", "platform": "p"}, {"id": str(uuid4()), "name": " ", "platform": "p"},
                                  {"id": str(uuid4()), "name": "a\u0000", "platform": "p"}, {"id": str(uuid4()), "name": "n" * 81, "platform": "p"}])  # fmt: skip
def test_a_device_needs_an_id_and_a_name(cast, body):
    assert as_("amina").post(DEVICES, body).status == 422
    assert not Device.objects.exists() and events() == []


def test_a_sign_in_from_a_device_belongs_to_it_and_ends_the_one_before_it(cast):
    first, key = register()
    second = enter(key)
    assert second.reply.status == 200
    assert second.get(DEVICES).data[0]["here"] is True
    assert first.get(DEVICES).status == 401
    foreign = enter(key | {"secret": "wrong"})
    assert foreign.reply.status == 200 and foreign.get(DEVICES).data[0]["here"] is False
    assert second.get(DEVICES).status == 200


def test_tries_from_a_device_count_for_it_and_not_for_its_address(cast):
    _, key = register()
    SignInTry.objects.all().delete()
    for _ in range(6):
        assert knock("amina", "wrong horse battery").status == 401
    assert knock("amina").status == 429
    assert enter(key).reply.status == 200
    for _ in range(5):
        assert enter(key, "wrong horse battery").reply.status == 401
    assert enter(key).reply.status == 429
    assert knock("bilal").status == 200


def test_a_revoked_device_is_told_so_at_every_door(cast):
    caller, key = register()
    path = f"{DEVICES}/{key['id']}/revoke"
    before = as_("chantal").post(path)
    assert before.status == 404 and caller.get(DEVICES).status == 200
    assert as_("esther").post(path).data == {"id": key["id"], "state": "revoked"}
    for method, where in (("GET", DEVICES), ("POST", f"{V1}/sync/changes"), ("GET", "/api/v2/cases")):
        refused = caller.send(method, where, {} if method == "POST" else None)
        assert refused.status == 401 and refused.codes == ["device.revoked"]
    assert enter(key).reply.codes == ["device.revoked"]
    assert as_("amina").get(DEVICES).data[0]["revoked_by"] == "esther"
    assert as_("esther").post(path).status == 200
    told = contact(key, unsent=2, oldest_unsent_at=iso(now() - timedelta(hours=2)), kept=40)
    assert told.data | {"sealing_key": None} == {
        "state": "revoked", "hand_over": True, "wipe": True, "sealing_key": None,
    }  # fmt: skip
    assert contact(key).data["hand_over"] is False
    done = contact(key, wiped=True)
    assert (done.data["state"], done.data["wipe"], done.data["hand_over"]) == ("revoked", False, False)
    contact(key, wiped=True)
    assert as_("amina").get(DEVICES).data[0]["state"] == "wiped"
    assert events() == ["device.registered", "device.revoked", "device.wiped"]
    revoked = ChangeEntry.objects.get(event="device.revoked")
    assert (revoked.actor_name, revoked.subject) == ("esther", "user:amina")
    assert as_("amina").post(DEVICES, {"id": key["id"], "name": "x", "platform": "y"}).codes == ["device.taken"]


def test_she_revokes_her_own_and_renames_it_and_nobody_elses(cast):
    _, key = register()
    amina, bilal = as_("amina"), as_("bilal")
    path = f"{DEVICES}/{key['id']}"
    assert bilal.patch(path, {"name": "Mine"}).status == bilal.post(f"{path}/revoke").status == 404
    assert bilal.patch(f"{DEVICES}/{uuid4()}", {"name": "Mine"}).status == 404
    assert amina.patch(path, {"name": ""}).status == amina.patch(path, {"name": 4}).status == 422
    assert amina.patch(path, {"name": "Red tablet"}).data["name"] == "Red tablet"
    assert amina.patch(path, {"name": "Red tablet"}).status == 200
    assert amina.post(f"{path}/revoke").status == 200
    assert events() == ["device.registered", "device.renamed", "device.revoked"]


def test_switching_an_account_off_reaches_her_devices(cast):
    caller, key = register()
    disable_user(user_id=User.objects.get(user_name="amina").id, actor=viewer("esther"), at=AT)
    assert caller.get(DEVICES).status == 401
    told = contact(key, unsent=1)
    assert (told.data["state"], told.data["hand_over"], told.data["wipe"]) == ("revoked", True, True)
    User.objects.filter(user_name="amina").update(disabled=False)
    assert contact(key).data["state"] == "active"
    User.objects.filter(user_name="amina").update(disabled=True)
    contact(key, wiped=True)
    User.objects.filter(user_name="amina").update(disabled=False)
    # It holds nothing and no secret any more: it does not come back with the account.
    assert contact(key).data["state"] == "revoked"
    assert Device.objects.get().wiped_at is not None


def test_an_active_device_cannot_say_that_it_was_wiped(cast):
    _, key = register()
    assert contact(key, wiped=True).data == contact(key).data
    assert Device.objects.get().wiped_at is None and events() == ["device.registered"]


def test_a_device_that_was_emptied_by_hand_is_revoked_by_saying_so(cast):
    caller, key = register()
    assert contact(key | {"secret": "wrong"}, leaving=True, wiped=True).codes == ["device.unknown"]
    assert events() == ["device.registered"]
    told = contact(key, leaving=True, wiped=True)
    assert (told.data["state"], told.data["hand_over"], told.data["wipe"]) == ("revoked", False, False)
    assert caller.get(DEVICES).codes == enter(key).reply.codes == ["device.revoked"]
    (shown,) = as_("amina").get(DEVICES).data
    assert (shown["state"], shown["revoked_by"]) == ("wiped", "amina")
    assert contact(key, leaving=True, wiped=True).status == 200
    assert events() == ["device.registered", "device.revoked", "device.wiped"]
    revoked = ChangeEntry.objects.get(event="device.revoked")
    assert (revoked.actor_name, revoked.subject) == ("amina", "user:amina")


def test_a_device_that_leaves_is_still_asked_for_what_it_holds(cast):
    """Cut off before it was empty: it hands over and wipes itself at its next contact, like any revoked one."""
    _, key = register()
    told = contact(key, leaving=True, unsent=2)
    assert (told.data["state"], told.data["hand_over"], told.data["wipe"]) == ("revoked", True, True)
    assert events() == ["device.registered", "device.revoked"] and Device.objects.get().wiped_at is None


def test_strangers_learn_nothing_at_the_contact(cast):
    _, key = register()
    there = contact(key | {"secret": "wrong"})
    nowhere = contact({"id": str(uuid4()), "secret": "wrong"})
    odd = contact({"id": "x", "secret": "y" * 200})
    assert there.status == nowhere.status == odd.status == 401
    assert there.raw == nowhere.raw == odd.raw and there.codes == ["device.unknown"]
    handed = as_(None).post(f"{DEVICES}/handover", {"id": key["id"], "secret": "wrong", "items": []})
    assert handed.codes == ["device.unknown"]
    assert SightingEntry.objects.filter(action="device_refused", outcome="refused").count() == 4
    assert Device.objects.get().seen_at == Device.objects.get().created_at
    statuses = [contact({"id": str(uuid4()), "secret": "wrong"}).status for _ in range(20)]
    assert statuses[-1] == 429 and contact(key).status == 200


def test_the_contact_is_ours_small_and_well_formed(cast):
    _, key = register()
    assert as_(None).send("POST", CONTACT, dict(key), x_csrf_token="").codes == ["session.csrf"]
    assert contact(key, unsent=-1).status == contact(key, more=1).status == contact(key, storage=4).status == 422
    assert contact(key, kept=0, field_mode=True, last_sync_at="x" * 20_000).codes == ["sync.batch_too_large"]
    future = iso(now() + timedelta(days=3))
    storage = {"used": 5_000_000, "quota": 9_000_000_000_000, "persisted": True}
    assert contact(key, unsent=1, oldest_unsent_at=future, last_sync_at="nonsense", storage=storage).status == 200
    device = Device.objects.get()
    assert device.oldest_unsent_at <= now() and device.last_sync_at is None and device.storage_persisted is True


def test_who_sees_whose_devices(cast):
    _, key = register()
    number = User.objects.get(user_name="amina").id
    assert [d["id"] for d in as_("esther").get(f"{DEVICES}?user_id={number}").data] == [key["id"]]
    assert as_("farid").get(f"{DEVICES}?user_id={number}").status == 200
    for name in ("amina", "bilal", "chantal", "dawit"):
        assert as_(name).get(f"{DEVICES}?user_id={number}").status == 403
    assert as_("esther").get(f"{DEVICES}?user_id=99999").status == 404
    assert as_("bilal").get(DEVICES).data == []


def test_a_supervisor_sees_where_her_teams_work_waits(cast):
    _, key = register()
    Device.objects.filter(pk=tablet("dawit")).update(unsent=5)
    tablet("bilal")
    chantal = as_("chantal")
    assert chantal.get(f"{DEVICES}?team=true").data == []
    contact(key, unsent=3, oldest_unsent_at=iso(now() - timedelta(days=4)))
    found = chantal.get(f"{DEVICES}?team=true")
    assert [(d["user"]["user_name"], d["unsent"]) for d in found.data] == [("amina", 3)]
    assert found.json["metadata"]["total"] == 1
    assert {d["user"]["user_name"] for d in as_("farid").get(f"{DEVICES}?team=true").data} == {"amina", "dawit"}
    for name in ("amina", "bilal", "dawit", "esther"):
        assert as_(name).get(f"{DEVICES}?team=true").status == 403


def test_the_books_name_the_device_that_really_asked(cast):
    caller, key = register()
    assert caller.get("/api/v2/cases", x_device="somebody else's").status == 200
    assert SightingEntry.objects.order_by("id").last().device == key["id"]
