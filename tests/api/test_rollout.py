"""The rollout over HTTP: the road, requirements with every bad cell, acceptances, the attestation, waivers, the pair's evidence."""

from __future__ import annotations

import base64
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.api.shapes.rollout import PairEvidence, RequirementsDifference, RolloutRoad
from cpims.imports.formats.workbook import read_sheets
from cpims.lib.clock import today
from cpims.lib.signing import is_signed, public_key_of
from cpims.lookups.models import Lookup
from cpims.promotion.formats.signed import NONCE, SIGNATURE, said_of_answer
from cpims.rollout.formats.workbook import write_workbook
from cpims.rollout.models import OtherSide, Requirements, Waiver
from cpims.rollout.queries.evidence import own_side, told
from cpims.settings.models import Instance
from tests.api.client import Caller, Reply, as_
from tests.api.rollout_matrix import HERE, standing_workbook, workbook_body
from tests.cast import AT, PASSWORD
from tests.promoting import STRANGER, paired_production, put_stewards, signed_headers


@pytest.fixture
def ida(cast: None) -> Caller:
    """Somebody who manages the configuration."""
    from cpims.accounts.models import User

    put_stewards("ida")
    User.objects.filter(user_name="ida").update(password=User.objects.get(user_name="esther").password)
    return as_("ida")


def fits(shape: type[Any], data: Any) -> None:
    shape.model_validate(data, extra="forbid")


def brought(ida: Caller, change: Any = None) -> Reply:
    workbook = standing_workbook()
    if change is not None:
        change(workbook["sheets"])
    return ida.post(f"{HERE}/requirements", {"data_base64": base64.b64encode(write_workbook(workbook, "en")).decode()})


def ask_more(sheets: dict[str, Any]) -> None:
    """A list more than there is, and another name for the risks."""
    rows = sheets["lists"]["rows"]
    next(row for _, row in rows if row["list_id"] == "lookup-risk")["name/en"] = "Danger"
    rows.append([rows[-1][0] + 1, {"list_id": "lookup-new", "name/en": "New"}])


def gate(reply: Reply, name: str) -> Any:
    return next(one for one in reply.data["gates"] if one["id"] == name)


def test_the_road(ida: Caller) -> None:
    road = ida.get(HERE)
    assert road.status == 200 and road.headers["Cache-Control"] == "no-store"
    fits(RolloutRoad, road.data)
    assert (road.data["kind"], road.data["paired"], road.data["may_decide"]) == ("demo", False, True)
    assert [phase["id"] for phase in road.data["phases"]] == ["p2", "p3", "p4"]
    states = {one["id"]: one["state"] for one in road.data["gates"]}
    assert len(states) == 15 and states["g3"] == "not_built" and gate(road, "g3")["checks"] == []
    assert (states["g1"], states["g1b"], states["g2"]) == ("unmet", "unknown", "unmet")
    assert as_("esther").get(HERE).data["may_decide"] is False
    looked = ida.post(f"{HERE}/looks", {})
    assert looked.status == 200 and gate(looked, "g1")["looked_at"] and gate(looked, "g3")["looked_at"] is None
    assert as_("esther").post(f"{HERE}/looks", {}).status == 403


def test_the_workbook_goes_out_and_comes_back(ida: Caller) -> None:
    file = as_("esther").get(f"{HERE}/workbook")
    assert file.status == 200 and file.headers["Content-Type"].endswith("spreadsheetml.sheet")
    sheets = read_sheets(file.raw)
    assert list(sheets)[:2] == ["Forms", "Questions"] and sheets["Forms"].rows[0][0] == "Form id"
    kept = ida.post(f"{HERE}/requirements", {"data_base64": base64.b64encode(file.raw).decode()})
    assert kept.status == 200 and kept.data["number"] == 1 and kept.json["metadata"] == {"unread": []}
    again = ida.post(f"{HERE}/requirements", {"data_base64": base64.b64encode(file.raw).decode()})
    assert (again.status, again.codes) == (409, ["admin.rollout.requirements_same"])
    assert ida.get(f"{HERE}/differences").json["metadata"]["open"] == 0
    listed = as_("esther").get(f"{HERE}/requirements")
    assert [one["number"] for one in listed.data] == [1] and listed.data == [kept.data]
    back = ida.get(f"{HERE}/requirements/1/workbook")
    assert {name: sheet.rows for name, sheet in read_sheets(back.raw).items()} == {
        name: sheet.rows for name, sheet in sheets.items()
    }
    assert ida.get(f"{HERE}/requirements/2/workbook").status == 404
    assert ida.get(f"{HERE}/requirements/99999999999/workbook").status == 404


