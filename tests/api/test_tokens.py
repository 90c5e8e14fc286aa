"""Signing in and out over HTTP, as Primero's clients do it."""

from __future__ import annotations

import base64
import http.cookiejar
import json
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from cpims.accounts.actions.people import disable_user
from cpims.accounts.actions.roles import change_role
from cpims.accounts.actions.sign_in import verified
from cpims.accounts.models import Role, Session, User
from cpims.api.http import csrf
from cpims.api.http.auth import SESSION_COOKIE
from cpims.audit.models import SightingEntry
from tests.api.client import Caller, as_
from tests.cast import AT, PASSWORD, set_the_stage, viewer

TOKENS = "/api/v2/tokens"


def knock(name: str = "amina", password: str = PASSWORD, caller: Caller | None = None):
    return (caller or as_(None)).post(TOKENS, {"user": {"user_name": name, "password": password}})


def sign_in(name: str = "amina") -> Caller:
    caller = as_(None)
    assert knock(name, caller=caller).status == 200
    caller.token = caller.client.cookies[csrf.COOKIE].value
    return caller


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_sign_in_keep_alive_sign_out(cast):
    caller = as_(None)
    before = caller.token
    reply = knock(" Amina ", caller=caller)
    amina = User.objects.get(user_name="amina")
    assert reply.status == 200
    assert reply.json == {"id": amina.id, "user_name": "amina", "group_permission": "self"}
    cookie = caller.client.cookies[SESSION_COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and len(cookie.value) >= 43
    token = caller.client.cookies[csrf.COOKIE]
    assert token.value != before and token["samesite"] == "Strict" and not token["httponly"]
    caller.token = token.value
    kept = caller.post(TOKENS)
    assert kept.status == 200 and kept.json == reply.json and Session.objects.count() == 1
    other = knock("farid", caller=caller)
    assert other.json["user_name"] == "amina"
    assert caller.get("/api/cpims/v1/session").data["user_name"] == "amina"
    gone = caller.delete(TOKENS)
    assert gone.status == 200 and gone.json == {} and Session.objects.count() == 0
    assert caller.get("/api/cpims/v1/session").status == 401
    caller.token = caller.client.cookies[csrf.COOKIE].value
    assert caller.delete(TOKENS).status == 200
    assert list(SightingEntry.objects.values_list("action", "actor_name")) == [("login", "amina"), ("logout", "amina")]


@pytest.mark.parametrize(
    "given",
    [
        {"user_name": "amina", "password": "wrong"},
        {"user_name": "nobody", "password": PASSWORD},
        {"user_name": "amina"},
        {"user_name": 5, "password": []},
        {"user_name": "a\x00", "password": "\x00"},
    ],
)
def test_every_failure_looks_alike(cast, given):
    reply = as_(None).post(TOKENS, {"user": given})
    assert reply.status == 401 and reply.json["error"] == "Invalid User name or password."
    assert reply.codes == ["session.refused"] and "Bearer" in reply.headers["WWW-Authenticate"]
    assert SESSION_COOKIE not in reply.headers.get("Set-Cookie", "") and Session.objects.count() == 0


@pytest.mark.parametrize("body", [None, {}, {"user": None}, {"user": "amina"}])
def test_without_credentials_or_session(cast, body):
    reply = as_(None).post(TOKENS, body)
    assert reply.status == 401 and reply.json["error"] == "Unauthorized"


def test_the_seventh_try_in_a_minute_waits(cast):
    assert [knock(password="wrong").status for _ in range(6)] == [401] * 6
    reply = knock()
    assert reply.status == 429 and 0 < int(reply.headers["Retry-After"]) <= 60
    assert knock("bilal").status == 200


def test_a_forged_page_cannot_sign_in_or_out(cast):
    caller = sign_in()
    assert caller.send("DELETE", TOKENS, x_csrf_token="").status == 403
    assert caller.send("DELETE", TOKENS, origin="https://elsewhere.example").status == 403
    assert as_(None).send("POST", TOKENS, {"user": {}}, x_csrf_token="x").codes == ["session.csrf"]
    assert Session.objects.count() == 1
    old = csrf.mint("")
    caller.client.cookies[csrf.COOKIE] = old
    assert caller.send("DELETE", TOKENS, x_csrf_token=old).status == 403
    assert as_(None).send("GET", TOKENS).status in (404, 405)


def test_a_new_sign_in_ends_the_one_before(cast):
    first = sign_in()
    second = sign_in()
    assert first.get("/api/cpims/v1/session").status == 401
    assert second.get("/api/cpims/v1/session").status == 200


def test_switching_her_off_ends_her_session(cast):
    amina = sign_in()
    assert (
        as_("esther")
        .patch(f"/api/v2/users/{User.objects.get(user_name='amina').id}", {"data": {"disabled": True}})
        .status
        == 200
    )
    assert amina.get("/api/cpims/v1/session").status == 401 and knock().status == 401


def test_basic(cast, monkeypatch):
    verified.cache_clear()
    caller = as_(None)
    caller.client.cookies.clear()
    assert caller.get("/api/cpims/v1/session", **basic("amina", PASSWORD)).data["user_name"] == "amina"
    assert caller.send("POST", TOKENS, x_csrf_token="", **basic("AMINA", PASSWORD)).json["user_name"] == "amina"
    assert Session.objects.count() == 0
    assert caller.get("/api/cpims/v1/session", **basic("amina", "wrong")).status == 401
    object.__setattr__(settings.ENVIRONMENT, "basic_auth", False)
    try:
        assert caller.get("/api/cpims/v1/session", **basic("amina", PASSWORD)).status == 401
    finally:
        object.__setattr__(settings.ENVIRONMENT, "basic_auth", True)


def test_session_and_identity_providers(cast):
    data = as_("chantal").get("/api/cpims/v1/session").data
    assert data["full_name"] == "Chantal" and data["instance"]["kind"] == "demo" and len(data["instance"]["uuid"]) == 36
    assert {"locales", "time_zone", "id"} <= set(data)
    assert as_(None).get("/api/cpims/v1/session").status == 401
    reply = as_(None).get("/api/v2/identity_providers")
    assert reply.json == {"data": [], "metadata": {"use_identity_provider": False}}


def test_permissions(cast):
    data = as_("amina").get("/api/v2/permissions").data
    assert data["management"] == ["self", "group", "all", "admin_only", "agency", "webhook"]
    assert data["resource_actions"]["role"] == "create read write assign copy manage delete".split()
    assert as_(None).get("/api/v2/permissions").status == 401


def test_what_is_taken_away_is_gone_in_every_process_at_once(live_server):
    set_the_stage()
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def call(method: str, path: str, body: object = None) -> tuple[int, dict]:
        token = next((c.value for c in jar if c.name == csrf.COOKIE), "")
        request = urllib.request.Request(
            live_server.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-CSRF-Token": token or ""},
        )
        try:
            with browser.open(request, timeout=20) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    assert call("GET", "/api/v2/primero")[0] == 200
    assert call("POST", TOKENS, {"user": {"user_name": "bilal", "password": PASSWORD}})[0] == 200
    bilal = User.objects.get(user_name="bilal")
    path = f"/api/v2/users/{bilal.id}?extended=true"
    assert call("GET", path)[1]["data"]["permissions"]["list"][0]["resource"] == "cases"
    role = Role.objects.get(unique_id="role-group-worker")
    change_role(role_id=role.id, values={"permissions": {"dashboard": ["workflow"]}}, actor=viewer("farid"), at=AT)
    assert call("GET", path)[1]["data"]["permissions"]["list"] == [{"resource": "dashboards", "actions": ["workflow"]}]
    assert call("GET", "/api/v2/cases")[0] == 403
    disable_user(user_id=bilal.id, actor=viewer("farid"), at=AT)
    status, reply = call("GET", path)
    assert status == 401 and reply["error"] == "Unauthorized"
