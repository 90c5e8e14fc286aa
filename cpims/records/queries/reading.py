"""A record as a viewer may read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.forms.queries.viewers import FORM_BOUND
from cpims.lib.clock import iso
from cpims.records.models import Record, state_readers
from cpims.records.queries.companions import COMPANIONS, Laid, companions_of, laid_over
from cpims.records.queries.files import FILE_FIELDS, SIGNATURE, add_files
from cpims.records.queries.lending import eyes_on, readable_of
from cpims.records.queries.setup import decided_of, readable_fields, setup_of
from cpims.records.rules.kinds import KINDS, MASK, Kind
from cpims.records.rules.precision import age_on
from cpims.records.rules.refusals import RecordNotFound

ALWAYS = frozenset({"flag_count", "alert_count", "record_in_scope"})


#: State columns that hold a moment.
MOMENTS = frozenset({"created_at", "last_updated_at"})


def get_record(*, kind: str, record_id: UUID | None, viewer: Viewer, action: str = "read") -> Record:
    """One record in the viewer's sight.

    Raises: Forbidden, RecordNotFound.
    """
    require(viewer, kind, action)
    found = None
    if record_id is not None:
        found = Record.objects.visible_to(viewer).of_kind(kind).filter(pk=record_id).first()
    if found is None:
        raise RecordNotFound
    return found


def served(
    record: Record,
    viewer: Viewer,
    *,
    today: date,
    names: Collection[str] | None = None,
    whole: bool = True,
    in_sight: bool = False,
    laid: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A record as the API shows it to this viewer: readable names only (of ``names``, when given), hidden names masked.

    ``whole=False`` reads the list projection instead of the answers; ``in_sight`` says that it was found by
    ``visible_to``, so that nobody needs to ask again. ``laid`` is what companions lay over it, where that was asked for
    many at once.
    """
    if laid is None:
        laid = assembled([record], viewer, names).get(record.id, {}) if whole else {}
    own, viewer = viewer, eyes_on(record, viewer)
    shown = shown_of(viewer, record.kind, record.module, None if names is None else frozenset(names))
    allowed, data = shown.names, record.data if whole else record.row
    values = {name: value for name, value in data.items() if name in allowed}
    if whole:
        computed = shown.kind.computed(data, record.state)
        values |= {
            name: iso(value) if isinstance(value, datetime) else value
            for name, value in computed.items()
            if name in allowed
        }
        if shown.due:
            due = shown.kind.due(data, decided_of(viewer.configuration))[1]
            values |= {name: value for name, value in due.items() if name in allowed}
    for name, read in shown.columns:
        values[name] = read(record)
    beside = allowed if whole else allowed - shown.kind.links.keys()  # a link is shown where its other end is looked at
    values |= {name: value for name, value in record.state.items() if name in beside}
    values |= {name: value for name, value in laid.items() if name in allowed}
    out = {name: value for name, value in values.items() if value is not None}
    if whole:
        out |= {name: None for name, value in data.items() if value is None and name in allowed and name not in out}
    _add_computed(out, record, shown, viewer, today, in_sight)
    if record.hidden_name:
        mask(out, record, viewer, shown.kind)
    out |= {"id": str(record.id), "enabled": record.record_state, "last_updated_at": iso(record.last_updated_at)}
    if viewer is not own and whole and names is None:
        out |= _permitted(viewer, record.kind)
    return out


def served_all(
    records: Sequence[Record],
    viewer: Viewer,
    *,
    today: date,
    names: Collection[str] | None = None,
    whole: bool = True,
    in_sight: bool = False,
) -> list[dict[str, Any]]:
    """Records as :func:`served` shows each of them; what companions lay over them is asked for once."""
    laid = assembled(records, viewer, names) if whole else {}
    return [
        served(
            one, viewer, today=today, names=names, whole=whole, in_sight=in_sight, laid=laid.get(one.id, {})
        )
        for one in records
    ]  # fmt: skip


