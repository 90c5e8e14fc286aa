"""Terms of use and the code of conduct: until they are accepted nothing else answers, on any road."""

from __future__ import annotations

import base64
import io
from typing import Any

import pikepdf
import pytest
from django.test import TestCase

from cpims.accounts.models import Agency, User
from cpims.accounts.queries.terms import terms_store
from cpims.api.http.conduct import DEVICES, OPEN
from cpims.audit.models import ChangeEntry
from cpims.records.models import Record
from tests.api.client import Reply, as_
from tests.api.matrix import MATRIX, places
from tests.api.test_daily import allow, decide, publish
from tests.cast import PASSWORD, register
from tests.properties.policy import PUBLIC

V2, V1 = "/api/v2", "/api/cpims/v1"
REFUSED = ["terms_of_use.not_accepted"]


def paper(words: str = "Terms", *, script: bool = False) -> bytes:
    """A small PDF, with who wrote it."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Author"] = words
    if script:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    target = io.BytesIO()
    pdf.save(target)
    return target.getvalue()


def agency(letter: str = "a") -> Agency:
    return Agency.objects.get(unique_id=f"agency-{letter}")


def upload(content: bytes | None, letter: str = "a", name: str | None = "terms.pdf", **more: Any) -> Reply:
    sent = base64.b64encode(content).decode() if content is not None else ""
    values = {"terms_of_use_base64": sent, **({"terms_of_use_file_name": name} if name else {}), **more}
    return as_("esther").patch(f"{V2}/agencies/{agency(letter).id}", {"data": values})


def accept(name: str) -> Reply:
    number = User.objects.get(user_name=name).id
    return as_(name).patch(f"{V2}/users/{number}", {"data": {"accept_terms_of_use": True}})


@pytest.fixture
def terms(cast: None) -> None:
    """Agency A has terms of use, and everybody has to accept them."""
    assert upload(paper(), terms_of_use_enabled=True).status == 200
    decide(enforce_terms_of_use=True)


def test_a_paper_is_kept_without_who_wrote_it(cast: None) -> None:
    reply = upload(paper("Esther"), terms_of_use_enabled=True)
    assert reply.status == 200 and reply.data["terms_of_use_uploaded_at"] and "metadata" not in reply.json
    kept = as_("amina").get(reply.data["terms_of_use"])
    assert kept.status == 200 and kept.raw.startswith(b"%PDF-") and b"Esther" not in kept.raw
    assert as_("dawit").get(reply.data["terms_of_use"]).status == 403
    assert as_("dawit").get(f"{V1}/agencies/999/terms_of_use").status == 403
    assert as_("dawit").get(f"{V1}/agencies/{agency('b').id}/terms_of_use").codes == ["terms_of_use.not_found"]
    stored = list(terms_store().names())
    assert all(kept.raw not in terms_store().read(name) for name in stored)
    told = ChangeEntry.objects.filter(event="agency.changed").count()
    assert told == 1


def test_a_new_paper_takes_the_place_of_the_old_one(cast: None) -> None:
    before = set(terms_store().names())
    with TestCase.captureOnCommitCallbacks(execute=True):
        upload(paper("one"))
    first = set(terms_store().names()) - before
    with TestCase.captureOnCommitCallbacks(execute=True):
        upload(paper("two"))
    second = set(terms_store().names()) - before
    assert len(first) == len(second) == 1 and first != second
    with TestCase.captureOnCommitCallbacks(execute=True):
        gone = upload(None, name=None)
    assert gone.data["terms_of_use_uploaded_at"] is None and "terms_of_use" not in gone.data
    assert set(terms_store().names()) == before


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ program", "terms.pdf", "terms_of_use.not_pdf"),
        (paper(), "terms.exe", "terms_of_use.not_pdf"),
        (paper(script=True), "terms.pdf", "attachment.active"),
        (b"%PDF-1.4 broken", "terms.pdf", "attachment.unreadable"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "terms.pdf", "terms_of_use.too_large"),
        (None, "terms.pdf", "terms_of_use.required"),
    ],
    ids=["program", "name", "script", "broken", "large", "nothing"],
)
def test_what_cannot_be_terms(cast: None, content: bytes | None, name: str, code: str) -> None:
    before = (ChangeEntry.objects.count(), set(terms_store().names()))
    reply = upload(content, name=name)
    assert (reply.status, reply.codes) == (422, [code])
    assert (ChangeEntry.objects.count(), set(terms_store().names())) == before
    assert agency().terms_of_use_uploaded_at is None


def test_nothing_else_before_they_are_accepted(terms: None) -> None:
    case, amina = register(), as_("amina")
    me = User.objects.get(user_name="amina")
    before = (ChangeEntry.objects.count(), Record.objects.get(pk=case.id).revision)
    assert amina.get(f"{V2}/cases/{case.id}").codes == REFUSED
    assert amina.patch(f"{V2}/cases/{case.id}", {"data": {"age": 4}}).codes == REFUSED
    assert amina.get(f"{V1}/agencies/{agency('b').id}/terms_of_use").codes == REFUSED
    assert (ChangeEntry.objects.count(), Record.objects.get(pk=case.id).revision) == before
    assert amina.get(f"{V1}/session").data["owes_terms"] is True
    shown = amina.get(f"{V2}/users/{me.id}").data
    assert (shown["agency_terms_of_use_enabled"], shown["agency_terms_of_use_changed"]) == (True, True)
    assert amina.get(f"{V2}/system_settings").data["system_options"]["enforce_terms_of_use"] is True
    assert amina.get(f"{V1}/agencies/{agency().id}/terms_of_use").status == 200
    assert accept("amina").status == 200
    assert amina.get(f"{V2}/cases/{case.id}").status == 200
    assert amina.get(f"{V1}/session").data["owes_terms"] is False
    assert amina.get(f"{V2}/users/{me.id}").data["agency_terms_of_use_changed"] is False
    assert as_("dawit").get(f"{V2}/cases").status == 200  # another agency has none


def test_a_new_paper_is_asked_again(terms: None) -> None:
    accept("amina")
    accept("esther")
    assert as_("amina").get(f"{V2}/cases").status == 200
    assert upload(paper("two")).status == 200
    assert as_("amina").get(f"{V2}/cases").codes == REFUSED
    decide(enforce_terms_of_use=False)
    assert as_("amina").get(f"{V2}/cases").status == 200


def test_nobody_accepts_for_another(terms: None) -> None:
    accept("farid")
    bilal = User.objects.get(user_name="bilal")
    reply = as_("farid").patch(f"{V2}/users/{bilal.id}", {"data": {"accept_terms_of_use": True}})
    assert reply.json["metadata"]["ignored"] == [{"pointer": "/accept_terms_of_use", "code": "user.key.not_yours"}]
    bilal.refresh_from_db()
    assert bilal.terms_of_use_accepted_on is None
    assert as_("bilal").get(f"{V2}/cases").codes == REFUSED


def test_nobody_comes_to_an_agency_that_lacks_them(terms: None) -> None:
    accept("esther")
    Agency.objects.filter(unique_id="agency-b").update(terms_of_use_enabled=True)
    bilal = User.objects.get(user_name="bilal")
    moved = as_("esther").patch(f"{V2}/users/{bilal.id}", {"data": {"agency_id": agency("b").id}})
    assert (moved.status, moved.codes) == (422, ["user.agency.no_terms"])
    made = as_("esther").post(
        f"{V2}/users",
        {"data": {"user_name": "zahra", "full_name": "Zahra", "agency_id": agency("b").id,
                  "role_unique_id": "role-worker", "email": "z@example.org"}},
    )  # fmt: skip
    assert (made.status, made.codes) == (422, ["user.agency.no_terms"])
    assert not User.objects.filter(user_name="zahra").exists()


@pytest.mark.parametrize("owed", ["code_of_conduct.not_accepted", "terms_of_use.not_accepted"])
def test_no_road_is_open_before(cast: None, owed: str) -> None:
    """Every route there is, as somebody who has still to accept: refused, but for what she needs for accepting."""
    if owed.startswith("terms"):
        upload(paper(), terms_of_use_enabled=True)
        decide(enforce_terms_of_use=True)
    else:
        allow("role-administrator", "code_of_conduct", "manage")
        publish()
        decide(code_of_conduct_enabled=True)
    amina, known = as_("amina"), places()
    templates = {("GET", f"/{route}".replace("<", "{").replace(">", "}")) for _, route in OPEN}
    asked = 0
    for row in MATRIX:
        path = row.path
        public = row.anonymous != 401 or (row.method, path) in PUBLIC
        if public or (row.method, path) in templates or path == f"/{DEVICES}":
            continue
        if path.endswith("/agencies/{agency_id}/terms_of_use"):
            continue
        reply = amina.send(row.method, path.format_map(_Any(known)))
        assert reply.status == 403 and reply.codes == [owed], f"{row.method} {path} {reply.status}"
        asked += 1
    assert asked > 150


class _Any(dict[str, Any]):
    """Whatever a path names that is not there."""

    def __missing__(self, key: str) -> str:
        return "7"


def test_a_password_in_the_request_opens_no_road_either(terms: None) -> None:
    case = register()
    header = "Basic " + base64.b64encode(f"amina:{PASSWORD}".encode()).decode()
    stranger = as_(None)
    reply = stranger.get(f"{V2}/cases/{case.id}", AUTHORIZATION=header)
    assert (reply.status, reply.codes) == (403, REFUSED)
    assert stranger.post(f"{V1}/sync/changes", {}, AUTHORIZATION=header).codes == REFUSED
    assert stranger.post(f"{V1}/sync/deliver", {"items": []}, AUTHORIZATION=header).codes == REFUSED
    accept("amina")
    assert stranger.get(f"{V2}/cases/{case.id}", AUTHORIZATION=header).status == 200
