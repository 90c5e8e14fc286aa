"""Every question of a pack, and of the packs that it stands on, by where it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cpims.configuration.formats.packs import Item, Pack
from cpims.configuration.rules.reach import Answer, answer_of
from cpims.forms.rules.options import lookup_of


@dataclass(frozen=True)
class Question:
    """A field on a form; ``own`` if the pack brings it that is being looked at."""

    place: str
    form: Mapping[str, Any]
    entry: Mapping[str, Any]
    own: bool

    @property
    def name(self) -> str:
        """The key of its answer."""
        return str(self.entry["name"])

    @property
    def asked(self) -> bool:
        """Does a worker see it as a question?"""
        return self.entry["type"] != "separator" and self.entry.get("visible", True) and self.form_shown

    @property
    def filled(self) -> bool:
        """Does the program fill it in, whether it is shown or not?"""
        entry = self.entry
        return bool(entry.get("disabled") or entry.get("calculation") or entry.get("subform_summary"))

    @property
    def form_shown(self) -> bool:
        """Is its form shown at all? Forms of rows are shown by their fields."""
        return bool(self.form.get("is_nested") or self.form.get("visible", True))


@dataclass(frozen=True)
class World:
    """What stands once all packs are loaded, one after the other; the last one is being looked at."""

    packs: Sequence[Pack]
    top: Mapping[str, Sequence[Question]]
    rows: Mapping[str, Sequence[Question]]
    options: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def pack(self) -> Pack:
        """The pack that is being looked at."""
        return self.packs[-1]

    def own(self) -> Iterator[Question]:
        """The questions of the pack that is being looked at."""
        for questions in (*self.top.values(), *self.rows.values()):
            yield from (question for question in questions if question.own)

    def options_of(self, entry: Mapping[str, Any]) -> Sequence[Mapping[str, Any]] | None:
        """The options of a field; nothing when they do not stand in a list of the packs."""
        lookup = lookup_of(entry)
        if lookup is not None:
            return self.options.get(lookup)
        return None if entry.get("option_strings_source") else entry.get("option_strings_text")

    def answers(self, kind: str) -> dict[str, Answer]:
        """What the answers to the questions of a record type can be."""
        return self._answers(self.top.get(kind, ()))

    def row_answers(self, form: str) -> dict[str, Answer]:
        """What the answers inside a row can be."""
        return self._answers(self.rows.get(form, ()))

    def _answers(self, questions: Sequence[Question]) -> dict[str, Answer]:
        found: dict[str, Answer] = {}
        for question in questions:
            options = self.options_of(question.entry)
            ids = None if options is None else [str(option["id"]) for option in options]
            found.setdefault(question.name, answer_of(question.entry, ids))
        return found


def world_of(packs: Sequence[Pack]) -> World:
    """Everything that the packs bring together; a later pack's form or list takes the place of an earlier one's."""
    forms: dict[str, tuple[Item, bool]] = {}
    options: dict[str, Sequence[Mapping[str, Any]]] = {}
    for pack in packs:
        for item in pack.forms:
            forms[item.data["unique_id"]] = (item, pack is packs[-1])
        options |= {item.data["unique_id"]: item.data["values"] for item in pack.lookups}
    top: dict[str, list[Question]] = {}
    rows: dict[str, list[Question]] = {}
    for item, own in forms.values():
        form = item.data
        found = [Question(f"{item.place}/fields/{n}", form, entry, own) for n, entry in enumerate(form["fields"])]
        if form.get("is_nested"):
            rows[form["unique_id"]] = found
        else:
            top.setdefault(form["parent_form"], []).extend(found)
    return World(packs, top, rows, options)