def test_every_bad_cell_is_told_with_its_sheet(ida: Caller) -> None:
    def spoil(sheets: dict[str, Any]) -> None:
        sheets["fields"]["rows"][0][1]["type"] = "essay"
        sheets["permissions"]["rows"][0][1]["resource"] = "children"

    refused = brought(ida, spoil)
    assert refused.status == 422
    assert [(e["code"], e["params"]["sheet"], e["params"]["cell"]) for e in refused.json["errors"]] == [
        ("admin.rollout.bad.cell_no_choice", "fields", "C2"),
        ("admin.rollout.bad.cell_no_choice", "permissions", "B2"),
    ]
    for body, code in (
        ({"data_base64": "??"}, "import.file.not_base64"),
        ({"data_base64": base64.b64encode(b"PK nothing").decode()}, "import.file.not_workbook"),
        ({"data_base64": base64.b64encode(b"").decode()}, "import.file.empty"),
    ):
        assert ida.post(f"{HERE}/requirements", body).codes == [code]
    assert not Requirements.objects.exists()


def test_differences_are_told_accepted_and_attested(ida: Caller) -> None:
    assert brought(ida, ask_more).status == 200
    found = ida.get(f"{HERE}/differences?locale=en")
    for one in found.data:
        fits(RequirementsDifference, one)
    assert [(one["action"], one["sentence"]) for one in found.data] == [
        ("other", "The option list “lookup-risk”, Name (en): “Danger” is asked for, “lookup-risk” is there."),
        ("missing", "The option list “New” is asked for and not there."),
    ]
    assert found.data[0]["cell"] == "B4" and found.data[0]["key"] == ["lookup-risk"]
    assert (
        ida.get(f"{HERE}/differences?locale=fr").data[1]["sentence"].startswith("La liste d’options «\u202fNew\u202f»")
    )
    one, other = (difference["id"] for difference in found.data)
    early = ida.post(f"{HERE}/attestations", {"hash": found.json["metadata"]["hash"], "requirements": 1})
    assert (early.status, early.codes) == (409, ["admin.rollout.not_aligned"])
    assert ida.post(f"{HERE}/acceptances", {"differences": [one], "reason": " "}).codes == [
        "admin.rollout.reason_required"
    ]
    done = ida.post(f"{HERE}/acceptances?state=open", {"differences": [one], "reason": "As the ministry says"})
    assert [row["id"] for row in done.data] == [other]
    accepted = ida.get(f"{HERE}/differences?state=accepted").data
    assert [(row["id"], row["accepted"]["reason"], row["accepted"]["by"]) for row in accepted] == [
        (one, "As the ministry says", "ida")
    ]
    ida.post(f"{HERE}/acceptances", {"differences": [other], "reason": "Next year"})
    standing = ida.get(f"{HERE}/differences").json["metadata"]
    assert (standing["open"], standing["accepted"], standing["attested"]) == (0, 2, None)
    sworn = ida.post(f"{HERE}/attestations", {"hash": standing["hash"], "requirements": 1})
    expected = 200 if standing["errors"] == 0 else 409
    assert sworn.status == expected
    withdrawn = ida.delete(f"{HERE}/acceptances/{accepted[0]['accepted']['id']}")
    assert withdrawn.status == 200 and ida.get(f"{HERE}/differences").json["metadata"]["open"] == 1
    assert ida.delete(f"{HERE}/acceptances/{accepted[0]['accepted']['id']}").status == 404


