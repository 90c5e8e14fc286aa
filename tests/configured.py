"""What tests of the configuration add to the cast: a form with rows and options, and somebody who may change words only."""

from __future__ import annotations

from typing import Any

from cpims.access.rules.viewer import Viewer
from cpims.accounts.models import Agency, Role, User
from cpims.audit.models import ChangeEntry
from cpims.forms.actions import put_forms
from cpims.forms.models import Form
from cpims.forms.queries.viewers import current_viewer
from cpims.settings.models import Instance
from tests.cast import AT, MODULE

Row = dict[str, Any]


def question(name: str, kind: str = "text_field", **more: Any) -> Row:
    """A question with an English label."""
    return {"name": name, "type": kind, "display_name": {"en": name.replace("_", " ").title()}, **more}


def option(option_id: str, **more: Any) -> Row:
    """An option with an English text."""
    return {"id": option_id, "display_text": {"en": option_id.title()}, **more}


VISIT_ROWS: Row = {
    "unique_id": "visit_rows",
    "parent_form": "case",
    "name": {"en": "Visit"},
    "is_nested": True,
    "visible": False,
    "fields": [question("visited_on", "date_field"), question("visit_minutes", "numeric_field")],
}
HOME: Row = {
    "unique_id": "home",
    "parent_form": "case",
    "name": {"en": "Home", "ar": "البيت"},
    "module_ids": [MODULE],
    "order": 80,
    "fields": [
        question(
            "safe_to_call", "radio_button", option_strings_text=[option("always"), option("evening"), option("never")]
        ),
        question("visits", "subform", subform_unique_id="visit_rows"),
        question("home_notes", "textarea"),
    ],
}


def put_home() -> Form:
    """Bring the form of the home into the instance, as a pack would."""
    return put_forms(forms=[VISIT_ROWS, HOME], actor=None, at=AT)["home"]


def hire_translator() -> Viewer:
    """Somebody who may change the words of forms, and nothing else of them."""
    role = Role.objects.create(
        unique_id="role-words",
        name="Words",
        permissions={"metadata": ["manage_restricted"]},
        module_unique_ids=[MODULE],
    )
    User.objects.create(user_name="yusuf", full_name="Yusuf", role=role, agency=Agency.objects.first())
    return current_viewer("yusuf")


def configuration() -> int:
    """The number of the configuration."""
    return Instance.objects.get().configuration


def happenings() -> list[tuple[str, str]]:
    """What the book of changes says, oldest first."""
    return list(ChangeEntry.objects.order_by("id").values_list("event", "subject"))
