"""The configuration as a whole over HTTP: ours, and Primero's list of configurations."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.catalogue import ADMIN_RESOURCES
from cpims.accounts.models import Agency, Role, User
from cpims.configuration.formats.canonical import hash_of
from cpims.configuration.models import ConfigurationVersion
from cpims.lib.json import loads
from cpims.lookups.models import Lookup
from tests.api.client import Caller, as_
from tests.configured import put_home

OURS, THEIRS = "/api/cpims/v1/configuration", "/api/v2/configurations"


@pytest.fixture
def ida(cast: None) -> Caller:
    """Somebody who looks after the configuration and may read no case."""
    put_home()
    permissions = {**{r: ["manage"] for r in ADMIN_RESOURCES}, "primero_configuration": ["manage"]}
    role = Role.objects.create(
        unique_id="role-configurer", name="Configurer", permissions=permissions, group_permission="admin_only"
    )
    User.objects.create(
        user_name="ida",
        full_name="Ida",
        email="ida@example.org",
        role=role,
        agency=Agency.objects.get(unique_id="agency-a"),
        locale="fr",
    )
    return as_("ida")


def rename(word: str) -> None:
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": word})


def test_publish_compare_and_fetch(ida: Caller) -> None:
    current = ida.get(f"{OURS}/current")
    assert current.status == 200 and current.data["changed"] and current.data["newest"] is None
    assert current.data["counts"]["forms"] > 3 and current.data["counts"]["fields"] > 10
    first = ida.post(f"{OURS}/versions", {"reason": "As it began"})
    assert (first.status, first.data["number"], first.data["by"]) == (200, 1, "ida")
    assert first.data["hash"] == current.data["hash"] and not ida.get(f"{OURS}/current").data["changed"]
    again = ida.post(f"{OURS}/versions", {"reason": "Again"})
    assert (again.status, again.codes) == (409, ["configuration.nothing_to_publish"])
    document = ida.get(f"{OURS}/versions/1/document")
    assert hash_of(document.raw) == first.data["hash"] and document.headers["Cache-Control"] == "no-store"
    rename("Danger")
    second = ida.post(f"{OURS}/versions", {"reason": "Clearer"})
    listed = ida.get(f"{OURS}/versions?per=1")
    assert listed.json["metadata"] == {"total": 2, "per": 1, "page": 1} and listed.data == [second.data]
    assert ida.get(f"{OURS}/versions/1").data == first.data
    found = ida.get(f"{OURS}/diff?before=1&after=2&locale=en")
    assert (found.json["metadata"]["before"], found.json["metadata"]["after"]) == (
        first.data["hash"],
        second.data["hash"],
    )
    english = next(change for change in found.data if change["property"] == "name/en")
    assert english == {
        "kind": "lookup", "action": "changed", "thing": {"id": "lookup-risk", "name": "Danger"}, "within": None,
        "form": None, "property": "name/en", "before": "lookup-risk", "after": "Danger",
        "sentence": "The option list “Danger”: name (en) is now “Danger” (before: “lookup-risk”).",
    }  # fmt: skip
    spoken = ida.get(f"{OURS}/diff?before=1")
    assert any(change["sentence"].startswith("La liste d’options «\u202fDanger\u202f»") for change in spoken.data)
    sent = ida.post(f"{OURS}/diff?locale=en", {"document": loads(document.raw)})
    assert [c["after"] for c in sent.data if c["property"] == "name/en"] == ["lookup-risk"]
    assert sent.json["metadata"]["after"] == first.data["hash"]
    assert len(ida.get(f"{OURS}/diff?before=1&per=1&page=2").data) == 1


def test_what_is_not_there_or_not_a_configuration(ida: Caller) -> None:
    for path in (
        "versions/1",
        "versions/x",
        "versions/99999999999",
        "versions/1/document",
        "diff?before=1",
        "diff?after=x",
    ):
        reply = ida.get(f"{OURS}/{path}")
        assert (reply.status, reply.codes) == (404, ["configuration.version_not_found"]), path
    refused = ida.post(f"{OURS}/diff", {"document": {"format": "cpims-configuration/1", "users": {}}})
    assert refused.status == 422
    assert set(refused.codes) == {"configuration.part_invalid", "configuration.part_unknown"}
    assert ida.post(f"{OURS}/diff", {}).status == 422
    blank = ida.post(f"{OURS}/versions", {"reason": " "})
    assert (blank.status, blank.codes) == (422, ["configuration.reason_required"])
    assert ConfigurationVersion.objects.count() == 0


def test_primeros_list_of_configurations(ida: Caller) -> None:
    made = ida.post(THEIRS, {"data": {"name": "Before the training", "description": "as agreed", "applied_on": "x"}})
    assert made.status == 200 and made.json["metadata"]["ignored"] == [
        {"pointer": "/applied_on", "code": "configuration.key_unknown"}
    ]
    assert set(made.data) == set(
        "id name description version primero_version created_on created_by applied_on applied_by can_apply".split()
    )
    assert made.data["created_by"] == "ida" and made.data["can_apply"]
    moment = datetime.fromisoformat(made.data["created_on"])
    assert made.data["version"].startswith(f"{moment:%Y%m%d.%H%M%S}.")
    other = ida.post(THEIRS, {"data": {"name": "After", "version": "2.0"}})
    assert ida.get(THEIRS).data == [other.data, made.data]
    assert ida.get(f"{THEIRS}?order_by=name&order=asc").data == [other.data, made.data]
    assert ida.get(f"{THEIRS}?order_by=name&order=desc").data == [made.data, other.data]
    taken = ida.post(THEIRS, {"data": {"name": "After", "version": "2.0"}})
    assert (taken.status, taken.codes) == (422, ["configuration.version_taken"])
    assert "errors.models.configuration.version.uniqueness" in str(taken.json["errors"])
    bundle = ida.post(THEIRS, {"data": {"name": "Sent", "data": {"FormSection": []}}})
    assert bundle.status == 422 and ConfigurationVersion.objects.count() == 2
    one = f"{THEIRS}/{made.data['id']}"
    assert ida.get(one).data == made.data
    assert ida.send("DELETE", one).data == made.data
    assert ida.get(one).status == ida.send("DELETE", one).status == 404
    assert ida.get(THEIRS).data == [other.data] and len(ida.get(f"{OURS}/versions").data) == 2
    assert ida.get(f"{THEIRS}/not-an-id").status == 404


def test_the_number_of_statements_is_constant(ida: Caller) -> None:
    ida.post(f"{OURS}/versions", {"reason": "As it began"})
    one = ConfigurationVersion.objects.get()
    paths = {
        f"{OURS}/current": 15, f"{OURS}/versions": 3, f"{OURS}/versions/1": 2, f"{OURS}/versions/1/document": 3,
        f"{OURS}/diff?before=1": 16, THEIRS: 3, f"{THEIRS}/{one.id}": 2,
    }  # fmt: skip

    def counted() -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                assert ida.get(path).status == 200
            found[path] = len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))])
        return found

    counted()
    before = counted()
    for word in ("Danger", "Peril"):
        rename(word)
        assert ida.post(f"{OURS}/versions", {"reason": word}).status == 200
    assert counted() == before == paths
