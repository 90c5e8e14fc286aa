"""The texts behind the codes in a record's answers, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cpims.accounts.models import Agency
from cpims.exports.rules.refusals import PrintInvalid
from cpims.exports.rules.words import PLACES, Words
from cpims.forms.queries.bootstrap import RIGHT_TO_LEFT
from cpims.lib.calendars import calendar_of_language
from cpims.lib.errors import Problem
from cpims.locations.models import Location
from cpims.lookups.queries import served_lookups
from cpims.settings.queries import Decided

Form = Mapping[str, Any]


def words_for(
    *,
    locale: str,
    calendar: str | None,
    decided: Decided,
    forms: Iterable[Form] = (),
    nested: Mapping[int, Form] | None = None,
    answers: Mapping[str, Any] | None = None,
) -> Words:
    """How things are said to this reader; places and agencies only as far as the answers name them.

    Raises: PrintInvalid for a language that this instance does not have.
    """
    if locale not in decided.locales:
        raise PrintInvalid([Problem("/locale", "print.locale_unknown", {"locale": locale[:20]})])
    lookups = served_lookups(decided.configuration, decided.locales)
    named: dict[str, set[str]] = {"place": set(), "agency": set()}
    for form in forms:
        _gather(form, nested or {}, answers or {}, named)
    shape = Words(
        locale=locale,
        fallback=decided.default_locale,
        rtl=locale in RIGHT_TO_LEFT,
        calendar=calendar or calendar_of_language(locale),
        zone=decided.time_zone,
        options={lookup["unique_id"]: lookup["values"] for lookup in lookups},
        places={},
        agencies={},
    )
    return Words(
        **{**shape.__dict__, "places": _places(named["place"], shape), "agencies": _agencies(named["agency"], shape)}
    )


def named_in(
    fields: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], words: Words
) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of the places and agencies that answers name."""
    named: dict[str, set[str]] = {"place": set(), "agency": set()}
    _gather({"fields": list(fields)}, {}, answers, named)
    return _places(named["place"], words), _agencies(named["agency"], words)


def _gather(form: Form, nested: Mapping[int, Form], answers: Mapping[str, Any], named: dict[str, set[str]]) -> None:
    for field in form["fields"]:
        value = answers.get(field["name"])
        source = field.get("option_strings_source")
        if value is None:
            continue
        if field["type"] == "subform" and isinstance(value, list):
            rows = nested.get(field.get("subform_section_id") or 0)
            for row in value if rows is not None else ():
                if isinstance(row, Mapping) and rows is not None:
                    _gather(rows, nested, row, named)
        elif source in PLACES or source == "Agency":
            codes = value if isinstance(value, list) else [value]
            named["agency" if source == "Agency" else "place"].update(code for code in codes if isinstance(code, str))


def _places(codes: set[str], words: Words) -> dict[str, str]:
    """Each place with the places it lies in, the smallest first."""
    if not codes:
        return {}
    paths = dict(Location.objects.filter(code__in=codes).values_list("code", "hierarchy"))
    around = {code for path in paths.values() for code in path}
    names = {
        code: words.pick(placename) or code
        for code, placename in Location.objects.filter(code__in=around | codes).values_list("code", "placename")
    }
    return {
        code: words.join([names.get(step, step) for step in reversed([*(s for s in path if s != code), code])])
        for code, path in paths.items()
    }


def _agencies(codes: set[str], words: Words) -> dict[str, str]:
    if not codes:
        return {}
    rows = Agency.objects.filter(unique_id__in=codes).values_list("unique_id", "name")
    return {unique_id: words.pick(name) or unique_id for unique_id, name in rows}
