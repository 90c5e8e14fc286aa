"""Linking a case to the person it is about: at most one case for each person, whoever comes first."""

from __future__ import annotations

from datetime import datetime

from cpims.accounts.models import User
from cpims.accounts.rules.users import user_name_of
from cpims.cases.rules.identifying import CATEGORY, has_one_already, not_eligible
from cpims.lib.clock import iso
from cpims.records.models import Record


def identify(case: Record, user_name: str | None, *, at: datetime) -> None:
    """Write into a case who it is about (nobody: the link is taken away), inside an act that holds the case.

    Her account is held until the act ends, so that two cases never get the same person.
    Raises: IdentificationRefused.
    """
    if user_name is None:
        case.identified_by = None
        case.state = {k: v for k, v in case.state.items() if k not in ("identified_by_full_name", "identified_at")}
        return
    found = User.objects.select_for_update(of=("self",), no_key=True).filter(
        user_name=user_name_of(user_name),
        disabled=False,
        unverified=False,
        role__user_category=CATEGORY,
        role__disabled=False,
    )
    person = found.first() if "\x00" not in user_name else None
    if person is None:
        raise not_eligible()
    others = Record.objects.of_kind("case").filter(identified_by=person.user_name).exclude(pk=case.pk)
    if others.exists():
        raise has_one_already()
    case.identified_by = person.user_name
    case.state = case.state | {
        "identified_by_full_name": person.full_name,
        "identified_at": case.state.get("identified_at") or iso(at),
    }
