"""Fields made ready for checking many records: conditions compiled once, names indexed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from cpims.forms.rules.calculations import Plan, tally_items
from cpims.forms.rules.conditions import Condition
from cpims.forms.rules.options import inline_options, lookup_of
from cpims.forms.rules.visibility import compile_container

#: Types that no record body carries: files travel by themselves, headings hold nothing.
NOT_WRITABLE: Final = frozenset(
    [
        "photo_upload_box",
        "audio_upload_box",
        "document_upload_box",
        "signature",
        "separator",
        "date_range",
        "custom",
        "link_to_form",
    ]
)
_ONLY_BOOLEANS: Final = frozenset({"true", "false"})


@dataclass(frozen=True, slots=True)
class CompiledField:
    """One field as the checks need it."""

    name: str
    type: str
    writable: bool
    multiple: bool
    with_time: bool
    not_future: bool
    phone: bool
    is_age: bool
    asked: bool
    """Required while shown: required, visible and enabled."""
    visible: bool
    by_record: Condition | None
    by_row: Condition | None
    lookup: str | None
    inline: frozenset[str] | None
    inline_booleans: bool
    items: frozenset[str]
    rows: CompiledFields | None
    broken: str | None

    def shown(self, record: Mapping[str, Any], row: Mapping[str, Any] | None) -> bool:
        """Is the field shown, on the whole record and row?"""
        return (self.by_record is None or self.by_record(record)) and (
            row is None or self.by_row is None or self.by_row(row)
        )


@dataclass(frozen=True)
class CompiledFields:
    """The fields of a record or of a row, by name; a name on several forms counts once, the first form's."""

    by_name: Mapping[str, CompiledField]
    definitions: tuple[Mapping[str, Any], ...]

    @cached_property
    def calculations(self) -> Plan:
        """What these fields compute, in order."""
        return Plan(self.definitions)

    @cached_property
    def demanding(self) -> tuple[CompiledField, ...]:
        """Those that must be answered, or have rows in which something must be."""
        return tuple(
            f for f in self.by_name.values() if f.asked or (f.visible and f.rows is not None and f.rows.demanding)
        )

    @cached_property
    def problems(self) -> tuple[Mapping[str, str], ...]:
        """Broken conditions and calculations (``field``, ``code``), for whoever keeps the forms."""
        broken = [{"field": f.name, "code": f.broken} for f in self.by_name.values() if f.broken]
        return (*broken, *self.calculations.problems)


def compile_fields(fields: Sequence[Mapping[str, Any]] | CompiledFields) -> CompiledFields:
    """The fields made ready; do this once per configuration, not per record."""
    if isinstance(fields, CompiledFields):
        return fields
    by_name: dict[str, CompiledField] = {}
    definitions: list[Mapping[str, Any]] = []
    for field in fields:
        if field["name"] not in by_name:
            by_name[field["name"]] = compile_field(field)
            definitions.append(field)
    return CompiledFields(MappingProxyType(by_name), tuple(definitions))


def compile_field(field: Mapping[str, Any]) -> CompiledField:
    """One field made ready."""
    name, kind = str(field["name"]), str(field.get("type"))
    by_record, broken = compile_container(field.get("display_conditions_record"))
    by_row, broken_by_row = compile_container(field.get("display_conditions_subform"))
    options = inline_options(field)
    inline = None if options is None else frozenset(str(option.get("id")) for option in options)
    nested = field.get("subform")
    return CompiledField(
        name=name,
        type=kind,
        writable=kind not in NOT_WRITABLE and not field.get("subform_summary"),
        multiple=field.get("multi_select") is True,
        with_time=field.get("date_include_time") is True,
        not_future=field.get("date_validation") == "not_future_date",
        phone=field.get("phone_number") is True,
        is_age=name == "age" or name.endswith("_age"),
        asked=field.get("required") is True and field.get("visible") is not False and field.get("disabled") is not True,
        visible=field.get("visible") is not False and field.get("disabled") is not True,
        by_record=by_record,
        by_row=by_row,
        lookup=lookup_of(field),
        inline=inline,
        inline_booleans=inline == _ONLY_BOOLEANS,
        items=frozenset(tally_items(field)) | {"total"},
        rows=compile_fields(nested.get("fields") or ()) if kind == "subform" and isinstance(nested, Mapping) else None,
        broken=broken or broken_by_row,
    )
