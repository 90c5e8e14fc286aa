"""Whatever is sent, the answer is a reply or a refusal, never a broken server."""

from __future__ import annotations

import json
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpims.records.models import Record
from tests.api.client import Caller, as_
from tests.cast import register

NAMES = [
    "sex", "age", "name_first", "hiv_status", "status", "owned_by", "registration_date", "created_at", "id", "short_id",
    "loc:location_current", "loc:location_current2", "siblings", "unaccompanied", "protection_concerns", "flagged", "or", "not",
    "record_state", "query", "page", "per", "order_by", "order", "fields", "phonetic", "national_id_no", "case_id_display",
    "services_section", "last_updated_at", "date_of_birth", "consent_given", "unknown", "associated_user_groups",
]  # fmt: skip
text = st.text(max_size=12) | st.sampled_from(
    ["true", "false", "null", "0..9", "..", "9..", "..9", "a,b", ",", "2026-01-01", "2026-01-01..2026-02-31", "-1", "1e400", "NaN",
     "0000-01-01T00:00:00Z..2026-01-01", "99999999999999999999", "\x00", "%", "_", "\\", "'", '"', "محمد", "\ud7ff", "9999-12-31..", "1..2..3"]
)  # fmt: skip
scalar = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | text
)
json_value = st.recursive(
    scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "from", "to", "unique_id", "_destroy"]) | text, inner, max_size=3), max_leaves=6
)  # fmt: skip
ONCE = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def sane(caller: Caller, method: str, path: str, body: object = None) -> None:
    raw = json.dumps(body) if body is not None else ""
    response = caller.client.generic(method, path, raw, content_type="application/json", HTTP_X_CSRF_TOKEN=caller.token)
    assert response.status_code < 500, (method, path, body, response.content)
    if response.status_code >= 400:
        assert all(error["code"] for error in response.json()["errors"])


@ONCE
@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from(NAMES) | text, st.sampled_from(["", "[0]", "[]", "[from]", "[to]", "[sex]", "[a][b]"]), text
        ),
        max_size=4,
    )
)
def test_list_requests(cast, pairs):
    if not Record.objects.exists():
        register()
    query = "&".join(f"{quote(name)}{suffix}={quote(value)}" for name, suffix, value in pairs)
    sane(as_("amina"), "GET", f"/api/v2/cases?{query}")


@ONCE
@given(
    body=st.dictionaries(st.sampled_from([*NAMES, "any", "id_search", "phone_number"]) | text, json_value, max_size=4)
)
def test_search_and_count_bodies(cast, body):
    if not Record.objects.exists():
        register()
    caller = as_("amina")
    sane(caller, "POST", "/api/cpims/v1/cases/search", body)
    sane(caller, "POST", "/api/cpims/v1/cases/count", body)


@ONCE
@given(data=st.dictionaries(st.sampled_from([*NAMES, "hidden_name", "module_id", "workflow", "date_closure", "notes_section", "case_status_reopened"]), json_value, max_size=4),
       base=st.none() | json_value, move=st.none() | st.sampled_from(["close", "reopen", "add_note", "read", "x", 1]), create=st.booleans())  # fmt: skip
def test_edits(cast, data, base, move, create):
    case = Record.objects.first() or register()
    body = (
        {"data": data}
        | ({"base": base} if base is not None else {})
        | ({"record_action": move} if move is not None else {})
    )
    if create:
        sane(as_("farid"), "POST", "/api/v2/cases", body)
    else:
        sane(as_("farid"), "PATCH", f"/api/v2/cases/{case.id}", body)
