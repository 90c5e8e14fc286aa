"""Every number of a dashboard is the length of the list that it opens, for whoever looks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.access.rules.catalogue import ACTIONS
from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.analytics.queries.dashboards import find_dashboards
from cpims.api.http.query import parse_query
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.modules.models import Module
from cpims.records.models import Record
from cpims.records.queries.listing import find_records
from cpims.records.rules.projections import day_keys
from cpims.settings.models import Instance
from tests.cast import MODULE, register

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)  # a Wednesday
TODAY = date(2026, 3, 4)
OTHER = "primeromodule-gbv"
SCOPES = ("self", "group", "agency", "all", "identified", "admin_only")
DUE = ("assessment_due_dates", "case_plan_due_dates", "service_due_dates", "reassigned_transferred_on")
#: Counted by the index of keys, not by columns.
OF_KEYS = {
    *("with_incidents", "without_incidents", f"approval_case_plan_pending_group.{MODULE}", "reporting_location_open"),
    *("tasks_overdue_assessment", "shared_with_my_team_pending_referrals", "shared_with_me_pending_referrals"),
}
FORMS = ("basic_identity", "protection", "closure")


def people(draw: random.Random) -> list[str]:
    """Somebody of every scope, with all dashboards, some forms and some modules; and three who hold cases."""
    names = []
    for number, scope in enumerate((*SCOPES, "group", "self", "all")):
        modules = draw.choice([[MODULE], [MODULE, OTHER], [OTHER]])
        role = Role.objects.create(
            unique_id=f"role-p{number}", name=f"P{number}", group_permission=scope, module_unique_ids=modules,
            permissions={"case": ["read"], "dashboard": list(ACTIONS["dashboard"])}, is_manager=draw.random() < 0.5,
            reporting_location_level=draw.choice([None, 1, 2]),
        )  # fmt: skip
        granted = draw.sample(FORMS, draw.randint(0, len(FORMS)))
        forms = Form.objects.filter(unique_id__in=granted)
        FormGrant.objects.bulk_create([FormGrant(role=role, form=form, access="r") for form in forms])
        agency = Agency.objects.get(unique_id=draw.choice(["agency-a", "agency-b"]))
        user = User.objects.create(user_name=f"p{number}", full_name="P", role=role, agency=agency)
        groups = draw.sample(["usergroup-north", "usergroup-south"], draw.randint(0, 2))
        user.groups.set(UserGroup.objects.filter(unique_id__in=groups))
        names.append(user.user_name)
    return names


def cases(draw: random.Random, names: list[str]) -> None:
    """Cases of all kinds: states, risks, concerns, places, days, owners, editors, modules, people they are about."""
    about = iter(names)
    for _ in range(40):
        record = register(
            by=draw.choice(["amina", "bilal", "dawit"]),
            risk_level=draw.choice([None, "low", "medium", "high"]),
            protection_concerns=draw.choice([None, ["separated"], ["separated", "child_labour"], ["child_labour"]]),
            location_current=draw.choice([None, "KA", "KA01", "KA0101", "KA02"]),
        )
        closed = draw.random() < 0.3
        beside = {
            "referred_users_pending": draw.choice([None, "amina", "p1"]),
            "referred_users_accepted": draw.choice([None, "bilal", "p3"]),
            "transferred_to_users": draw.choice([None, "dawit", "p1"]),
            "transfer_status": draw.choice([None, "in_progress", "rejected"]),
            "referred_users_pending_present": draw.choice([None, "true", "false"]),
            "has_incidents": draw.choice([None, "true", "false"]),
            "approval_status_case_plan": draw.choice([None, "pending", "approved"]),
        }
        keys = [f"{name}={value}" for name, value in beside.items() if value]
        for name in draw.sample(DUE, 2):
            keys += day_keys(name, (TODAY + timedelta(days=draw.randint(-9, 9))).isoformat())
        Record.objects.filter(pk=record.pk).update(
            module=draw.choice([MODULE, MODULE, OTHER]),
            facet_keys=sorted({*record.facet_keys, *keys}),
            record_state=draw.random() < 0.9,
            status="closed" if closed else draw.choice(["open", "open", "identified", "transferred"]),
            date_closure=TODAY - timedelta(days=draw.randint(0, 20)) if closed else None,
            workflow=draw.choice(["new", "case_plan", "reopened"]),
            created_at=NOW - timedelta(hours=draw.randint(0, 500)),
            last_updated_by=draw.choice(["amina", "dawit"]),
            identified_by=next(about, None),
            alert_count=draw.randint(0, 1),
        )


def found(viewer: Viewer) -> list[dict[str, Any]]:
    return find_dashboards(viewer=viewer, names=None, at=NOW, today=TODAY)


def numbers(tree: Any) -> Iterator[dict[str, Any]]:
    """Every number of an indicator, however it is split."""
    if isinstance(tree.get("count"), int) and isinstance(tree.get("query"), list):
        yield tree
    else:
        for below in tree.values():
            yield from numbers(below)


@pytest.mark.parametrize("seed", range(2))
def test_every_number_is_the_length_of_its_list(cast: None, seed: int) -> None:
    draw = random.Random(seed)
    Module.objects.create(unique_id=OTHER, name="GBV", associated_record_types=["case"], options={})
    UserGroup.objects.get_or_create(unique_id="usergroup-south", defaults={"name": "South"})
    names = people(draw)
    instance = Instance.objects.get()
    place = {"field_key": "location_current", "admin_level": 1, "admin_level_map": {"1": ["p"], "2": ["d"]}}
    instance.data = instance.data | {"reporting_location_config": place}
    instance.configuration += 1
    instance.save()
    cases(draw, names)
    seen: set[str] = set()
    met: set[str] = set()
    positive = 0
    for name in [*names, "amina"]:
        viewer = current_viewer(name)
        for dashboard in found(viewer):
            for title, indicator in dashboard["indicators"].items():
                for number in numbers(indicator):
                    if not number["query"]:
                        assert number["count"] == 0
                        continue
                    query = parse_query("&".join(quote(text, safe="=[]") for text in number["query"]))
                    listed = find_records(kind="case", viewer=viewer, query=query, offset=0, per=100, today=TODAY)
                    assert listed.ignored == [], (name, title, number)
                    assert listed.total == number["count"] == len(listed.records), (name, title, number)
                    positive += number["count"] > 0
                    met |= {title} if number["count"] else set()
                    seen.add(dashboard["name"])
    assert positive > 150
    assert len(seen) > 30
    assert met.issuperset(OF_KEYS)


def test_a_split_leaves_nobody_out(cast: None) -> None:
    draw = random.Random(7)
    names = people(draw)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    cases(draw, names)
    checked = 0
    for name in names:
        by_name = {d["name"].removeprefix("dashboard."): d["indicators"] for d in found(current_viewer(name))}
        if "case_risk" in by_name:
            split = sum(cell["count"] for cell in by_name["case_risk"]["risk_level"].values())
            assert split == by_name["case_overview"]["total"]["count"]
            checked += split
        if "dash_cases_by_social_worker" in by_name:
            workers = by_name["dash_cases_by_social_worker"]["cases_by_social_worker_new_or_updated"]
            split = sum(cell["count"] for cell in workers.values())
            assert split == by_name["case_overview"]["new_or_updated"]["count"]
    assert checked > 0


def test_the_number_of_statements_is_constant(cast: None) -> None:
    role = Role.objects.get(unique_id="role-supervisor")
    role.permissions = role.permissions | {"dashboard": list(ACTIONS["dashboard"])}
    role.save()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    counts = []
    register()
    for _ in range(2):
        viewer = current_viewer("chantal")
        found(viewer)
        with CaptureQueriesContext(connection) as captured:
            assert len(found(viewer)) > 20
        counts.append(len(captured.captured_queries))
        for number in range(5):
            register(by="bilal", name_first=f"N{number}", risk_level="high", protection_concerns=["separated"])
    # Four of them ask whether another role's forms were lent to her.
    assert counts[0] == counts[1] <= 20
