"""The routes that every kind of record has, for the kinds beside cases, with what goes in and what comes out."""

from __future__ import annotations

from cpims.api.shapes import attachments as a
from cpims.api.shapes import notices as n
from cpims.api.shapes import records, sync
from cpims.api.shapes.envelope import Changed, Paged
from cpims.api.shapes.route import LISTING, PAGING, READING, V1, V2, WRITING, Route

KINDS: dict[str, tuple[str, type[records.AnyRecord]]] = {
    "incidents": ("an incident", records.Incident),
    "tracing_requests": ("a tracing request", records.TracingRequest),
    "families": ("a family", records.Family),
    "registry_records": ("a registry record", records.RegistryRecord),
}
BYTES = "application/octet-stream"


def _routes(plural: str, one: str, shape: type[records.AnyRecord]) -> dict[tuple[str, str], Route]:
    many, each, ours = f"{V2}/{plural}", f"{V2}/{plural}/{{id}}", f"{V1}/{plural}"
    file, words = f"{each}/attachments/{{id}}", plural.replace("_", " ")
    span = ("filters[timestamp][from]", "filters[timestamp][to]")
    return {
        ("GET", many): Route(
            f"List {words}", shape, many=True, metadata=records.CaseList, query=LISTING, headers=("Prefer",)
        ),
        ("POST", many): Route(
            f"Register {one}", shape, metadata=records.CaseRead, request=records.NewCase, wrapper="", headers=WRITING,
            client_id=True, statuses=(409,),
        ),
        ("GET", each): Route(
            f"Read {one}", shape, metadata=records.CaseRead, query=READING, headers=("If-None-Match",), statuses=(304,)
        ),
        ("PATCH", each): Route(
            f"Amend {one}: the reply holds what changed", shape, metadata=records.CaseRead, request=records.RecordEdit,
            wrapper="", headers=("If-Match", *WRITING), statuses=(409, 412),
        ),
        ("DELETE", each): Route(f"Switch {one} off; nothing is deleted", shape),
        ("POST", f"{ours}/search"): Route(
            f"List and search {words} by a body: no name reaches a log", shape, many=True, metadata=records.CaseFinds,
            request=records.CaseSearch, wrapper="", headers=("Prefer",),
        ),
        ("POST", f"{ours}/count"): Route(f"Count {words}", records.Counted, request=records.CaseSearch, wrapper=""),
        ("POST", f"{ours}/counts"): Route(
            f"Count {words} by the values of questions", records.FieldCounts, many=True, metadata=Changed,
            request=records.CountsAsked, wrapper="", headers=("Prefer",), statuses=(429,),
        ),
        ("GET", f"{each}/record_history"): Route(
            f"What happened to {one}, newest first", records.HistoryEntry, many=True, metadata=Paged,
            query=("filters[field_names]", "filters[form_unique_ids]", *PAGING),
        ),
        ("GET", f"{each}/access_log"): Route(
            f"Who has seen {one}, newest first", records.AccessEntry, many=True, metadata=Paged,
            query=("filters[actions]", "filters[access_users]", *span, *PAGING),
        ),
        ("GET", f"{each}/flags"): Route(f"Flags on {one}, resolved ones too", n.Flag, many=True),
        ("POST", f"{each}/flags"): Route(
            f"Ask that {one} be looked at", n.Flag, metadata=Changed, request=n.FlagWrite, headers=WRITING
        ),
        ("PATCH", f"{each}/flags/{{id}}"): Route(
            "Change or resolve a flag", n.Flag, metadata=Changed, request=n.FlagChange, headers=WRITING, statuses=(409,)
        ),
        ("GET", f"{each}/alerts"): Route(f"The alerts on {one}", n.Alert, many=True),
        ("DELETE", f"{each}/alerts/{{id}}"): Route(f"Take an alert off {one}", statuses=(204,)),
        ("POST", f"{each}/attachments"): Route(
            f"Put a file on {one}", a.Attachment, metadata=Changed, request=a.AttachmentWrite, headers=WRITING,
            statuses=(409,),
        ),
        ("PATCH", file): Route(
            "Change what is said with a file", a.Attachment, metadata=Changed, request=a.AttachmentChange,
            headers=WRITING,
        ),
        ("DELETE", file): Route(f"Take a file off {one} and erase its bytes", statuses=(204,)),
        ("GET", file): Route("The bytes of a file", media=BYTES, headers=("Range",), statuses=(206, 416)),
        ("GET", f"{ours}/{{id}}/attachments/{{id}}/thumbnail"): Route("A small picture of a file", media="image/jpeg"),
        ("GET", f"{ours}/{{id}}/quarantine"): Route(
            f"Answers of others that wait for the owner of {one}", sync.Quarantined, many=True
        ),
        ("POST", f"{ours}/{{id}}/quarantine/{{id}}/resolve"): Route(
            "The owner takes answers over from quarantine, or puts them aside", sync.Resolved, request=sync.Resolve,
            wrapper="", statuses=(409,),
        ),
    }  # fmt: skip


RECORD_ROUTES: dict[tuple[str, str], Route] = {
    key: route for plural, (one, shape) in KINDS.items() for key, route in _routes(plural, one, shape).items()
}