def assembled(records: Sequence[Record], viewer: Viewer, names: Collection[str] | None) -> Laid:
    """What companions lay over these records of the names that the viewer is shown."""
    laid: dict[UUID, Mapping[str, Any]] = {}
    wanted = None if names is None else frozenset(names)
    for kind in sorted({record.kind for record in records if COMPANIONS.get(record.kind)}):
        ours = [record for record in records if record.kind == kind]
        shown = (shown_of(eyes_on(record, viewer), kind, record.module, wanted).names for record in ours)
        laid |= laid_over(ours, viewer, companions_of(kind, frozenset[str]().union(*shown)))
    return laid


def _permitted(viewer: Viewer, kind: str) -> dict[str, Any]:
    """Which forms were lent to her for this record, for whoever draws it."""
    return {
        "permitted_forms": dict(viewer.form_access),
        "permitted_form_actions": {kind: sorted(viewer.permissions.get(kind, frozenset()) & FORM_BOUND)},
    }


def _moment(name: str) -> Callable[[Record], str]:
    return lambda record: iso(getattr(record, name))


@dataclass(frozen=True)
class Shown:
    """What a viewer is shown of records of a kind and module, made ready: it is the same for every row of a list."""

    kind: Kind
    names: frozenset[str]
    columns: tuple[tuple[str, Callable[[Record], Any]], ...]
    always: tuple[str, ...]
    #: Questions for photos, sounds, papers and signatures, each with its type.
    files: tuple[tuple[str, str], ...]
    #: Are days among them on which something is due?
    due: bool


@lru_cache(maxsize=8192)
def shown_of(viewer: Viewer, kind: str, module: str, names: frozenset[str] | None) -> Shown:
    """The names (of ``names``, when given) that this viewer may read, and where their values stand."""
    readable = readable_fields(viewer, kind, module)
    shown = readable if names is None else readable & names
    fields = setup_of(viewer.configuration, kind).fields
    typed = {name: fields[name]["type"] for name in sorted(shown) if name in fields}
    return Shown(
        kind=KINDS[kind],
        names=shown,
        columns=tuple(
            (name, _moment(name) if name in MOMENTS else read)
            for name, read in state_readers(kind).items()
            if name in shown
        ),
        always=tuple(sorted(ALWAYS & shown)),
        files=tuple((name, sort) for name, sort in typed.items() if sort in FILE_FIELDS or sort == SIGNATURE),
        due=not shown.isdisjoint(KINDS[kind].due_names),
    )


def _add_computed(
    out: dict[str, Any], record: Record, shown: Shown, viewer: Viewer, today: date, in_sight: bool
) -> None:
    if "name" in shown.names:
        out["name"] = record.name
    if "age" in shown.names and record.birth_on is not None:
        out["age"] = age_on(record.birth_on, today)
    for name in shown.always:
        out[name] = in_sight or record.is_visible_to(viewer) if name == "record_in_scope" else getattr(record, name)
    if shown.files or "photo" in shown.names:
        add_files(out, record, viewer, shown.files, with_photo="photo" in shown.names)


def mask(out: dict[str, Any], record: Record, viewer: Viewer, kind: Kind) -> None:
    """Put asterisks where the child's names are hidden from this viewer."""
    if not record.hidden_name:
        return
    if "name" in out:
        out["name"] = MASK
    if record.is_masked_for(viewer):
        for name in kind.masked_fields & out.keys():
            if out[name] is not None:
                out[name] = MASK


def incomplete_for(record: Record, viewer: Viewer) -> list[dict[str, Any]]:
    """What is still missing on a record, as far as this viewer may read it."""
    readable = readable_of(record, viewer)
    return [entry for entry in record.incomplete if top_of(entry["pointer"]) in readable]


def top_of(pointer: str) -> str:
    """The field that a pointer lies in."""
    return pointer.split("/", 2)[1] if pointer.startswith("/") else pointer


def record_ids(records: Iterable[Record]) -> list[UUID]:
    """The ids of records, for the book of sightings."""
    return [record.id for record in records]
