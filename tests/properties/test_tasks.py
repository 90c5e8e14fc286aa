"""What is due is the same in the list, in the team's numbers and in the rule, for whoever looks."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.analytics.queries.team import find_team
from cpims.cases.queries import TasksAsked, find_tasks
from cpims.cases.rules.due import TYPES, tasks_of
from cpims.forms.models import Form, FormGrant
from cpims.forms.queries.viewers import current_viewer
from cpims.lib.ids import new_id
from cpims.records.models import Record
from cpims.records.queries.setup import decided_of, readable_fields
from tests.api.test_daily import decide
from tests.cast import MODULE, _form, field, register

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 4)
PEOPLE = ("amina", "bilal", "dawit")
LIMITS = {"high": {"days_to_assess": 3, "days_between_follow_ups": 7, "days_between_reviews": 30}}


def forms() -> list[Form]:
    """Two forms that ask for days, so that somebody may read one and not the other."""
    rows = _form("followup_rows", 1, field("followup_needed_by_date", "date_field"), field("followup_date", "date_field"),
                 is_nested=True, visible=False)  # fmt: skip
    return [
        _form("planning", 80, field("assessment_due_date", "date_field"), field("assessment_requested_on", "date_field"),
              field("case_plan_due_date", "date_field"), field("date_case_plan", "date_field")),
        _form("following", 81, field("followup_subform_section", "subform", subform=rows)),
    ]  # fmt: skip


def viewers(draw: random.Random, asking: list[Form]) -> list[str]:
    """Somebody of every scope, with some of the forms."""
    names = []
    for number, scope in enumerate(("self", "group", "agency", "all", "group", "identified")):
        role = Role.objects.create(
            unique_id=f"role-t{number}", name=f"T{number}", group_permission=scope, module_unique_ids=[MODULE],
            permissions={"case": ["read"], "dashboard": ["dash_tasks", "dash_cases_by_social_worker"]}, is_manager=True,
        )  # fmt: skip
        granted = [
            *draw.sample(asking, 2 if scope == "all" else draw.randint(0, 2)),
            *Form.objects.filter(unique_id="protection"),
        ]
        FormGrant.objects.bulk_create([FormGrant(role=role, form=form, access="r") for form in granted])
        agency = Agency.objects.get(unique_id=draw.choice(["agency-a", "agency-b"]))
        user = User.objects.create(user_name=f"t{number}", full_name="T", role=role, agency=agency)
        groups = draw.sample(["usergroup-north", "usergroup-south"], draw.randint(0, 2))
        user.groups.set(UserGroup.objects.filter(unique_id__in=groups))
        names.append(user.user_name)
    return names


def cases(draw: random.Random) -> None:
    """Cases with days before and after today, some done, some closed or switched off, some shared."""

    def day() -> str | None:
        return draw.choice([None, (TODAY + timedelta(days=draw.randint(-12, 12))).isoformat()])

    for _ in range(30):
        rows = [
            {"unique_id": str(new_id()), "followup_needed_by_date": day(), "followup_date": draw.choice([None, day()])}
            for _ in range(draw.randint(0, 3))
        ]
        given: dict[str, Any] = {
            "assessment_due_date": day(), "assessment_requested_on": draw.choice([None, day()]),
            "case_plan_due_date": day(), "date_case_plan": draw.choice([None, day()]),
            "risk_level": draw.choice([None, "low", "high"]), "followup_subform_section": rows,
        }  # fmt: skip
        record = register(by=draw.choice(PEOPLE), **{name: value for name, value in given.items() if value})
        record.status = draw.choice(["open", "open", "open", "closed", "transferred"])
        record.record_state = draw.random() < 0.9
        record.hidden_name = draw.random() < 0.2
        record.associated_user_names = sorted({*record.associated_user_names, *draw.choice([[], ["t0"]])})
        record.save()


@pytest.mark.parametrize("seed", range(3))
def test_lists_and_numbers_say_what_the_rule_says(cast: None, seed: int) -> None:
    draw = random.Random(seed)
    asking = forms()
    decide(timelines=LIMITS)
    names = viewers(draw, asking)
    cases(draw)
    told = 0
    for name in names:
        viewer = current_viewer(name)
        expected: dict[tuple[UUID, str, str, str], str] = {}
        for record in Record.objects.all():
            readable = readable_fields(viewer, "case", record.module)
            if record.is_visible_to(viewer) and record.status == "open" and record.record_state:
                for task in tasks_of(record.data, decided_of(viewer.configuration)):
                    if TYPES[task["type"]].needs in readable:
                        expected[(record.id, task["type"], task.get("row", ""), task["due_on"])] = record.owned_by

        def found(name: str = name, **asked: Any) -> Any:
            who = current_viewer(name)
            return find_tasks(viewer=who, asked=TasksAsked(**asked), offset=0, per=1000, today=TODAY)

        everything = found(workers=None)
        assert {(t.case_id, t.type, t.row, t.due_on.isoformat()): t.owned_by for t in everything.rows} == expected
        assert everything.total == len(everything.rows) == len(expected)
        assert [t.due_on for t in everything.rows] == sorted(t.due_on for t in everything.rows)
        by_span = [found(workers=None, due=[span]).total for span in ("overdue", "soon", "later")]
        assert sum(by_span) == everything.total
        for load in find_team(viewer=viewer, at=NOW, today=TODAY):
            open_cases = Record.objects.visible_to(viewer).filter(
                owned_by=load.user_name, status="open", record_state=True
            )
            assert load.cases == open_cases.count()
            assert load.by_risk is None or sum(load.by_risk.values()) == load.cases
            for kind in TYPES:
                late = load.by_type.get(kind)
                for span in ("overdue", "soon"):
                    listed = found(workers=[load.user_name], types=[kind], due=[span]).total
                    assert listed == (getattr(late, span) if late else 0), (name, load.user_name, kind, span)
                    told += listed
    assert told
