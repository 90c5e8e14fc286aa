"""A record as this viewer may read it, and empty forms, as PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from cpims.access.rules.viewer import Viewer
from cpims.exports.formats.typeset import typeset
from cpims.exports.queries.words import words_for
from cpims.exports.rules.blanks import blank_section
from cpims.exports.rules.casefile import case_sections
from cpims.exports.rules.refusals import PrintInvalid
from cpims.exports.rules.words import Words, answer_text
from cpims.forms.queries.catalogue import served_forms
from cpims.lib.clock import today
from cpims.lib.errors import Problem
from cpims.records.models import Record
from cpims.records.queries.lending import eyes_on
from cpims.records.queries.reading import served
from cpims.settings.models import Instance
from cpims.settings.queries import Decided, settings_at

Form = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What somebody wants on paper; nothing said is: her language, its calendar, every section of hers."""

    locale: str | None = None
    calendar: str | None = None
    forms: tuple[str, ...] | None = None
    module: str | None = None
    record_type: str = "case"


def record_paper(*, record: Record, viewer: Viewer, asked: Asked, at: datetime) -> bytes:
    """A record on paper. Whoever calls has made sure that she may see and print it, and writes down that she did.

    Raises: PrintInvalid, ScriptWithoutFont.
    Shows: her sections and readable answers, hidden names masked; the code of the record, never a name, on each page.
    """
    decided = settings_at(viewer.configuration)
    every, nested = _forms(decided)
    opened = eyes_on(record, viewer).form_access
    hers = [
        form
        for form in every
        if form["parent_form"] == record.kind
        and form["visible"]
        and form["unique_id"] in opened
        and record.module in form["module_ids"]
    ]
    forms = _chosen(hers, asked.forms)
    answers = served(record, viewer, today=today(decided.time_zone, at))
    words = words_for(
        locale=_locale(asked, viewer, decided),
        calendar=asked.calendar,
        decided=decided,
        forms=forms,
        nested=nested,
        answers=answers,
    )
    filled = case_sections(forms, nested, answers, words)
    empty = words.say("print.empty_sections", sections=words.join(filled.empty)) if filled.empty else ""
    paper = _page(words, viewer, at) | {
        "kind": "case",
        "title": words.say(f"print.code.{record.kind}", code=record.display_id),
        "head": words.say(f"print.code.{record.kind}", code=record.display_id),
        "heading": words.say(f"print.file.{record.kind}"),
        "facts": _facts(record, answers, words),
        "note": "" if filled.sections else words.say("print.nothing"),
        "sections": filled.sections,
        "empty": empty,
        "confidential": words.say("print.confidential"),
    }
    return typeset(paper, at=at, folders=(settings.ENVIRONMENT.data / "fonts",))


def blank_paper(*, viewer: Viewer, asked: Asked, at: datetime) -> bytes:
    """Empty forms to be filled in by hand: those named, else those she may fill (all, if she looks after them).

    Raises: PrintInvalid, ScriptWithoutFont.
    """
    decided = settings_at(viewer.configuration)
    every, nested = _forms(decided)
    visible = [
        form
        for form in every
        if form["visible"]
        and form["parent_form"] == asked.record_type
        and (asked.module is None or asked.module in form["module_ids"])
    ]
    if asked.forms is None and not viewer.may_any("metadata", "manage", "manage_restricted"):
        visible = [form for form in visible if viewer.form_access.get(form["unique_id"]) == "rw"]
    words = words_for(locale=_locale(asked, viewer, decided), calendar=asked.calendar, decided=decided)
    sections = [blank_section(form, nested, words) for form in _chosen(visible, asked.forms)]
    sections = [section for section in sections if section["blocks"]]
    if not sections:
        raise PrintInvalid([Problem("/forms", "print.no_form")])
    paper = _page(words, viewer, at) | {
        "kind": "blank",
        "title": words.say("print.form.title"),
        "head": words.say("print.form.version", number=decided.configuration),
        "heading": words.say("print.form.title"),
        "facts": [],
        "note": words.say("print.form.how"),
        "by": [words.say("print.form.case"), words.say("print.form.by"), words.say("print.form.on")],
        "sections": sections,
        "empty": "",
        "confidential": words.say("print.form.confidential"),
    }
    return typeset(paper, at=at, folders=(settings.ENVIRONMENT.data / "fonts",))


def _forms(decided: Decided) -> tuple[list[Form], dict[int, Form]]:
    every = served_forms(decided.configuration, decided.locales)
    return [form for form in every if not form["is_nested"]], {form["id"]: form for form in every if form["is_nested"]}


def _chosen(forms: Sequence[Form], names: tuple[str, ...] | None) -> list[Form]:
    """The forms that were named; a form that is not hers looks like none.

    Raises: PrintInvalid.
    """
    if names is None:
        return list(forms)
    known = {form["unique_id"] for form in forms}
    unknown = [
        Problem(f"/forms/{place}", "print.form_unknown", {"form": name[:80]})
        for place, name in enumerate(names)
        if name not in known
    ]
    if unknown:
        raise PrintInvalid(unknown)
    return [form for form in forms if form["unique_id"] in names]


def _locale(asked: Asked, viewer: Viewer, decided: Decided) -> str:
    if asked.locale is not None:
        return asked.locale
    return viewer.locale if viewer.locale in decided.locales else decided.default_locale


def _page(words: Words, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """What stands on every page."""
    here = at.astimezone(ZoneInfo(words.zone))
    demo = Instance.objects.values_list("kind", flat=True).get() == "demo"
    return {
        "lang": words.locale.partition("-")[0],
        "rtl": words.rtl,
        "watermark": words.say("print.demo") if demo else None,
        "page": words.say("print.page"),
        "printed": words.say(
            "print.printed",
            name=viewer.full_name,
            user=viewer.user_name,
            day=words.day(here.date()),
            time=f"{here:%H:%M}",
            zone=words.zone,
        ),
    }


def _facts(record: Record, answers: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """What identifies the file and says how fresh it is."""
    status = {"type": "select_box", "option_strings_source": "lookup lookup-case-status"}
    changed = record.last_updated_at.astimezone(ZoneInfo(words.zone))
    told = [
        ("print.fact.code" if record.kind == "case" else "print.fact.number", record.display_id),
        ("print.fact.status", answer_text(status, answers.get("status"), words)),
        ("print.fact.worker", str(answers.get("owned_by") or "")),
        ("print.fact.changed", words.say("print.moment", day=words.day(changed.date()), time=f"{changed:%H:%M}")),
    ]
    return [{"label": words.say(key), "text": words.run(text)} for key, text in told if text]
