"""Tables over HTTP: shown first, then brought in as shown."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cpims.accounts.models import Role, User
from cpims.locations.models import Location
from tests.api.client import Reply, as_
from tests.consistency.test_replies import misfits

IMPORTS = "/api/cpims/v1/imports"
TABLE = "User name;Full name;Role;Agency\nhana;Hana;role-worker;agency-b\nlina;Lina;role-none;agency-b\n"


def sent(text: str, kind: str = "users", by: str = "esther", **more: Any) -> Reply:
    body = {"kind": kind, "data_base64": base64.b64encode(text.encode()).decode()} | more
    return as_(by).post(IMPORTS + ("/apply" if "hash" in more else ""), body)


def test_a_table_is_shown_then_brought_in(cast: None) -> None:
    shown = sent(TABLE)
    assert shown.status == 200
    assert misfits("POST", IMPORTS, shown) == []
    assert [shown.data[key] for key in ("rows", "create", "change", "same", "bad", "encoding")] == [
        2,
        1,
        0,
        0,
        1,
        "utf-8",
    ]
    assert shown.data["bad_rows"] == [
        {
            "row": 3,
            "cells": ["lina", "Lina", "role-none", "agency-b"],
            "problems": [
                {"cell": "C3", "column": "Role", "code": "import.cell.nothing_called", "params": {"text": "role-none"}}
            ],
        }
    ]
    assert not User.objects.filter(user_name="hana").exists()
    refused = sent(TABLE, hash=shown.data["hash"])
    assert (refused.status, refused.codes) == (409, ["import.has_bad_rows"])
    done = sent(TABLE, hash=shown.data["hash"], leave_out_bad=True)
    assert (done.status, done.data) == (200, shown.data)
    assert misfits("POST", f"{IMPORTS}/apply", done) == []
    assert User.objects.get(user_name="hana").agency.unique_id == "agency-b"
    again = sent(TABLE, hash=shown.data["hash"], leave_out_bad=True)
    assert (again.status, again.codes) == (409, ["import.plan_outdated"])


def test_the_same_wish_sent_twice_is_done_once(cast: None) -> None:
    shown = sent(TABLE).data
    body = {"kind": "users", "data_base64": base64.b64encode(TABLE.encode()).decode()}
    body |= {"hash": shown["hash"], "leave_out_bad": True}
    esther = as_("esther")
    key = {"Idempotency-Key": "7f0c1f3a-3f65-4a6e-9d2c-1a2b3c4d5e6f"}
    replies = [esther.send("POST", f"{IMPORTS}/apply", body, **key) for _ in range(2)]
    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].data == replies[1].data
    assert User.objects.filter(user_name="hana").count() == 1


def test_what_is_no_table_is_refused_with_its_reason(cast: None) -> None:
    for body, code in (
        ({"kind": "users", "data_base64": "***"}, "import.file.not_base64"),
        ({"kind": "users", "data_base64": ""}, "import.file.empty"),
        ({"kind": "cases", "data_base64": "YQ=="}, "body.literal_error"),
        ({"kind": "users", "data_base64": base64.b64encode(b"a,b\n1,2\n").decode()}, "import.heading.missing"),
    ):
        reply = as_("esther").post(IMPORTS, body)
        assert reply.status == 422, body
        assert code in str(reply.json), body


def test_who_may_bring_in_only_one_kind(cast: None) -> None:
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions |= {"metadata": ["manage"]}
    role.save()
    User.objects.filter(user_name="chantal").update(access_epoch=99)
    assert sent("code,parent_code,name\nKA09,KA,Nine\n", "locations", by="chantal").status == 200
    assert sent(TABLE, by="chantal").status == 403


def test_the_command_tells_and_applies(cast: None, tmp_path: Any, capsys: Any) -> None:
    file = tmp_path / "places.csv"
    file.write_text("code,parent_code,name,size\nKA09,KA,Nine,4\n", encoding="utf-8")
    call_command("import_table", "locations", str(file))
    assert not Location.objects.filter(code="KA09").exists()
    told = capsys.readouterr().out
    assert "New: 1." in told
    assert "D1" in told
    call_command("import_table", "locations", str(file), "--apply", "--as", "esther")
    assert Location.objects.get(code="KA09").name["en"] == "KA::Nine"
    file.write_text("code,parent_code,name\nKA10,NOWHERE,Ten\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("import_table", "locations", str(file))
    assert "B2" in capsys.readouterr().out
    for arguments in (["--apply"], ["--as", "amina"], ["--as", "nobody"]):
        with pytest.raises(CommandError):
            call_command("import_table", "locations", str(file), *arguments)
    assert not Location.objects.filter(code="KA10").exists()
