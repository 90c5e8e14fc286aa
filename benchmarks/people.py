"""The people of a country: agencies of very unequal size, teams, case workers, supervisors, managers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.lib.transactions import atomic
from cpims.locations.models import Location

#: Cases in the hands of one case worker over two years, closed ones included.
CASES_EACH = 333
TEAM = 7.5
WORKER, SUPERVISOR, MANAGER = "role-cp-case-worker", "role-cp-manager", "role-cp-agency-manager"


@dataclass(frozen=True)
class Workforce:
    """How many there are of each."""

    workers: int
    groups: int
    agencies: int


def workforce_for(cases: int) -> Workforce:
    """A hundred thousand cases: 300 workers in 40 teams of 8 agencies; a million: 3,000 in 400 of 20."""
    workers = max(20, round(cases / CASES_EACH))
    groups = max(3, round(workers / TEAM))
    return Workforce(workers, groups, min(groups, 8 if cases <= 200_000 else 20))


@atomic
def employ(cases: int, *, seed: int) -> None:
    """Put agencies, teams and accounts into the database, beside those of the demo."""
    size, rng = workforce_for(cases), Random(f"{seed}/people")
    roles = {role.unique_id: role for role in Role.objects.filter(unique_id__in=(WORKER, SUPERVISOR, MANAGER))}
    places = sorted(Location.objects.filter(admin_level=2).values_list("code", flat=True))
    locales = ["en", "fr", "es", "ar"]
    agencies = Agency.objects.bulk_create(
        [
            Agency(
                unique_id=f"agency-n{n:02d}", agency_code=f"N{n:02d}", name={"en": f"National agency {n}"},
                services=["child_protection_service"], order=100 + n,
            )
            for n in range(size.agencies)
        ]
    )  # fmt: skip
    groups = UserGroup.objects.bulk_create(
        [UserGroup(unique_id=f"usergroup-n{n:04d}", name=f"Team {n}") for n in range(size.groups)]
    )
    # The largest agency has about a third of all teams, the next half of that, and so on.
    weights = [1 / (n + 1) for n in range(size.agencies)]
    of_group = [agencies[n] if n < size.agencies else rng.choices(agencies, weights)[0] for n in range(size.groups)]
    UserGroup.agencies.through.objects.bulk_create(
        [UserGroup.agencies.through(usergroup_id=g.id, agency_id=a.id) for g, a in zip(groups, of_group, strict=True)]
    )
    users: list[tuple[User, UserGroup]] = []

    def add(name: str, role: str, group: int, agency: Agency) -> None:
        user = User(
            user_name=name, full_name=name.title(), role=roles[role], agency=agency, locale=rng.choice(locales),
            location=rng.choice(places), agency_office=f"office_{group % 9}",
        )  # fmt: skip
        users.append((user, groups[group]))

    for n in range(size.workers):
        add(f"worker{n:05d}", WORKER, n % size.groups, of_group[n % size.groups])
    for n in range(size.groups):
        add(f"supervisor{n:04d}", SUPERVISOR, n, of_group[n])
    for n, agency in enumerate(agencies):
        add(f"manager{n:02d}", MANAGER, of_group.index(agency), agency)
    User.objects.bulk_create([user for user, _ in users], batch_size=500)
    User.groups.through.objects.bulk_create(
        [User.groups.through(user_id=user.id, usergroup_id=group.id) for user, group in users], batch_size=1000
    )
