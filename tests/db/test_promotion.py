"""Two instances, two databases, two servers: what is tried in the demo goes to production, and comes back."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from cpims.lib.secrets import make_secrets
from tests.cast import PASSWORD
from tests.conftest import Databases
from tests.promoting import put_stewards
from tests.running import LiveServer, start_server

V1, V2 = "/api/cpims/v1", "/api/v2"


@dataclass
class Instance:
    """One running instance."""

    server: LiveServer
    database: str

    def ask(self, method: str, path: str, body: Any = None, *, as_: str = "ida") -> tuple[int, Any]:
        """What it answers somebody."""
        sign_in = base64.b64encode(f"{as_}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {sign_in}", "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.server.url + path, data=content, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def data(self, method: str, path: str, body: Any = None, *, as_: str = "ida") -> Any:
        """What it answers when all is well."""
        status, reply = self.ask(method, path, body, as_=as_)
        assert status == 200, (method, path, status, reply)
        return reply["data"]

    def code(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Why it refuses."""
        status, reply = self.ask(method, path, body)
        return status, str(reply["errors"][0]["code"])

    def pair(self) -> Any:
        """How it says that the two stand."""
        return self.data("GET", f"{V1}/pair")

    def document(self) -> bytes:
        """The bytes of its newest version."""
        number = self.data("GET", f"{V1}/configuration/current")["newest"]["number"]
        _, reply = self.ask("GET", f"{V1}/configuration/versions/{number}/document")
        return json.dumps(reply, sort_keys=True).encode()

    def sql(self, statement: str) -> None:
        """Somebody goes around the program."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two(
    databases: Databases, _cast_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Instance]]:
    """A demo and a production, alike in nothing but their configuration."""
    from cpims.settings.models import Instance as Row

    running: list[Instance] = []
    names: list[str] = []
    try:
        for kind in ("demo", "production"):
            place: Path = tmp_path_factory.mktemp(kind)
            make_secrets(place / "secrets")
            names.append(databases.copy(_cast_database))
            databases.use(names[-1])
            databases.allowed = True
            put_stewards("ida", "omar")
            Row.objects.update(kind=kind, uuid=uuid4(), name=kind.title())
            databases.close()
            databases.allowed = False
            address = databases.cluster.address(database=names[-1])
            server = start_server(address, place / "web.log", CPIMS_DATA=str(place), CPIMS_KIND=kind)
            running.append(Instance(server, address))
        demo, production = running
        demo.data("POST", f"{V1}/pair", card(production))
        production.data("POST", f"{V1}/pair", card(demo))
        yield running
    finally:
        for one in running:
            one.server.stop()
        for name in names:
            databases.drop(name)


def card(other: Instance) -> dict[str, str]:
    """What an instance says of itself on its page."""
    said = other.pair()["self"]
    return {key: said[key] for key in ("uuid", "name", "kind", "url", "public_key")}


def approved(demo: Instance, title: str, *leave_out: str) -> Any:
    """A set of what differs, without the things that are left out, proposed by one and approved by another."""
    row = demo.data("POST", f"{V1}/change_sets", {"title": title})
    here = f"{V1}/change_sets/{row['id']}"
    changes = demo.data("GET", here)["changes"]
    chosen = [change["id"] for change in changes if change["thing"]["id"] not in leave_out]
    demo.data("PATCH", here, {"chosen": chosen})
    demo.data("POST", f"{here}/propose")
    assert demo.code("POST", f"{here}/approve") == (403, "change_set.second_person")
    return demo.data("POST", f"{here}/approve", as_="omar")


def new_list(demo: Instance, name: str) -> str:
    """Somebody makes an option list in the demo."""
    values = [{"id": "one", "display_text": {"en": "One", "ar": "واحد"}}]
    made = demo.data(
        "POST", f"{V2}/lookups", {"data": {"unique_id": f"lookup-{name}", "name": {"en": name}, "values": values}}
    )
    return str(made["unique_id"])


def test_from_a_wish_to_production_and_back(two: list[Instance]) -> None:
    demo, production = two
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "in_sync"
    assert production.pair()["self"]["closed"] and production.pair()["state"] == "in_sync"
    assert production.code("POST", f"{V2}/lookups", {"data": {"name": {"en": "x"}, "values": []}}) == (
        409, "configuration.closed",
    )  # fmt: skip
    began = production.document()
    school, colour = new_list(demo, "school"), new_list(demo, "colour")
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "ahead"
    row = approved(demo, "A list of schools", colour)
    assert (row["total"], row["chosen"]) == (2, 1)
    here = f"{V1}/change_sets/{row['id']}"
    sent = demo.data("POST", f"{here}/promote")
    assert (sent["state"], sent["promoted_by"]) == ("promoted", "ida")
    current = production.data("GET", f"{V1}/configuration/current")
    assert (
        current["hash"] == row["target_hash"] and current["newest"]["cause"] == "promotion" and not current["changed"]
    )
    names = {found["unique_id"] for found in production.data("GET", f"{V2}/lookups?per=1000")}
    assert school in names and colour not in names
    assert demo.pair()["state"] == "ahead" and production.pair()["state"] == "ahead"
    assert demo.data("POST", f"{here}/promote") == sent
    assert production.data("GET", f"{V1}/configuration/current") == current

    rest = approved(demo, "And one of colours")
    demo.data("POST", f"{V1}/change_sets/{rest['id']}/promote")
    ends = [one.data("POST", f"{V1}/pair/check") for one in two]
    assert [end["state"] for end in ends] == ["in_sync", "in_sync"]
    assert len({end[side]["hash"] for end in ends for side in ("self", "other")}) == 1

    assert demo.code("POST", f"{V1}/change_sets", {"title": "Again"}) == (409, "change_set.nothing_to_promote")

    came = production.data("GET", f"{V1}/promotions")
    assert [found["can_roll_back"] for found in came] == [True, False]
    back = production.data("POST", f"{V1}/promotions/{came[0]['id']}/rollback", {"reason": "A mistake"})
    assert back["rolled_back_by"] == "ida"
    assert production.data("GET", f"{V1}/configuration/current")["hash"] == row["target_hash"]
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "ahead"
    assert production.document() != began and production.pair()["drift"] is None


def test_a_hand_edit_is_found_and_stops_what_was_made_before_it(two: list[Instance]) -> None:
    demo, production = two
    new_list(demo, "shape")
    row = approved(demo, "Shapes")
    production.sql("""UPDATE lookups SET name = name || '{"en": "By hand"}' WHERE unique_id = 'lookup-risk'""")
    drift = production.pair()["drift"]
    assert any("By hand" in change["sentence"] for change in drift["changes"])
    here = f"{V1}/change_sets/{row['id']}"
    assert demo.code("POST", f"{here}/promote") == (409, "change_set.stale")
    assert demo.data("GET", here)["state"] == "stale"
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "diverged"
    assert production.pair()["state"] == "diverged"
    shown = demo.data("POST", f"{V1}/change_sets", {"title": "What production has"})
    changes = demo.data("GET", f"{V1}/change_sets/{shown['id']}")["changes"]
    assert any(change["before"] == "By hand" for change in changes)
    production.sql("""UPDATE lookups SET name = name || '{"en": "lookup-risk"}' WHERE unique_id = 'lookup-risk'""")
    assert production.pair()["drift"] is None
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "ahead"


def test_the_signed_files_go_where_no_line_goes(two: list[Instance]) -> None:
    demo, production = two
    new_list(demo, "size")
    _, state = production.ask("GET", f"{V1}/pair/state_file")
    row = demo.data("POST", f"{V1}/change_sets", {"title": "Sizes", "state_file": state})
    here = f"{V1}/change_sets/{row['id']}"
    demo.data("POST", f"{here}/propose")
    demo.data("POST", f"{here}/approve", as_="omar")
    _, file = demo.ask("GET", f"{here}/file")
    spoilt = json.loads(json.dumps(file))
    spoilt["signed"]["title"] = "Something else"
    assert production.code("POST", f"{V1}/promotions", {"content": spoilt}) == (422, "promotion.file_not_signed")
    assert demo.code("POST", f"{V1}/promotions", {"content": file}) == (422, "promotion.file_not_signed")
    took = production.data("POST", f"{V1}/promotions", {"file": json.dumps(file)})
    assert (took["source"], took["received_by"], took["again"]) == ("file", "ida", False)
    assert production.data("POST", f"{V1}/promotions", {"content": file})["again"] is True
    assert demo.data("GET", here)["state"] == "approved"
    assert demo.data("POST", f"{V1}/pair/check")["state"] == "in_sync"
    assert demo.data("GET", here)["state"] == "promoted"


def test_the_gates_of_both_turn_by_what_the_other_one_says(two: list[Instance]) -> None:
    demo, production = two
    looks = f"{V1}/rollout/looks"

    def checks(road: Any, gate: str, side: str) -> dict[str, Any]:
        found = next(one for one in road["gates"] if one["id"] == gate)
        return {check["code"]: check["holds"] for check in found["checks"] if check["side"] == side}

    seen = demo.data("POST", looks)
    assert seen["other_at"] and checks(seen, "g1b", "production") == {
        "instance_heard": True, "instances_paired": True, "production_closed": True, "no_drift": True,
        "nothing_by_hand": True,
    }  # fmt: skip
    assert next(one["state"] for one in seen["gates"] if one["id"] == "g1b") == "met"
    assert checks(seen, "g1", "production")["signed_in"] in (True, False)
    production.sql("UPDATE lookups SET name = '{\"en\": \"By hand\"}' WHERE unique_id = 'lookup-risk'")
    after = demo.data("POST", looks)
    assert checks(after, "g1b", "production")["no_drift"] is False
    there = production.data("POST", looks)
    assert checks(there, "g1b", "production")["no_drift"] is False
    assert checks(there, "g2", "demo")["instance_heard"] is True
