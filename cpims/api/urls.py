"""Every address of the API: Primero's contract under ``/api/v2``, ours beyond it under ``/api/cpims/v1``."""

from __future__ import annotations

from ninja import NinjaAPI

from cpims.api import (
    agencies,
    alerts,
    approvals,
    attachments,
    audit_logs,
    bulk,
    case_relationships,
    cases,
    codes_of_conduct,
    configuration,
    configuration_effects,
    configuration_versions,
    configurations,
    contact_information,
    dashboards,
    devices,
    exports,
    families,
    flags,
    forms,
    health,
    imports,
    incidents,
    invitations,
    likely_cases,
    locations,
    lookups,
    notices,
    permission_simulator,
    permissions,
    primero,
    primero_modules,
    promotion,
    record_history,
    record_kinds,
    roles,
    rollout,
    saved_searches,
    session,
    sync,
    system_settings,
    tasks,
    tokens,
    tracing,
    transitions,
    user_groups,
    users,
    webpush,
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
    transitions,  # before users: /users/assign-to is nobody’s id
    users,
    roles,
    permissions,
    agencies,
    user_groups,
    primero_modules,
    forms,
    lookups,
    locations,
    bulk,  # before cases: /cases/assigns is nobody’s id
    cases,
    record_history,
    contact_information,
    codes_of_conduct,
    webpush,
    alerts,
    approvals,
    flags,
    dashboards,
    saved_searches,
    tasks,
    attachments,
    record_kinds,
    families,
    incidents,
    case_relationships,
    tracing,
    configurations,
    audit_logs,
):
    v2.add_router("", module.router)
v1.add_router("", session.router)
v1.add_router("", agencies.ours)
v1.add_router("", codes_of_conduct.ours)
v1.add_router("", lookups.ours)
v1.add_router("", system_settings.ours)
v1.add_router("", cases.ours)
v1.add_router("", likely_cases.ours)
v1.add_router("", record_history.ours)
v1.add_router("", forms.ours)
v1.add_router("", permission_simulator.router)
v1.add_router("", exports.router)
v1.add_router("", sync.router)
v1.add_router("", devices.router)
v1.add_router("", invitations.router)
v1.add_router("", configuration.router)
v1.add_router("", configuration_versions.ours)
v1.add_router("", configuration_effects.router)
v1.add_router("", saved_searches.ours)
v1.add_router("", locations.ours)
v1.add_router("", transitions.ours)
v1.add_router("", approvals.ours)
v1.add_router("", notices.ours)
v1.add_router("", tasks.ours)
v1.add_router("", attachments.ours)
v1.add_router("", bulk.ours)
v1.add_router("", imports.router)
v1.add_router("", record_kinds.ours)
v1.add_router("", families.ours)
v1.add_router("", tracing.ours)
v1.add_router("", audit_logs.ours)
v1.add_router("", promotion.router)
v1.add_router("", rollout.router)
for api in (v2, v1):
    answer_refusals(api)

health_urls = health.urls
