"""What people do in a measurement: who they are, and the requests of their day."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from benchmarks.load import Chooser, Person, Request, mixed, request

#: Of a hundred requests so many come from people whose role sees her own cases, her team's, her agency's, all.
SCOPES = {"self": 70, "group": 20, "agency": 8, "all": 2}
#: A day's work of fifty people.
DAY = {"list": 34, "open": 27, "name": 12, "save": 11, "filter": 6, "count": 5, "id": 5}
ACTS = ("list", "count", "filter", "name", "id", "open", "save")
FIELDS = ("displacement_status", "safe_to_contact", "interview_subject", "assessment_child_seen", "protection_status")
SAMPLE = {"self": 40, "group": 14, "agency": 8, "all": 1}


def sign_in(database_name: str = "") -> dict[str, list[Person]]:
    """People of each scope, signed in, each with some of her open cases. Works on Django's current database."""
    from cpims.accounts.models import Role, User
    from cpims.forms.queries.viewers import current_viewer
    from cpims.records.models import Record

    found: dict[str, list[Person]] = {}
    rng = random.Random(11)
    prefixes = {"self": "worker", "group": "supervisor", "agency": "manager"}
    for scope, number in SAMPLE.items():
        rows = User.objects.filter(disabled=False, user_name__startswith=prefixes.get(scope, "farid")).order_by(
            "user_name"
        )
        users = rng.sample(list(rows), min(number, len(rows)))
        people = []
        for user in users:
            assert Role.objects.get(pk=user.role_id).group_permission == scope, (user.user_name, scope)
            seen = Record.objects.visible_to(current_viewer(user.user_name)).of_kind("case").filter(status="open")
            some = list(
                seen.order_by("id")
                .filter(id__gt=UUID(int=rng.getrandbits(128)))[:30]
                .values_list("id", "short_id", "name", "data__name_other")
            )
            some = some or list(seen[:30].values_list("id", "short_id", "name", "data__name_other"))
            secret = f"bench-{user.user_name}-{rng.getrandbits(64):x}"
            people.append(_person(user, scope, secret, some))
        found[scope] = people
    return found


def _person(user: Any, scope: str, secret: str, cases: Sequence[Any]) -> Person:
    from cpims.accounts.models import Session
    from cpims.accounts.queries.sessions import session_digest
    from cpims.api.http import csrf
    from cpims.api.http.auth import SESSION_COOKIE
    from cpims.lib.clock import now

    # Her clock stands a day ahead, so that no session grows old in a long run.
    Session.objects.get_or_create(
        digest=session_digest(secret), defaults={"user": user, "seen_at": now() + timedelta(days=1)}
    )
    token = csrf.mint(secret)
    headers = f"Cookie: {SESSION_COOKIE}={secret}; {csrf.COOKIE}={token}\r\nX-CSRF-Token: {token}\r\nAccept-Encoding: identity"
    names = [" ".join(dict.fromkeys((w := (latin or name or "").split())[:1] + w[-1:])) for _, _, name, latin in cases]
    return Person(
        user.user_name, scope, headers.encode(), [str(c[0]) for c in cases], [c[1] for c in cases],
        [name for name in names if name],
    )  # fmt: skip


class Acts:
    """Makers of requests, each told a random source."""

    def __init__(self, people: Mapping[str, Sequence[Person]]) -> None:
        self.people = people
        self.saved = 0
        self.values = _values()

    def makers(self) -> dict[str, Chooser]:
        """Every act by its name."""
        return {name: getattr(self, f"_{name}") for name in ACTS}

    def day(self) -> Chooser:
        """A mixed day's work."""
        return mixed(DAY, self.makers())

    def _anybody(self, rng: random.Random) -> Person:
        scope = rng.choices(list(SCOPES), list(SCOPES.values()))[0]
        return rng.choice(self.people[scope])

    def _list(self, rng: random.Random) -> Request:
        page = rng.choices([1, 2, 3], [8, 1, 1])[0]
        path = f"/api/v2/cases?fields=short&status=open&record_state=true&per=20&page={page}"
        return request(self._anybody(rng), "list", "GET", path)

    def _count(self, rng: random.Random) -> Request:
        body = {"status": "open", "record_state": True, "risk_level": rng.choice(["high", "medium"]), "sex": "female"}
        return request(self._anybody(rng), "count", "POST", "/api/cpims/v1/cases/count", body)

    def _filter(self, rng: random.Random) -> Request:
        name = rng.choice(FIELDS)
        path = f"/api/v2/cases?fields=short&status=open&per=20&{name}={quote(rng.choice(self.values[name]))}"
        if rng.random() < 0.4:
            month = rng.randint(1, 9)
            path = f"/api/v2/cases?fields=short&status=open&per=20&assessment_requested_on=2026-{month:02d}-01..2026-{month + 1:02d}-01"
        return request(self._anybody(rng), "filter", "GET", path)

    def _name(self, rng: random.Random) -> Request:
        person = self._anybody(rng)
        text = rng.choice(person.names) if person.names else "Noor"
        return request(person, "name", "POST", "/api/cpims/v1/cases/search", {"query": text, "any": True, "per": 20})

    def _id(self, rng: random.Random) -> Request:
        person = self._anybody(rng)
        body = {"query": rng.choice(person.codes or ["abcdef0"]), "id_search": True, "per": 20}
        return request(person, "id", "POST", "/api/cpims/v1/cases/search", body)

    def _open(self, rng: random.Random) -> Request:
        person = self._anybody(rng)
        while not person.cases:
            person = self._anybody(rng)
        return request(person, "open", "GET", f"/api/v2/cases/{rng.choice(person.cases)}")

    def _save(self, rng: random.Random) -> Request:
        person = rng.choice([p for p in self.people["self"] if p.cases])
        self.saved += 1
        data = {
            "landmark_current": f"By the well number {self.saved}",
            "family_size": rng.randint(2, 9),
            "risk_level": rng.choice(["high", "medium", "low"]),
        }
        return request(person, "save", "PATCH", f"/api/v2/cases/{rng.choice(person.cases)}", {"data": data})


def _values() -> dict[str, list[str]]:
    """Answers that are given to the fields that are filtered by."""
    from cpims.records.models import Record

    found: dict[str, set[str]] = {name: set() for name in FIELDS}
    for facets in Record.objects.order_by("id").values_list("facets", flat=True)[:300]:
        for name in FIELDS:
            if isinstance(facets.get(name), str):
                found[name].add(facets[name])
    return {name: sorted(values) or ["unknown"] for name, values in found.items()}
