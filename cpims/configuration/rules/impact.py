"""Whom and what a change of the configuration touches: what has to be counted, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cpims.configuration.rules.differing import CHANGED, REMOVED, Change, Named
from cpims.configuration.rules.telling import called
from cpims.forms.rules.options import lookup_of
from cpims.lib.json import dumps
from cpims.lib.messages import sentence

Said = Mapping[str, Any]
#: Where an answer lies in a record: the question, or the rows and the question in them.
Path = tuple[str, ...]
#: Properties of a role with which its holders see or do something else.
ROLE_RIGHTS: Final = ("permissions", "group_permission", "disabled", "module_unique_ids")


@dataclass(frozen=True)
class Touched:
    """What one change touches: records with an answer at one of the paths (``value``: this very answer), holders of
    a role, members of a team or agency, records of a part of the work, or everybody."""

    kind: str
    thing: Named
    within: Named | None = None
    record_kind: str = ""
    paths: tuple[Path, ...] = ()
    value: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Impact:
    """How many records, people or saved lists a change touches; ``exact`` is false when only so many were looked at."""

    kind: str
    counted: str
    count: int
    exact: bool = True
    thing: Named = field(default_factory=lambda: Named(""))
    within: Named | None = None


def touched(changes: Sequence[Change], before: Said, after: Said) -> list[Touched]:
    """What has to be counted for these changes, each thing once."""
    found = [one for change in changes for one in _touched(change, before, after)]
    return list(
        {(one.kind, one.thing.id, one.within.id if one.within else "", one.value): one for one in found}.values()
    )


def _touched(change: Change, before: Said, after: Said) -> Iterator[Touched]:
    kind, gone = change.kind, change.action == REMOVED
    off = gone or (change.action == CHANGED and change.property == "disabled" and change.after is True)
    if kind == "field" and gone and change.within:
        yield from _fields(change, before, [change.thing.id], change.within.id, "field_removed")
    elif kind == "form" and gone:
        names = [entry["name"] for entry in before["forms"][change.thing.id]["fields"]]
        yield from _fields(change, before, names, change.thing.id, "form_removed")
    elif kind in ("option", "field_option") and off and change.within:
        yield from _options(change, before)
    elif kind == "role" and (off or change.property.partition("/")[0] in ROLE_RIGHTS):
        yield Touched("role_removed" if off else "role_changed", change.thing, names=(change.thing.id,))
    elif (
        kind == "grant" and change.within and change.action in (REMOVED, CHANGED) and change.within.id in after["roles"]
    ):
        yield Touched("grant_changed", change.within, change.thing, names=(change.within.id,))
    elif kind in ("user_group", "agency", "location") and off:
        yield Touched(f"{kind}_removed", change.thing, names=(change.thing.id,))
    elif kind == "module" and gone:
        yield Touched("module_removed", change.thing, names=(change.thing.id,))
    elif kind == "conduct":
        yield Touched("conduct_changed", Named(""))


def _fields(change: Change, before: Said, names: Sequence[str], form: str, kind: str) -> Iterator[Touched]:
    """Answers that no form asks for any more; those that another form of the same kind of record asks for stay in sight."""
    paths = tuple(path for name in names for path in paths_of(before, form, name))
    record_kind = before["forms"][form].get("parent_form", "")
    searched = () if before["forms"][form].get("is_nested") else tuple(names)
    if paths:
        yield Touched(kind, change.thing, change.within, record_kind=record_kind, paths=paths, names=searched)


def _options(change: Change, before: Said) -> Iterator[Touched]:
    """Answers that hold an option which is taken out, in every question that offers it."""
    assert change.within is not None
    asked: dict[str, list[Path]] = {}
    for name, form in before["forms"].items():
        for entry in form["fields"]:
            own = change.form is not None and name == change.form.id and entry["name"] == change.within.id
            if own or (change.form is None and lookup_of(entry) == change.within.id):
                asked.setdefault(form.get("parent_form", ""), []).extend(paths_of(before, name, entry["name"]))
    for record_kind, paths in asked.items():
        yield Touched(
            "option_removed", change.thing, change.within,
            record_kind=record_kind, paths=tuple(dict.fromkeys(paths)), value=change.thing.id,
        )  # fmt: skip


def paths_of(document: Said, form: str, name: str) -> list[Path]:
    """Where the answers to a question lie: under its name, or in the rows of every question that shows its form."""
    if not document["forms"][form].get("is_nested"):
        return [(name,)]
    return [
        (*path, name)
        for above, said in document["forms"].items()
        for entry in said["fields"]
        if entry.get("subform_unique_id") == form and entry.get("type") == "subform" and above != form
        for path in paths_of(document, above, entry["name"])
    ]


def json_path(path: Path, value: str | None) -> str:
    """The way to an answer as PostgreSQL walks it; rows and lists of answers are opened on the way."""
    way = "$" + "".join(f".{dumps(step).decode()}" for step in path)
    return f"{way} ? (@ != null)" if value is None else f"{way} ? (@ == {dumps(value).decode()})"


def told(impact: Impact, locale: str) -> str:
    """The sentence about what a change touches, in a language."""
    count = str(impact.count)
    if not impact.exact:
        count = sentence(locale, "configuration.impact.at_least", count=count)
    counted = sentence(locale, f"configuration.impact.counted.{impact.counted}", count=count)
    gaps = {"name": called(impact.thing, locale), "within": called(impact.within, locale) if impact.within else ""}
    return sentence(locale, "configuration.impact.told", what=sentence(
        locale, f"configuration.impact.{impact.kind}", **gaps), counted=counted)  # fmt: skip


def searched(asked: Iterable[Touched]) -> set[str]:
    """The questions that lists somebody saved may name."""
    return {name for one in asked if one.kind in ("field_removed", "form_removed") for name in one.names}
