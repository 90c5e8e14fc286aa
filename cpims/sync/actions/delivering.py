"""What devices deliver: each item is taken or refused on its own, once, in the order in which it was done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from cpims.access.rules.viewer import Viewer
from cpims.cases.actions import let_answers_go
from cpims.lib.errors import Refusal
from cpims.lib.json import canonical, dumps, loads, read_moment
from cpims.lib.request import by_device_clock
from cpims.records.actions.conflicts import let_record_answers_go
from cpims.records.actions.writing import Outcome, quarantine_answers
from cpims.records.queries.reading import incomplete_for
from cpims.records.rules.refusals import NoLongerYours, RecordNotFound
from cpims.sync.actions.families import KINSHIP
from cpims.sync.actions.filing import FILING
from cpims.sync.actions.incidents import OF_INCIDENTS
from cpims.sync.actions.receipts import deliver_once, kept_keys
from cpims.sync.actions.recording import AMENDING, RECORDING, REGISTERING, kind_here
from cpims.sync.actions.sharing import SHARING
from cpims.sync.actions.supervising import SUPERVISING
from cpims.sync.actions.tracing import DECIDING
from cpims.sync.models import Handover
from cpims.sync.queries.quarantine import lies_in_quarantine, quarantine_id_of
from cpims.sync.rules import Clock, Item, read_item, upcast
from cpims.sync.rules.handing_over import DELIVERED, WAITING

log = logging.getLogger("cpims.sync")
Act = Callable[[Item, Viewer, datetime], Outcome]


@dataclass(frozen=True)
class Delivered:
    """What became of one item: accepted, refused (and why), or held until the item that it rests on is accepted."""

    id: str
    outcome: Literal["accepted", "refused", "held"]
    record: UUID | None = None
    replayed: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None
    because: str = ""


def _let_go(item: Item, actor: Viewer, at: datetime) -> Outcome:
    kind = kind_here(item.record, actor)
    if kind == "case":
        return let_answers_go(case_id=item.record, values=item.values, actor=actor, at=at)
    return let_record_answers_go(kind=kind, record_id=item.record, values=item.values, actor=actor, at=at)


#: The acts that a device may deliver, by their name in the catalogue of acts. A new one joins here.
ACTS: dict[str, Act] = {
    **RECORDING,
    "let_answers_go": _let_go,
    **SHARING,
    **SUPERVISING,
    **FILING,
    **KINSHIP,
    **OF_INCIDENTS,
    **DECIDING,
}
#: Those that make a record: when one is refused, whatever else was done to that record is held.
MAKES = REGISTERING | {"create_case_from_member"}
#: Those whose values are answers: out of sight, they are kept for the record's owner.
ANSWERS = AMENDING | {"let_answers_go"}


def deliver_items(*, items: Sequence[Any], clock: Clock, actor: Viewer, at: datetime) -> list[Delivered]:
    """Do what a worker did on her device, item by item in her order; one that is refused stops only those that rest on it.

    Each item is a transaction of its own, done once for its id; the time that her device told is kept in the book beside ours.
    """
    results: list[Delivered] = []
    here = {sent["id"] for sent in items if isinstance(sent, dict) and isinstance(sent.get("id"), str)}
    done = set(kept_keys(_named_elsewhere(items, here), actor=actor))
    unmade: dict[UUID, str] = {}
    for sent in items:
        found = _deliver(sent, done, unmade, clock, actor, at)
        results.append(found)
        if found.outcome == "accepted":
            done.add(found.id)
            unmade.pop(found.record, None) if found.record else None
        elif found.record is not None and isinstance(sent, dict) and sent.get("action") in MAKES:
            unmade[found.record] = found.id
    accepted = [found.id for found in results if found.outcome == "accepted"]
    if accepted:
        # Handed over earlier by a device that she has, after all, got back.
        waiting = Handover.objects.filter(user_id=actor.user_id, item__in=accepted, state=WAITING)
        waiting.update(state=DELIVERED, sealed=None, resolved_by=actor.user_name, resolved_at=at)
    return results


def _named_elsewhere(items: Sequence[Any], here: set[str]) -> set[str]:
    named: set[str] = set()
    for sent in items:
        listed = sent.get("depends_on") if isinstance(sent, dict) else None
        if isinstance(listed, list):
            named |= {key for key in listed if isinstance(key, str)}
    return {key for key in named - here if "\x00" not in key}


def _deliver(
    sent: Any, done: set[str], unmade: dict[UUID, str], clock: Clock, actor: Viewer, at: datetime
) -> Delivered:
    try:
        sent = upcast(sent) if isinstance(sent, dict) else sent
        item = read_item(sent, ACTS)
    except Refusal as refusal:
        key = sent.get("id") if isinstance(sent, dict) else None
        return Delivered(key if isinstance(key, str) else "", "refused", refusal=refusal)
    waits_for = next((key for key in item.depends_on if key not in done), "")
    if not waits_for and item.action not in MAKES:
        waits_for = unmade.get(item.record, "")
    if waits_for:
        return Delivered(item.id, "held", item.record, because=waits_for)
    happened = clock.happened(read_moment(item.told_at), now=at)
    try:
        with by_device_clock(item.told_at, clock.seconds):
            return _once(item, sent, actor, happened)
    except Refusal as refusal:
        return Delivered(item.id, "refused", item.record, refusal=refusal)
    except Exception:
        log.exception("an item of a delivery failed")
        return Delivered(item.id, "refused", item.record, because="unexpected")


def _once(item: Item, sent: Any, actor: Viewer, at: datetime) -> Delivered:
    def act() -> tuple[int, bytes]:
        # Told as kept for the owner, it stays so: the record may have come back before the network repeats the request.
        if item.action in ANSWERS and lies_in_quarantine(item, actor):
            raise NoLongerYours
        return 200, dumps(_told(ACTS[item.action](item, actor, at), actor))

    request = canonical({name: value for name, value in sent.items() if name != "depends_on"})
    try:
        (_, body), again = deliver_once(key=item.id, request=request, actor=actor, act=act)
    except RecordNotFound:
        if item.action not in ANSWERS:
            raise
        quarantine_answers(
            record_id=item.record, values=item.values, actor=actor, at=at, quarantine_id=quarantine_id_of(item, actor)
        )
        raise
    return Delivered(item.id, "accepted", item.record, replayed=again, told=loads(body))


def _told(outcome: Outcome, actor: Viewer) -> dict[str, Any]:
    return {
        "revision": outcome.record.revision,
        "incomplete": incomplete_for(outcome.record, actor) if outcome.record.is_visible_to(actor) else [],
        "notices": [{"pointer": p.pointer, "code": p.code, "params": dict(p.params)} for p in outcome.notices],
    }
