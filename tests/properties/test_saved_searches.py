"""A shared search is met by those with whom it is shared, and by nobody who may not ask everything that it asks."""

from __future__ import annotations

import random
from datetime import date

import pytest

from cpims.accounts.models import User
from cpims.audit.models import ChangeEntry
from cpims.forms.queries.viewers import current_viewer
from cpims.records.actions.saved import drop_search, save_search
from cpims.records.models import SavedSearch
from cpims.records.queries.listing import find_records
from cpims.records.queries.saved import visible_searches
from cpims.records.queries.setup import readable_fields
from cpims.records.rules.saved import SearchNotFound
from cpims.settings.models import Instance
from tests.cast import AT
from tests.properties.test_dashboards import people

TODAY = date(2026, 3, 4)
#: Filters with the names that one must be able to read for them; ``?`` is a name that nobody may use.
ASKED = (
    ({"name": "status", "value": ["open"]}, {"status"}),
    ({"name": "risk_level", "value": ["high"]}, {"risk_level"}),
    ({"name": "siblings", "value": ["1..3"]}, {"siblings"}),
    ({"name": "or", "value": {"unaccompanied": "true", "protection_concerns": "separated"}},
     {"unaccompanied", "protection_concerns"}),
    ({"name": "not", "value": {"hiv_status": "yes"}}, {"hiv_status"}),
    ({"name": "loc:location_current", "value": ["KA01"]}, {"location_current"}),
    ({"name": "nonsense", "value": ["1"]}, {"?"}),
    ({"name": "order_by", "value": ["created_at"]}, set()),
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_who_meets_a_shared_search(cast: None, seed: int) -> None:
    draw = random.Random(seed)
    names = people(draw)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    for number in range(30):
        chosen = draw.sample(ASKED, draw.randint(1, 3))
        SavedSearch.objects.create(
            user=User.objects.get(user_name=draw.choice(["amina", "chantal", "dawit"])), name=f"S{number}",
            record_type="cases", filters=[entry for entry, _ in chosen],
            shared_groups=draw.sample(["usergroup-north", "usergroup-south"], draw.randint(0, 2)),
            shared_roles=draw.sample(["role-p0", "role-p1", "role-p3", "role-p5"], draw.randint(0, 2)),
        )  # fmt: skip
    needed = {entry["name"]: names for entry, names in ASKED}
    met = kept_back = 0
    for name in [*names, "amina", "esther"]:
        viewer = current_viewer(name)
        readable = readable_fields(viewer, "case", None)
        expected = set()
        for search in SavedSearch.objects.select_related("user"):
            shared = bool(viewer.groups & set(search.shared_groups)) or viewer.role in search.shared_roles
            asks = set().union(*(needed[entry["name"]] for entry in search.filters))
            may = viewer.may("case", "read") and asks <= readable
            if search.user.user_name == name or (shared and may):
                expected.add(search.name)
            kept_back += shared and not may
        found = visible_searches(viewer, record_type="cases", today=TODAY)
        assert {search.name for search in found} == expected, name
        for search in found:
            if search.user_id == viewer.user_id:
                continue
            met += 1
            query = {entry["name"]: entry["value"] for entry in search.filters if entry["name"] != "order_by"}
            listed = find_records(kind="case", viewer=viewer, query=query, offset=0, per=5, today=TODAY)
            assert listed.ignored == []
    assert met > 10
    assert kept_back > 10


@pytest.mark.parametrize("name", ["bilal", "chantal", "dawit", "farid"])
def test_nobody_changes_or_drops_anothers(cast: None, name: str) -> None:
    """Shared or not, whatever role she has; nothing is changed and nothing written down."""
    values = {"name": "Hers", "record_type": "cases", "filters": [{"name": "status", "value": ["open"]}],
              "shared_groups": ["usergroup-north"]}  # fmt: skip
    kept = save_search(values=values, actor=current_viewer("amina"), today=TODAY, at=AT)
    books = ChangeEntry.objects.count()
    other = current_viewer(name)
    with pytest.raises(SearchNotFound):
        save_search(values={"name": "Mine"}, actor=other, today=TODAY, at=AT, search_id=kept.pk)
    with pytest.raises(SearchNotFound):
        drop_search(search_id=kept.pk, actor=other, at=AT)
    kept.refresh_from_db()
    assert (kept.name, ChangeEntry.objects.count()) == ("Hers", books)
