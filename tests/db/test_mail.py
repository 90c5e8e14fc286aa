"""Mail over a real server: asked for, put off with the change, sent by the worker, received, its link used once."""

from __future__ import annotations

import dataclasses
import re

import pytest
from django.conf import settings

from cpims.lib.mail import CannotSend, send_mail
from tests.api.client import as_
from tests.cast import PASSWORD, set_the_stage
from tests.letterbox import Letterbox as Letterbox
from tests.letterbox import open_letterbox, work
from tests.running import free_port


@pytest.fixture
def letterbox(monkeypatch):
    """A mail server on this machine to which the instance sends."""
    with open_letterbox(monkeypatch) as box:
        yield box


def test_a_forgotten_password(committed_db, letterbox):
    set_the_stage()
    body = {"user": {"email": "amina@example.org"}}
    assert as_(None).post("/api/v2/users/password-reset-request", body).status == 200
    assert letterbox.letters == [], "nothing is sent before the worker works"
    work()
    (receivers, letter), *others = letterbox.letters
    text = letter.get_body().get_content()
    assert receivers == ["amina@example.org"] and not others and "Noor" not in text
    link = re.search(r"#(\S+)", text).group(1)
    new = {
        "user": {
            "reset_password_token": link,
            "password": "violet-harbour-77",
            "password_confirmation": "violet-harbour-77",
        }
    }
    assert as_(None).post("/api/v2/users/password-reset", new).status == 200
    again = as_(None).post("/api/v2/users/password-reset", new)
    assert again.status == 422, "a link works once"
    sign_in = {"user": {"user_name": "amina", "password": PASSWORD}}
    assert as_(None).post("/api/v2/tokens", sign_in).status == 401
    sign_in["user"]["password"] = "violet-harbour-77"
    assert as_(None).post("/api/v2/tokens", sign_in).status == 200


def test_who_is_unknown_is_answered_alike_and_gets_nothing(committed_db, letterbox):
    set_the_stage()
    known = as_(None).post("/api/v2/users/password-reset-request", {"user": {"email": "amina@example.org"}})
    unknown = as_(None).post("/api/v2/users/password-reset-request", {"user": {"email": "nobody@example.org"}})
    assert known.raw == unknown.raw and known.status == unknown.status
    work()
    assert [receivers for receivers, _ in letterbox.letters] == [["amina@example.org"]]


def test_a_server_that_is_away_is_tried_again(monkeypatch):
    url = f"smtp://127.0.0.1:{free_port()}?tls=never"
    monkeypatch.setattr(settings, "ENVIRONMENT", dataclasses.replace(settings.ENVIRONMENT, mail_url=url))
    with pytest.raises(CannotSend):
        send_mail(to="amina@example.org", subject="x", text="y")
