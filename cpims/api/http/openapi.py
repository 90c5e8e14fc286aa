"""The description of both APIs in one document, made of the routes and the table of shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ninja import NinjaAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cpims.api.http.auth import own_page
from cpims.api.shapes.devices import DeviceKey
from cpims.api.shapes.envelope import Errors
from cpims.api.shapes.route import V1, V2, Route
from cpims.api.shapes.routes import ROUTES

REF = "#/components/schemas/{model}"
PARAMETER = re.compile(r"\{(\w+)\}")
USUAL = {
    400: "The body is not readable JSON.",
    401: "Nobody is signed in.",
    403: "Her role does not allow it, or the request was forged.",
    404: "There is no such thing, or not for her: the two look alike.",
    409: "It does not fit what is stored now.",
    412: "It was changed since the revision that was named.",
    415: "Only JSON is taken.",
    416: "The span lies beyond the end.",
    422: "Something that was sent is wrong; every problem is named.",
    429: "Too many tries; see Retry-After.",
}
TEXT, FLAG = {"type": "string"}, {"type": "string", "enum": ["true", "false"]}
MANY = {"type": "array", "items": {"type": "string"}}
#: Query parameters: what they mean, and their shape.
QUERY: dict[str, tuple[str, dict[str, Any]]] = {
    "parent": ("Only places directly below this code; empty for countries.", TEXT),
    "accepted": ("Only those who accepted, or did not.", FLAG),
    "audit_log_actions": ("Only these actions.", MANY),
    "from": ("From this moment or day on.", TEXT),
    "to": ("Up to this moment, or to the end of this day.", TEXT),
    "page": ("Which page, from 1.", {"type": "integer", "minimum": 1}),
    "per": ("How many on a page.", {"type": "integer", "minimum": 1}),
    "after": ("The `next` of an earlier page of the same list: go on from there; `page` is not looked at.", TEXT),
    "before": ("The `next` of an earlier page of the same story: go on from there.", {"type": "integer", "minimum": 1}),
    "order_by": ("By which name the list is ordered; only names she may read.", TEXT),
    "order": ("Which way.", {"type": "string", "enum": ["asc", "desc"]}),
    "state": ("Only cases with this result.", {"type": "string", "enum": ["waiting", "done", "refused"]}),
    "locale": ("The language by whose texts the list is ordered.", TEXT),
    "query": ("What is searched for.", TEXT),
    "any": ("Search names, codes and telephone numbers at once.", FLAG),
    "phonetic": ("Search names that sound alike, in any script.", FLAG),
    "phone_number": ("Search telephone numbers.", FLAG),
    "id_search": ("Search codes and numbers.", FLAG),
    "fields": ("`short`, or names with commas; without it everything she may read.", TEXT),
    "extended": ("Send everything that a client needs at its start.", FLAG),
    "managed": ("Only those that she may look after.", FLAG),
    "external": ("Only roles that may receive referrals or transfers.", FLAG),
    "referral_authorization": ("Only roles that a referral can lend.", FLAG),
    "disabled": ("Switched off, switched on, or both (`disabled[0]=true&disabled[1]=false`).", MANY),
    "group_permission": ("Only roles of this scope.", MANY),
    "agency_unique_ids": ("Only groups of these agencies.", MANY),
    "user_name": ("Exactly this user name.", TEXT),
    "location": ("Exactly this place's code.", TEXT),
    "services": ("Offering one of these services.", MANY),
    "ids": ("Exactly these numbers.", MANY),
    "role_id": ("Holding one of these roles, by number.", MANY),
    "agency": ("Of one of these agencies, by number.", MANY),
    "user_group_ids": ("In one of these user groups, by unique id.", MANY),
    "unique_id": ("Exactly this unique id.", TEXT),
    "record_type": ("Forms of this kind of record.", TEXT),
    "relationship_type": ("Only cases that are related in this way.", TEXT),
    "module_id": ("Forms of this part of the work.", TEXT),
    "record_module_id": ("For records of this part of the work.", TEXT),
    "service": ("Offering this service.", TEXT),
    "types": ("Only these types, with commas between.", MANY),
    "exclude_subforms": ("Leave nested forms out (any value).", TEXT),
    "names": ("Only these dashboards, with commas between.", MANY),
    "active_only": ("Leave out what is resolved.", FLAG),
    "flagged_by_me": ("Only flags of one's own.", FLAG),
    "unread_only": ("Leave out what she has read.", FLAG),
    "team": ("`true`: those of one's workers on which work waits to be sent.", FLAG),
    "user_id": ("Those of this account.", TEXT),
    "hierarchy": ("Send level, own name and the way from the root too.", FLAG),
    "filters[field_names]": ("Only changes of these questions.", MANY),
    "filters[form_unique_ids]": ("Only changes of questions on these forms.", MANY),
    "filters[actions]": ("Only `show`, `update` …", MANY),
    "filters[access_users]": ("Only these accounts, by number.", MANY),
    "filters[timestamp][from]": ("From this moment on.", TEXT),
    "filters[timestamp][to]": ("Until this moment.", TEXT),
}
FILTERS = (
    "Any name that she may read, as its own parameter: `sex=male`; several values `status=open,closed` or "
    "`status[0]=open&status[1]=closed`; spans `age=6..11`, `age[from]=6&age[to]=11`, `created_at[from]=…`; a place and "
    "everything below it `loc:location_current=CT01`; `or[owned_by]=…&or[assigned_user_names]=…`; "
    "`not[last_updated_by]=…`. A name that cannot be used is told in `metadata.ignored`, or refused with "
    "`Prefer: handling=strict`. A value that does not fit its question finds nothing."
)
HEADERS = {
    "Prefer": "`handling=strict`: what cannot be used is refused (422) instead of told in `metadata.ignored`. "
    "`return=representation`: answer 200 with the object where 204 is usual.",
    "Idempotency-Key": "The same key with the same request gives the first answer again, for 30 days.",
    "If-Match": "The revision (or ETag) that was seen; another one now is 412.",
    "Range": "One span of bytes: `bytes=0-65535`.",
    "If-None-Match": "The ETag that the client has; 304 when it still holds.",
}


@dataclass(frozen=True)
class Mounted:
    """A route as it is reachable: method, path, the name of its function, its tag, and whether anybody may call it."""

    method: str
    path: str
    name: str
    tag: str
    about: str
    public: bool

    @property
    def key(self) -> tuple[str, str]:
        """Where the table of shapes has it: every path parameter is called ``id`` there, PUT is PATCH."""
        return ("PATCH" if self.method == "PUT" else self.method, PARAMETER.sub("{id}", self.path))


def mounted(api: NinjaAPI, root: str) -> Iterator[Mounted]:
    """Every route of an API."""
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield Mounted(
                        method=method,
                        path=root + prefix + path,
                        name=operation.view_func.__name__,
                        tag=str((router.tags or ["other"])[0]),
                        about=(operation.view_func.__doc__ or "").strip(),
                        public=operation.auth_param is None or operation.auth_param is own_page,
                    )


def description(routes: Iterable[Mounted], version: str) -> dict[str, Any]:
    """The whole document."""
    schemas, names = _schemas()
    paths: dict[str, Any] = {}
    every = list(routes)
    often = Counter((route.name, route.method) for route in every)
    for route in every:
        if often[route.name, route.method] > 1:  # one function for several kinds of record
            route = replace(route, name=f"{route.name}_{_noun(route.path)}")
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, ROUTES[route.key], names)
    paths |= {path: {"get": _health(path)} for path in ("/health", "/health/{backend}")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CPIMS+",
            "version": version,
            "description": "`/api/v2` is the contract of Primero v2; everything beyond it is `/api/cpims/v1`.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{"session": [], "csrf": []}, {"basic": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {
                f"Refused{status}": {"description": about, "content": _content(_ref(names, Errors))}
                for status, about in USUAL.items()
            },
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "_app_session"},
                "csrf": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-CSRF-Token",
                    "description": "The value of the cookie `CSRF-TOKEN`; for every method but GET and HEAD.",
                },
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _noun(path: str) -> str:
    """What an address is about: its first word after the version of the API."""
    return next(path.removeprefix(root).split("/")[1] for root in (V1, V2) if path.startswith(root))


def _schemas() -> tuple[dict[str, Any], dict[type[BaseModel], str]]:
    wanted: dict[type[BaseModel], None] = {Errors: None, DeviceKey: None}
    for route in ROUTES.values():
        wanted |= {shape: None for shape in (route.reply, route.metadata, route.request) if shape is not None}
    models: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [(s, "validation") for s in wanted]
    refs, schema = models_json_schema(models, ref_template=REF)
    names = {shape: refs[(shape, "validation")]["$ref"].rpartition("/")[2] for shape in wanted}
    found: dict[str, Any] = schema["$defs"]
    for shown in found.values():
        shown.pop("title", None)
        for entry in shown.get("properties", {}).values():
            entry.pop("title", None)
            # A key without a value is left out: it may be missing, and null is nothing that a client sees of it.
            if entry.get("default", ...) is None:
                del entry["default"]
    return found, names


def _ref(names: dict[type[BaseModel], str], shape: type[BaseModel], *, many: bool = False) -> dict[str, Any]:
    one = {"$ref": REF.format(model=names[shape])}
    return {"type": "array", "items": one} if many else one


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _operation(route: Mounted, entry: Route, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": route.name + ("_put" if route.method == "PUT" else ""),
        "tags": [route.tag],
        "summary": entry.summary,
        "description": route.about,
        "parameters": _parameters(route, entry),
        "responses": _responses(route, entry, names),
    }
    if route.public:
        shown["security"] = [{}] if route.method == "GET" else [{"csrf": []}]
    if entry.request is not None:
        schema = _ref(names, entry.request, many=entry.request_many)
        if entry.wrapper:
            beside = {"device": _ref(names, DeviceKey)} if entry.device else {}
            schema = _object({entry.wrapper: schema} | beside, [entry.wrapper])
        shown["requestBody"] = {"content": _content(schema), "required": route.name != "create_token"}
    if entry.takes:
        content = {entry.takes: {"schema": {"type": "string", "format": "binary"}}}
        shown["requestBody"] = {"content": content, "required": True}
    return shown


def _parameters(route: Mounted, entry: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": TEXT} for name in PARAMETER.findall(route.path)
    ]
    for name in entry.query:
        if name == "filters":
            found.append(
                {
                    "name": "filters",
                    "in": "query",
                    "description": FILTERS,
                    "style": "form",
                    "explode": True,
                    "schema": {"type": "object", "additionalProperties": True},
                }
            )
        else:
            about, schema = QUERY[name]
            found.append({"name": name, "in": "query", "description": about, "schema": schema})
    found += [{"name": name, "in": "header", "description": HEADERS[name], "schema": TEXT} for name in entry.headers]
    return found


def _responses(route: Mounted, entry: Route, names: dict[type[BaseModel], str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if entry.reply is not None:
        schema = _ref(names, entry.reply, many=entry.many)
        if not entry.bare:
            properties, required = {"data": schema}, ["data"]
            if entry.metadata is not None:
                properties["metadata"] = _ref(names, entry.metadata)
                if not _may_be_missing(entry.metadata):
                    required.append("metadata")
            schema = _object(properties, required)
        found["200"] = {"description": "Done.", "content": _content(schema)}
    if entry.media:
        content = {entry.media: {"schema": {"type": "string", "format": "binary"}}}
        found["200"] = {"description": "Done.", "content": content}
    if entry.client_id:
        found["204"] = {"description": "Done; the client made the id, so there is nothing to tell."}
    if 204 in entry.statuses:
        found["204"] = {"description": "Done; there is nothing to tell."}
    if 206 in entry.statuses:
        content = {entry.media: {"schema": {"type": "string", "format": "binary"}}}
        found["206"] = {"description": "The span that was asked for.", "content": content}
    if 304 in entry.statuses:
        found["304"] = {"description": "Unchanged since the ETag that was named."}
    refused = {status for status in entry.statuses if status >= 400}
    refused |= set() if route.public and route.method == "GET" else {401, 403}
    refused |= {404} if PARAMETER.search(route.path) else set()
    refused |= {400, 415, 422} if entry.request is not None else set()
    refused |= {422} if "Prefer" in entry.headers else set()
    for status in sorted(refused):
        found[str(status)] = {"$ref": f"#/components/responses/Refused{status}"}
    return found


def _may_be_missing(shape: type[BaseModel]) -> bool:
    """Metadata that is there only when there is something to tell: every key of it may be missing."""
    return not any(field.is_required() for field in shape.model_fields.values())


def _health(path: str) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": "show_health" if path == "/health" else "show_health_of",
        "tags": ["health"],
        "summary": "Is it up?",
        "security": [{}],
        "parameters": [],
        "responses": {
            "204": {"description": "It answers."},
            "503": {"description": "It does not, or there is no such part; see Retry-After."},
        },
    }
    if path != "/health":
        parts = {"type": "string", "enum": ["database", "server", "api"]}
        shown["parameters"] = [{"name": "backend", "in": "path", "required": True, "schema": parts}]
    return shown
