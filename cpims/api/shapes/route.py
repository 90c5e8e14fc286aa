"""What a row of the table of routes says."""

from __future__ import annotations

from dataclasses import dataclass

from cpims.api.shapes.envelope import Shape

PAGING = ("page", "per")
WRITING = ("Idempotency-Key", "Prefer")
V2, V1 = "/api/v2", "/api/cpims/v1"
READING = ("fields",)
#: What a list of records is asked by.
LISTING = (
    *("query", "any", "phonetic", "phone_number", "id_search", "fields"),
    *("order_by", "order", *PAGING, "after", "filters"),
)


@dataclass(frozen=True)
class Route:
    """What a route takes and gives. ``wrapper`` is the key that the body lies under; "" is the body itself.

    ``bare`` replies stand without ``data``; ``media`` is the type of a reply that is a file; ``statuses`` are answers beside the usual ones.
    ``takes`` is the type of a body that is no JSON.
    ``device``: beside the body may stand which registered device it comes from.
    """

    summary: str
    reply: type[Shape] | None = None
    many: bool = False
    bare: bool = False
    metadata: type[Shape] | None = None
    request: type[Shape] | None = None
    request_many: bool = False
    wrapper: str = "data"
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    client_id: bool = False
    media: str = ""
    takes: str = ""
    statuses: tuple[int, ...] = ()
    device: bool = False
