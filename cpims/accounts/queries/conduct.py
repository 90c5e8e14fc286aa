"""The code of conduct that holds now, those that held before, and who accepted it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.models import CodeOfConduct, User
from cpims.accounts.queries.people import visible_users
from cpims.accounts.rules.conduct import ConductNotFound
from cpims.lib.clock import iso


def find_conduct() -> CodeOfConduct | None:
    """The code of conduct that holds now, if there is one. One without words says that none holds any more."""
    newest = CodeOfConduct.objects.order_by("-id").first()
    return newest if newest is not None and newest.title else None


def get_conduct() -> CodeOfConduct:
    """The code of conduct that holds now.

    Raises: ConductNotFound.
    """
    found = find_conduct()
    if found is None:
        raise ConductNotFound
    return found


def conduct_history(*, viewer: Viewer) -> list[dict[str, Any]]:
    """Every code of conduct, the newest first, with how many of the accounts in use accepted it last.

    Raises: Forbidden.
    """
    require(viewer, "code_of_conduct", "manage")
    texts, current = list(CodeOfConduct.objects.exclude(title="").order_by("-id")), find_conduct()
    people = User.objects.filter(disabled=False).values_list("code_of_conduct_id").annotate(count=Count("pk"))
    accepted: dict[int | None, int] = dict(people)
    return [conduct_json(text) | {"current": text == current, "accepted": accepted.get(text.id, 0)} for text in texts]


@dataclass(frozen=True)
class Acceptances:
    """A page of the accounts in use with what each accepted, and how many there are."""

    rows: list[dict[str, Any]]
    total: int
    accepted: int
    owing: int


def conduct_acceptances(*, viewer: Viewer, accepted: bool | None, offset: int, length: int) -> Acceptances:
    """Who of the accounts in use in the viewer's care accepted the code of conduct that holds, and when; or has still to.

    Raises: Forbidden.
    """
    require(viewer, "code_of_conduct", "manage")
    require(viewer, "user", "read")
    current = find_conduct()
    number = current.id if current else -1
    rows = list(
        visible_users(viewer)
        .filter(disabled=False)
        .values("id", "user_name", "full_name", "code_of_conduct_id", "code_of_conduct_accepted_on")
    )
    rows.sort(key=lambda row: (row["full_name"].casefold(), row["id"]))
    done = [row for row in rows if row["code_of_conduct_id"] == number]
    shown = rows if accepted is None else [row for row in rows if (row["code_of_conduct_id"] == number) is accepted]
    return Acceptances(
        rows=[
            {
                "id": row["id"],
                "user_name": row["user_name"],
                "full_name": row["full_name"],
                "accepted_on": iso(row["code_of_conduct_accepted_on"])
                if row["code_of_conduct_id"] == number and row["code_of_conduct_accepted_on"]
                else None,
            }
            for row in shown[offset : offset + length]
        ],
        total=len(shown),
        accepted=len(done),
        owing=len(rows) - len(done),
    )


def conduct_json(conduct: CodeOfConduct) -> dict[str, Any]:
    """A code of conduct as the API shows it."""
    return {
        "id": conduct.id,
        "title": conduct.title,
        "content": conduct.content,
        "created_on": iso(conduct.created_on),
        "created_by": conduct.created_by,
    }
