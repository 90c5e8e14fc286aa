"""Every address of the API: Primero's contract under ``/api/v2``, ours beyond it under ``/api/cpims/v1``."""

from __future__ import annotations

from ninja import NinjaAPI

from cpims.api import (
    agencies,
    cases,
    exports,
    forms,
    health,
    locations,
    lookups,
    permission_simulator,
    permissions,
    primero,
    primero_modules,
    record_history,
    roles,
    session,
    sync,
    system_settings,
    tokens,
    user_groups,
    users,
)
from cpims.api.http.auth import signed_in
from cpims.api.http.errors import answer_refusals

v2 = NinjaAPI(
    title="CPIMS+ (Primero v2 contract)",
    version="2",
    urls_namespace="v2",
    auth=signed_in,
    docs_url=None,
    openapi_url=None,
)
v1 = NinjaAPI(title="CPIMS+", version="1", urls_namespace="cpims1", auth=signed_in, docs_url=None, openapi_url=None)

for module in (
    tokens,
    primero,
    system_settings,
    users,
    roles,
    permissions,
    agencies,
    user_groups,
    primero_modules,
    forms,
    lookups,
    locations,
    cases,
    record_history,
):
    v2.add_router("", module.router)
v1.add_router("", session.router)
v1.add_router("", cases.ours)
v1.add_router("", forms.ours)
v1.add_router("", permission_simulator.router)
v1.add_router("", exports.router)
v1.add_router("", sync.router)
for api in (v2, v1):
    answer_refusals(api)

health_urls = health.urls
