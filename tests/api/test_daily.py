"""A client's start and day: contact, code of conduct, dashboards, saved searches, the file of places."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.access.rules.catalogue import ACTIONS
from cpims.accounts.models import Role, User
from cpims.audit.models import ChangeEntry
from cpims.forms.models import Form, FormGrant
from cpims.locations.models import Location
from cpims.records.models import Record, SavedSearch
from cpims.settings.models import Instance
from tests.api.client import Caller, Reply, as_
from tests.cast import MODULE, register

V2, V1 = "/api/v2", "/api/cpims/v1"
GIRLS = {"name": "Girls", "record_type": "cases", "filters": [{"name": "sex", "value": ["female"]}]}


def allow(role: str, resource: str, *actions: str) -> None:
    """A role may do more from now on."""
    row = Role.objects.get(unique_id=role)
    row.permissions = row.permissions | {resource: sorted({*row.permissions.get(resource, []), *actions})}
    row.save()
    for user in User.objects.filter(role=row):
        User.objects.filter(pk=user.pk).update(access_epoch=user.access_epoch + 1)


def decide(**options: Any) -> None:
    """The instance decides some options."""
    instance = Instance.objects.get()
    stored = instance.data.get("system_options") or {}
    instance.data = instance.data | {"system_options": stored | options}
    instance.configuration += 1
    instance.save()


# contact information


def test_contact_information(cast: None) -> None:
    empty = as_("amina").get(f"{V2}/contact_information")
    assert set(empty.data) == {"system_version"}
    kept = as_("farid").patch(
        f"{V2}/contact_information", {"data": {"name": " Help desk ", "phone": "0700", "fax": "1"}}
    )
    assert kept.status == 200
    assert kept.json["metadata"]["ignored"] == [{"pointer": "/fax", "code": "contact_information.key.unknown"}]
    assert (kept.data["id"], kept.data["name"], kept.data["email"]) == (1, "Help desk", None)
    as_("farid").patch(f"{V2}/contact_information", {"data": {"phone": None}})
    shown = as_("amina").get(f"{V2}/contact_information").data
    assert shown["name"] == "Help desk" and "phone" not in shown


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": 7}, "text.not_text"),
        ({"support_forum": "javascript:alert(1)"}, "contact_information.address"),
        ({"name": "a\x00"}, "text.unusable"),
        ({"name": "a" * 3000}, "text.too_long"),
    ],
)
def test_contact_information_that_cannot_be_used(cast: None, values: dict[str, Any], code: str) -> None:
    before = ChangeEntry.objects.count()
    reply = as_("farid").patch(f"{V2}/contact_information", {"data": values})
    assert (reply.status, reply.codes) == (422, [code])
    assert ChangeEntry.objects.count() == before


# code of conduct


def publish(text: str = "Do no harm.", by: str = "esther") -> Reply:
    return as_(by).post(f"{V2}/codes_of_conduct", {"data": {"title": "Code", "content": text}})


def accept(caller: Caller, name: str, number: int) -> Reply:
    user = User.objects.get(user_name=name)
    return caller.patch(f"{V2}/users/{user.id}", {"data": {"code_of_conduct_id": number}})


def test_there_is_none_at_first(cast: None) -> None:
    reply = as_("amina").get(f"{V2}/codes_of_conduct")
    assert (reply.status, reply.codes) == (404, ["code_of_conduct.not_found"])
    assert "code_of_conduct" not in as_("amina").get(f"{V2}/system_settings").data


def test_the_same_text_keeps_what_was_accepted(cast: None) -> None:
    allow("role-administrator", "code_of_conduct", "manage")
    first = publish().data
    assert accept(as_("amina"), "amina", first["id"]).status == 200
    again, other = publish().data, publish("Do good.").data
    assert again["id"] == first["id"] != other["id"]
    assert as_("amina").get(f"{V2}/system_settings").data["code_of_conduct"]["content"] == "Do good."
    reply = accept(as_("amina"), "amina", first["id"])
    assert (reply.status, reply.codes) == (422, ["user.code_of_conduct.not_current"])
    assert User.objects.get(user_name="amina").code_of_conduct_id == first["id"]


def test_a_code_of_conduct_needs_words(cast: None) -> None:
    allow("role-administrator", "code_of_conduct", "manage")
    reply = as_("esther").post(f"{V2}/codes_of_conduct", {"data": {"title": " "}})
    assert reply.status == 422
    assert set(reply.codes) == {"code_of_conduct.title.required", "code_of_conduct.content.required"}


def test_nobody_accepts_for_another(cast: None) -> None:
    allow("role-administrator", "code_of_conduct", "manage")
    number = publish().data["id"]
    reply = accept(as_("farid"), "bilal", number)
    assert (reply.status, reply.codes) == (422, ["user.code_of_conduct.not_current"])
    assert User.objects.get(user_name="bilal").code_of_conduct_id is None


def test_nothing_about_children_before_it_is_accepted(cast: None) -> None:
    allow("role-administrator", "code_of_conduct", "manage")
    case, amina = register(), as_("amina")
    publish()
    assert amina.get(f"{V2}/cases/{case.id}").status == 200
    decide(code_of_conduct_enabled=True)
    asked = [
        ("GET", f"{V2}/cases/{case.id}", None),
        ("GET", f"{V2}/cases", None),
        ("POST", f"{V1}/cases/search", {"query": "Noor"}),
        ("PATCH", f"{V2}/cases/{case.id}", {"data": {"age": 4}}),
        ("GET", f"{V2}/dashboards", None),
        ("GET", f"{V2}/alerts", None),
        ("POST", f"{V1}/sync/changes", {}),
        ("GET", f"{V2}/users/{User.objects.get(user_name='bilal').id}", None),
    ]
    before = (ChangeEntry.objects.count(), Record.objects.get(pk=case.id).revision)
    for method, path, body in asked:
        reply = amina.send(method, path, body)
        assert (reply.status, reply.codes) == (403, ["code_of_conduct.not_accepted"]), path
    assert (ChangeEntry.objects.count(), Record.objects.get(pk=case.id).revision) == before
    me = User.objects.get(user_name="amina")
    for path in ("/codes_of_conduct", "/system_settings?extended=true", "/permissions", "/forms", "/lookups"):
        assert amina.get(V2 + path).status == 200, path
    assert amina.get(f"{V2}/contact_information").status == amina.get(f"{V2}/webpush/config").status == 200
    assert amina.get(f"{V2}/users/{me.id}?extended=true").data["user_name"] == "amina"
    session = amina.get(f"{V1}/session").data
    assert session["owes_conduct"] is True
    assert amina.get(session["places"]).status == 200
    assert accept(amina, "amina", amina.get(f"{V2}/codes_of_conduct").data["id"]).status == 200
    me.refresh_from_db()
    assert me.code_of_conduct_accepted_on is not None
    assert amina.get(f"{V2}/cases/{case.id}").status == 200
    assert publish("Do good.").codes == ["code_of_conduct.not_accepted"]
    assert accept(as_("esther"), "esther", amina.get(f"{V2}/codes_of_conduct").data["id"]).status == 200
    assert publish("Do good.").status == 200
    assert amina.get(f"{V2}/cases/{case.id}").codes == ["code_of_conduct.not_accepted"]


# dashboards


def dashboards(name: str, *names: str) -> dict[str, Any]:
    query = "&".join(f"names[{n}]={text}" for n, text in enumerate(names))
    reply = as_(name).get(f"{V2}/dashboards?{query}")
    assert reply.status == 200, reply.json
    return {found["name"]: found["indicators"] for found in reply.data}


def test_a_dashboard_needs_its_permission(cast: None) -> None:
    register()
    assert dashboards("amina") == {}
    allow("role-worker", "dashboard", "case_overview", "case_risk")
    assert set(dashboards("amina")) == {"dashboard.case_overview", "dashboard.case_risk"}
    assert set(dashboards("amina", "case_risk", "workflow", "nonsense")) == {"dashboard.case_risk"}
    assert dashboards("bilal") == {}


def test_a_dashboard_counts_what_is_in_sight(cast: None) -> None:
    allow("role-worker", "dashboard", "case_overview", "case_risk", "workflow", "dash_protection_concerns")
    register(risk_level="high", protection_concerns=["separated", "child_labour"])
    register(risk_level="high", protection_concerns=["separated"])
    register()
    register(by="dawit", risk_level="low")
    found = dashboards("amina")
    total = found["dashboard.case_overview"]["total"]
    assert total == {"count": 3, "query": ["record_state=true", "status=open", f"module_id={MODULE}"]}
    risks = found["dashboard.case_risk"]["risk_level"]
    assert {key: cell["count"] for key, cell in risks.items()} == {"high": 2, "": 1}
    assert risks["high"]["query"] == ["record_state=true", "status=open", f"module_id={MODULE}", "risk_level=high"]
    concerns = found["dashboard.dash_protection_concerns"]["protection_concerns_open_cases"]
    assert {key: cell["count"] for key, cell in concerns.items()} == {"separated": 2, "child_labour": 1}
    assert found["dashboard.workflow"][f"workflow_{MODULE}"]["new"]["count"] == 3


def test_numbers_of_what_she_may_not_read_are_left_out(cast: None) -> None:
    allow("role-worker", "dashboard", "dash_protection_concerns", "case_overview")
    register(protection_concerns=["separated"])
    assert "dashboard.dash_protection_concerns" in dashboards("amina")
    FormGrant.objects.filter(role__unique_id="role-worker", form=Form.objects.get(unique_id="protection")).delete()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    assert set(dashboards("amina")) == {"dashboard.case_overview"}


def test_no_numbers_without_reading_cases(cast: None) -> None:
    register()
    allow("role-administrator", "dashboard", *ACTIONS["dashboard"])
    assert dashboards("esther") == {}


def test_a_supervisor_sees_her_teams_workflow(cast: None) -> None:
    allow("role-supervisor", "dashboard", "workflow_team", "dash_cases_by_social_worker")
    register()
    register(by="bilal")
    register(by="dawit")
    found = dashboards("chantal")
    team = found["dashboard.workflow_team"][f"workflow_team_{MODULE}"]
    assert {name: cells["new"]["count"] for name, cells in team.items()} == {"amina": 1, "bilal": 1}
    assert team["amina"]["new"]["query"] == [
        "owned_by_groups=usergroup-north", "record_state=true", "status=open,closed", f"module_id={MODULE}",
        "owned_by=amina", "workflow=new",
    ]  # fmt: skip
    workers = found["dashboard.dash_cases_by_social_worker"]["cases_by_social_worker_total"]
    assert {name: cell["count"] for name, cell in workers.items()} == {"amina": 1, "bilal": 1}


# alerts, web push


def test_alerts_are_counted_in_sight(cast: None) -> None:
    mine, theirs, closed = register(), register(by="dawit"), register()
    Record.objects.filter(pk__in=[mine.pk, theirs.pk, closed.pk]).update(alert_count=2)
    Record.objects.filter(pk=closed.pk).update(status="closed")
    counted = {name: as_(name).get(f"{V2}/alerts").data for name in ("amina", "dawit", "esther", "farid")}
    assert {name: data["case"] for name, data in counted.items()} == {"amina": 1, "dawit": 1, "esther": 0, "farid": 2}
    assert counted["amina"] == {"case": 1, "incident": 0, "tracing_request": 0}


def test_messages_by_the_browser_are_off(cast: None) -> None:
    data = as_("amina").get(f"{V2}/webpush/config").data
    assert data == {"enabled": False, "pause_after": None, "vapid_public": None}


def test_health(db: None) -> None:
    nobody = as_(None)
    for path in ("/health", "/health/database", "/health/solr", "/health/server?session=true", "/health/api"):
        assert nobody.get(path).status == 204, path
    reply = nobody.get("/health/moon")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "60")


# saved searches


def keep(who: str, road: str = V2, **values: Any) -> Reply:
    return as_(who).post(f"{road}/saved_searches", {"data": GIRLS | values})


def test_saved_searches_are_ones_own(cast: None) -> None:
    kept = keep("amina").data
    me = User.objects.get(user_name="amina")
    assert kept == {"id": kept["id"], **GIRLS, "user_id": me.id}
    listed = as_("amina").get(f"{V2}/saved_searches")
    assert (listed.data, listed.json["metadata"]) == ([kept], {"total": 1, "per": 20, "page": 1})
    assert as_("bilal").get(f"{V2}/saved_searches").data == []
    assert as_("bilal").delete(f"{V2}/saved_searches/{kept['id']}").status == 404
    assert as_("amina").delete(f"{V2}/saved_searches/{kept['id']}").data == kept
    assert not SavedSearch.objects.exists()


def test_what_cannot_be_asked_is_not_kept(cast: None) -> None:
    filters = [
        {"name": "sex", "value": ["female"]},
        {"name": "hiv_status", "value": ["yes"]},
        {"name": "nonsense", "value": ["x"]},
        {"name": "or", "value": {"sex": "male", "hiv_status": "yes"}},
        {"name": "age", "value": "7"},
    ]
    reply = keep("amina", filters=filters)
    assert reply.data["filters"] == filters[:1]
    assert [(e["pointer"], e["code"]) for e in reply.json["metadata"]["ignored"]] == [
        ("/filters/4", "saved_search.value"), ("/filters/1", "saved_search.filter"),
        ("/filters/2", "saved_search.filter"), ("/filters/3", "saved_search.filter"),
    ]  # fmt: skip
    strict = as_("amina").post(f"{V2}/saved_searches", {"data": GIRLS | {"filters": filters}}, prefer="handling=strict")
    assert strict.status == 422
    assert keep("amina", V1, filters=filters[:2]).codes == ["saved_search.filter"]
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "saved_search.name.required"),
        ({"record_type": "children"}, "saved_search.record_type"),
        ({"filters": "all"}, "value.not_list"),
        ({"shared_groups": ["usergroup-south"]}, "saved_search.share_beyond"),
        ({"shared_roles": ["role-super"]}, "saved_search.share_beyond"),
        ({"shared_groups": [7]}, "value.not_list"),
        ({"filters": [{"name": "sex", "value": ["x" * 30_000]}]}, "saved_search.too_long"),
    ],
)
def test_searches_that_cannot_be_kept(cast: None, values: dict[str, Any], code: str) -> None:
    reply = keep("amina", V1, **values)
    assert (reply.status, reply.codes) == (422, [code])
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "name", ["name_first", "query", "national_id_no", "telephone_current", "consent_reason", "short_id"]
)
def test_a_shared_search_names_no_child(cast: None, name: str) -> None:
    filters = [{"name": name, "value": ["Noor"]}]
    assert keep("amina", V1, filters=filters).status == 200
    reply = keep("amina", V1, filters=filters, shared_groups=["usergroup-north"])
    assert (reply.status, reply.codes) == (422, ["saved_search.names_a_person"])


def test_searches_are_shared_with_a_team(cast: None) -> None:
    kept = keep("chantal", V1, shared_groups=["usergroup-north"]).data
    for name, count in (("amina", 1), ("bilal", 1), ("dawit", 0), ("esther", 0), ("farid", 0)):
        assert len(as_(name).get(f"{V1}/saved_searches").data) == count, name
    seen = as_("amina").get(f"{V1}/saved_searches?record_type=cases").data[0]
    assert (seen["own"], seen["user_name"], seen["shared_groups"]) == (False, "chantal", [])
    assert as_("amina").get(f"{V2}/saved_searches").data == []
    path = f"{V1}/saved_searches/{kept['id']}"
    assert as_("amina").patch(path, {"data": {"name": "Mine"}}).status == 404
    changed = as_("chantal").patch(path, {"data": {"name": "All girls", "shared_groups": []}})
    assert (changed.status, changed.data["name"]) == (200, "All girls")
    assert as_("amina").get(f"{V1}/saved_searches").data == []


def test_a_shared_search_is_not_shown_to_who_may_not_ask_it(cast: None) -> None:
    hiv = [{"name": "hiv_status", "value": ["yes"]}]
    assert keep("chantal", V1, filters=hiv, shared_groups=["usergroup-north"]).status == 200
    assert as_("bilal").get(f"{V1}/saved_searches").data == []
    assert len(as_("chantal").get(f"{V1}/saved_searches").data) == 1


def test_searches_are_shared_with_a_role(cast: None) -> None:
    keep("amina", V1, shared_roles=["role-worker"])
    assert len(as_("dawit").get(f"{V1}/saved_searches").data) == 1
    assert as_("bilal").get(f"{V1}/saved_searches").data == []


def test_a_repeated_save_is_one(cast: None) -> None:
    for _ in range(2):
        reply = as_("amina").post(f"{V1}/saved_searches", {"data": GIRLS}, **{"Idempotency-Key": "k1"})
        assert reply.status == 200
    assert SavedSearch.objects.count() == 1


# the file of places


def test_the_file_of_places(cast: None) -> None:
    amina = as_("amina")
    path = amina.get(f"{V1}/session").data["places"]
    reply = amina.get(path)
    assert {row["code"] for row in reply.data} == {"KA", "KA01", "KA0101", "KA02"}
    assert reply.data[0] | {"id": 0} == {
        "id": 0, "code": "KA", "type": "", "admin_level": 0, "name": {"en": "KA", "ar": "ع KA"}, "disabled": False,
    }  # fmt: skip
    assert "immutable" in reply.headers["Cache-Control"]
    assert amina.get(path, **{"If-None-Match": reply.headers["ETag"]}).status == 304
    assert as_(None).get(path).status == 401
    as_("farid").patch(f"{V2}/locations/{Location.objects.get(code='KA02').id}", {"data": {"disabled": True}})
    assert amina.get(f"{V1}/session").data["places"] != path
    old = amina.get(path)
    assert (old.status, old.headers["Cache-Control"]) == (200, "private, no-cache")


def test_no_places_are_a_file_too(cast: None) -> None:
    Location.objects.all().delete()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    amina = as_("amina")
    assert amina.get(amina.get(f"{V1}/session").data["places"]).data == []
