"""A list as a spreadsheet: the rows that the list shows, in words, by the fields that the viewer reads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import IO, Any, cast
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.exports.formats.sheets import Cell, Sheet, write_sheet
from cpims.exports.queries.words import named_in, words_for
from cpims.exports.rules.words import PLACES, Words, answer_text, option_text
from cpims.lib.errors import Problem
from cpims.lib.json import read_moment
from cpims.records.queries.listing import find_records
from cpims.records.queries.setup import readable_fields, setup_of
from cpims.records.rules.kinds import KINDS
from cpims.records.rules.refusals import ListInvalid
from cpims.settings.queries import settings_at

#: Rows of one sheet; more is a matter for an export of its own.
MOST_ROWS, BATCH, MOST_COLUMNS = 50_000, 1_000, 60
#: What a list of cases shows, as far as she reads it.
COLUMNS = (
    "case_id_display name age sex registration_date created_at status workflow risk_level location_current owned_by "
    "owned_by_agency_id alert_count flag_count last_updated_at"
).split()
#: The same of every other kind, after what it is called and when it was registered.
COMMON = "created_at status owned_by owned_by_agency_id alert_count flag_count last_updated_at".split()
#: Names beside the forms that have words of their own.
OWN = frozenset((*COLUMNS, "short_id", "module_id", "date_closure", "created_by", "last_updated_by", "record_state"))
#: The number of a record of another kind, as people say it.
OWN |= {"incident_id_display", "tracing_request_id_display", "family_id_display", "registry_id_display"}
CHOSEN_FROM = {"status": "lookup lookup-case-status", "workflow": "lookup lookup-workflow"}
NUMBERS = frozenset({"numeric_field", "calculated"})


@dataclass
class ListSheet:
    """The bytes of a sheet, whose records stand on it, and in which columns."""

    file: IO[bytes]
    ids: list[UUID]
    columns: list[str]


def list_sheet(
    *,
    kind: str,
    viewer: Viewer,
    query: Mapping[str, Any],
    columns: Sequence[str] | None,
    locale: str | None,
    today: date,
) -> ListSheet:
    """A list as a spreadsheet: every row of it, page after page.

    Raises: Forbidden, ListInvalid for a name that cannot be used and for a list that is too long, PrintInvalid.
    Shows: records in sight, columns that she reads, hidden names masked.
    """
    require(viewer, kind, "export_xls")
    require(viewer, kind, "read")
    names = _columns(kind, viewer, columns)
    fields = setup_of(viewer.configuration, kind).fields
    decided = settings_at(viewer.configuration)
    language = locale or (viewer.locale if viewer.locale in decided.locales else decided.default_locale)
    words = words_for(locale=language, calendar="gregorian", decided=decided)
    asked = {name: value for name, value in query.items() if name not in ("page", "per", "after")}
    pages = _pages(kind, viewer, asked | {"fields": names}, today)
    first = next(pages)
    ids: list[UUID] = []

    def rows() -> Iterator[list[Cell]]:
        for page, found in _with_first(first, pages):
            ids.extend(found)
            texts = _with_places(words, fields, names, page)
            for row in page:
                yield [_cell(name, row.get(name), fields.get(name), texts) for name in names]

    heads = [_head(name, fields.get(name), words) for name in names]
    target = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 - handed to the reply, which closes it
    write_sheet(target, Sheet(words.say(f"list.sheet.{kind}"), words.rtl, heads), rows())
    target.seek(0)
    return ListSheet(target, ids, names)


Page = tuple[list[dict[str, Any]], list[UUID]]


def _with_first(first: Page, others: Iterator[Page]) -> Iterator[Page]:
    yield first
    yield from others


def _pages(kind: str, viewer: Viewer, query: dict[str, Any], today: date) -> Iterator[Page]:
    after: str | None = None
    total = 0
    while True:
        asked = query | {"after": after} if after else query
        found = find_records(kind=kind, viewer=viewer, query=asked, offset=0, per=BATCH, today=today)
        if found.ignored:
            raise ListInvalid(found.ignored)
        total += len(found.rows)
        if found.total > MOST_ROWS or total > MOST_ROWS:
            raise ListInvalid([Problem("", "list.too_long", {"most": MOST_ROWS})])
        yield found.rows, [record.id for record in found.records]
        after = found.after
        if after is None:
            return


def _columns(kind: str, viewer: Viewer, wanted: Sequence[str] | None) -> list[str]:
    fields = setup_of(viewer.configuration, kind).fields
    readable = readable_fields(viewer, kind, None) | {"last_updated_at"}
    if wanted is None:
        told = KINDS[kind]
        usual = COLUMNS if kind == "case" else ("short_id", told.called_by, told.dated_by, *COMMON)
        return list(dict.fromkeys(name for name in usual if name in readable and (name in OWN or name in fields)))
    names = list(dict.fromkeys(wanted))
    problems = [
        Problem(f"/columns/{place}", "list.column_unknown", {"name": name})
        for place, name in enumerate(names)
        if name not in readable or not (name in OWN or (name in fields and fields[name]["type"] != "subform"))
    ]
    if problems or not names or len(names) > MOST_COLUMNS:
        raise ListInvalid(problems or [Problem("/columns", "list.columns", {"most": MOST_COLUMNS})])
    return names


def _with_places(words: Words, fields: Mapping[str, Any], names: Sequence[str], page: list[dict[str, Any]]) -> Words:
    """The words with the places and agencies that these rows name."""
    named = [fields[n] for n in names if n in fields and fields[n].get("option_strings_source") in (*PLACES, "Agency")]
    if "owned_by_agency_id" in names and "owned_by_agency_id" not in fields:
        named.append({"name": "owned_by_agency_id", "type": "select_box", "option_strings_source": "Agency"})
    if not named:
        return words
    codes = {f["name"]: sorted({c for row in page for c in _codes(row.get(f["name"]))}) for f in named}
    places, agencies = named_in(named, codes, words)
    return replace(words, places=places, agencies=agencies)


def _codes(value: Any) -> list[str]:
    return [code for code in (value if isinstance(value, list) else [value]) if isinstance(code, str)]


def _head(name: str, field: Mapping[str, Any] | None, words: Words) -> str:
    text = words.pick(field.get("display_name")) if field else ""
    return text or words.say(f"list.column.{name}")


def _cell(name: str, value: Any, field: Mapping[str, Any] | None, words: Words) -> Cell:
    if value is None:
        return None
    if name in CHOSEN_FROM:
        return option_text({"option_strings_source": CHOSEN_FROM[name]}, str(value), words)
    if name == "owned_by_agency_id":
        return words.agencies.get(str(value), str(value))
    if isinstance(value, bool):
        return words.say("print.yes" if value else "print.no")
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str) and (field is None or field["type"] == "date_field") and (day := _day(value)):
        return day
    return answer_text(field, value, words) if field else words.join([str(v) for v in _listed(value)])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _day(value: str) -> date | None:
    moment = read_moment(value)
    return moment.date() if isinstance(moment, datetime) else None
