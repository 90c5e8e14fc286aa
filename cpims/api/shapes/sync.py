"""What devices ask and deliver."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Error, Ignored, Moment, Shape
from cpims.api.shapes.records import Missing
from cpims.sync.rules import LARGEST_PAGE, MOST_ITEMS, MOST_PINNED, MOST_WANTED, PAGE

Count = Annotated[int, Field(ge=0)]


class Asking(Shape):
    """Anything that a device sends: a name that is not known is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class SyncScope(Asking):
    """What a device keeps."""

    own_open: bool = Field(True, description="her own open caseload")
    pinned: list[str] = Field([], max_length=MOST_PINNED, description="ids of records that she keeps besides")


class ManifestAsked(Asking):
    """Which records are asked for."""

    scope: SyncScope = Field(default_factory=lambda: SyncScope.model_validate({}))
    kinds: list[str] = Field(["case"], min_length=1, max_length=10)


class ChangesAsked(ManifestAsked):
    """Since where, and by which rights the device holds what it holds."""

    cursor: str | None = Field(None, max_length=400, description="as it was given; nothing at the first filling")
    epoch: int | None = Field(None, description="as the last reply told it")
    configuration: int | None = Field(None, description="as the last reply told it")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)
    wanted: list[str] = Field(
        [], max_length=MOST_WANTED, description="ids that the device lacks or holds by older fields"
    )


class SyncRecord(Shape):
    """A record as this viewer may read it now; it replaces what the device holds, with every field of it."""

    id: str
    kind: str
    revision: int
    fields: str = Field(description="the mark of the set of fields that are hers to read")
    values: dict[str, Any]
    incomplete: list[Missing]
    age_recorded_on: str | None
    quarantined: int = Field(description="answers of others that wait for her decision")


class Gone(Shape):
    """A record that the device drops."""

    id: str
    reason: Literal["out_of_sight", "disabled", "closed_out_of_scope", "out_of_scope"]


class Changes(Shape):
    """A page of the feed."""

    records: list[SyncRecord]
    gone: list[Gone]


class Standing(Shape):
    """By which rights and which configuration this was answered."""

    cursor: str | None
    epoch: int
    configuration: int


class Place(Standing):
    """Where the feed goes on. ``resync``: ask for the manifest first, drop what is not in it, want what is newer."""

    more: bool
    resync: bool
    reason: Literal["access", "configuration", "cursor"] | None


class ManifestEntry(Shape):
    """One record in scope."""

    id: str
    revision: int
    fields: str


class DeliveryItem(Asking):
    """One act of hers: its id, its name in the catalogue of acts, its arguments, and when she did it by her device."""

    id: str
    schema_: int | None = Field(None, alias="schema", description="in which shape the device wrote it: 1 or 2")
    action: Literal[
        "register_case",
        "amend_case",
        "register_incident",
        "amend_incident",
        "register_tracing_request",
        "amend_tracing_request",
        "register_family",
        "amend_family",
        "register_registry_record",
        "amend_registry_record",
        "let_answers_go",
        "link_incidents",
        "assign_case",
        "refer_case",
        "transfer_case",
        "request_transfer",
        "answer_transition",
        "revoke_transition",
        "register_consent",
        "withdraw_consent",
        "request_approval",
        "answer_approval",
        "withdraw_approval",
        "raise_flag",
        "amend_flag",
        "resolve_flag",
        "attach_file",
        "amend_file",
        "detach_file",
    ]
    arguments: dict[str, Any] = Field(
        description="``case_id`` (or ``record_id``), ``values``, perhaps ``record_action``"
    )
    at: Moment | None = None
    base: dict[str, Any] | None = Field(None, description="``revision`` and ``values`` that she saw")
    if_match: int | None = None
    depends_on: list[str] = []


class Delivery(Asking):
    """What a worker did on her device, in her order."""

    items: list[Any] = Field(
        max_length=MOST_ITEMS,
        description="each is judged by itself, also one that has not this shape",
        json_schema_extra={"items": DeliveryItem.model_json_schema()},
    )
    device_time: str | None = Field(None, max_length=40, description="what the device's clock shows while it sends")
    account: str | None = Field(
        None, max_length=40, description="the id of who did it: in another's session nothing is done (409)"
    )
    records: bool = Field(False, description="tell how each record stands after its last accepted item")


class DeliveredItem(Shape):
    """What became of one item, in the order in which they were sent."""

    id: str
    outcome: Literal["accepted", "refused", "held"]
    record: str | None
    replayed: bool
    revision: int | None = None
    incomplete: list[Missing] | None = None
    notices: list[Ignored] | None = None
    current: SyncRecord | None = Field(None, description="the record as it stands now, when that was asked for")
    errors: list[Error] | None = None
    because: str | None = Field(None, description="the id of the item that it waits for")


class DeliveryClock(Shape):
    """The device's clock beside the server's; ``skew_seconds`` is what must be added to the device's."""

    server_time: Moment
    skew_seconds: int | None
    skew_notable: bool
    epoch: int
    configuration: int


class Quarantined(Shape):
    """Answers that somebody wrote who no longer held the case."""

    id: str
    author: str
    author_full_name: str
    written_at: Moment
    received_at: Moment
    answers: dict[str, Any]
    withheld: int = Field(description="answers that are not hers to read")


class Resolve(Asking):
    """What the owner decides."""

    resolution: Literal["take_over", "put_aside"]
    fields: list[str] | None = Field(None, description="only these answers are taken over")


class Resolved(Shape):
    """What was decided."""

    id: str
    resolution: Literal["take_over", "put_aside"]
    revision: int


class HandoverWaiting(Shape):
    """Work that a device handed over and that waits for a decision."""

    id: str
    item: str
    author: str
    author_full_name: str
    device: str
    action: str | None
    record: str | None
    state: Literal["waiting", "unreadable"]
    written_at: Moment
    received_at: Moment
    answers: dict[str, Any]
    withheld: int = Field(description="answers that are not hers to read")


class ResolveHandover(Asking):
    """What is decided on work that a device handed over."""

    resolution: Literal["take_over", "put_aside"]


class HandoverDecided(Shape):
    """What was decided."""

    id: str
    state: Literal["delivered", "put_aside"]
    record: str | None