def test_a_waiver_over_http(ida: Caller) -> None:
    until = (today("UTC") + timedelta(days=30)).isoformat()
    good = {"gate": "g1", "reason": "The mail server comes on Monday", "until": until, "password": PASSWORD}
    wrong = ida.post(f"{HERE}/waivers", good | {"password": "not hers"})
    assert (wrong.status, wrong.codes) == (422, ["admin.rollout.password_wrong"])
    assert PASSWORD.encode() not in wrong.raw and b"not hers" not in wrong.raw
    assert ida.post(f"{HERE}/waivers", good | {"until": "soon"}).status == 422
    assert ida.post(f"{HERE}/waivers", good | {"gate": "g3"}).codes == ["admin.rollout.gate_not_built"]
    assert not Waiver.objects.exists()
    signed = ida.post(f"{HERE}/waivers", good)
    assert (signed.status, signed.data["live"], signed.data["by"]) == (200, True, "ida")
    road = as_("esther").get(HERE)
    assert gate(road, "g1")["state"] == "waived" and gate(road, "g1")["waivers"] == [signed.data]
    ended = ida.delete(f"{HERE}/waivers/{signed.data['id']}")
    assert (ended.data["live"], ended.data["ended_by"]) == (False, "ida")
    assert gate(ida.get(HERE), "g1")["state"] == "unmet" and len(gate(ida.get(HERE), "g1")["waivers"]) == 1
    assert ida.delete(f"{HERE}/waivers/{signed.data['id']}").status == 404


def test_what_is_told_to_the_other_side_has_its_shape(ida: Caller) -> None:
    fits(PairEvidence, told(own_side(at=AT)))
    assert not OtherSide.objects.exists()
    assert ida.post("/api/cpims/v1/pair/evidence", {}).status == 403


def test_the_other_side_is_told_and_nobody_else(ida: Caller) -> None:
    paired_production()
    path = "/api/cpims/v1/pair/evidence"
    told_it = as_(None).send("POST", path, {}, **signed_headers(path, {}))
    assert told_it.status == 200
    fits(PairEvidence, told_it.json)
    assert (told_it.json["kind"], told_it.json["is_paired"], told_it.json["is_closed"]) == ("production", True, True)
    assert (told_it.json["drifts"], told_it.json["by_hand"]) == (False, 0)
    assert not [name for name in (b"arid", b"sther", b"example.org") if name in told_it.raw]
    proof = said_of_answer(
        status=200, body=told_it.raw, nonce=signed_headers(path, {})[NONCE], sender=Instance.objects.get().uuid
    )
    assert not is_signed(public_key_of(STRANGER), proof, told_it.headers[SIGNATURE])
    forged = as_(None).send("POST", path, {}, **signed_headers(path, {}, seed=STRANGER))
    assert (forged.status, forged.codes) == (403, ["pair.not_proven"])
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By another road"})
    assert as_(None).send("POST", path, {}, **signed_headers(path, {})).json["drifts"] is True
    road = ida.get(HERE)
    assert gate(road, "g1b")["state"] == "unmet"
    assert [check["code"] for check in gate(road, "g1b")["checks"] if check["holds"] is False] == ["no_drift"]


def test_the_page_takes_as_many_statements_whatever_stands(ida: Caller) -> None:
    def count(path: str) -> int:
        ida.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert ida.get(path).status == 200
        return len(captured)

    assert brought(ida).status == 200
    before = count(HERE), count(f"{HERE}/differences")
    assert brought(ida, ask_more).status == 200
    for number in range(3):
        Waiver.objects.create(
            id=f"00000000-0000-4000-8000-00000000000{number}", gate="g2", reason="So", until=date(2126, 1, 1), at=AT,
            by="ida", by_name="Ida",
        )  # fmt: skip
    assert (count(HERE), count(f"{HERE}/differences")) == before


def test_a_workbook_from_the_outside_is_read_with_care(ida: Caller) -> None:
    content = io.BytesIO(base64.b64decode(workbook_body()["data_base64"]))
    assert (
        ida.post(f"{HERE}/requirements", {"data_base64": base64.b64encode(content.getvalue()[:2000]).decode()}).status
        == 422
    )
    assert as_("amina").post(f"{HERE}/requirements", {"data_base64": "x"}).status == 403
