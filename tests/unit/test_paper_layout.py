"""What goes on paper: answers in words, sections in order, empty forms, and letters that are there."""

from __future__ import annotations

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest

from cpims.exports.formats import fonts
from cpims.exports.formats.fonts import PACKAGED, faces_in, fitted, letters_of
from cpims.exports.formats.typeset import typeset
from cpims.exports.rules.blanks import blank_section
from cpims.exports.rules.casefile import case_sections
from cpims.exports.rules.refusals import ScriptWithoutFont
from cpims.exports.rules.words import Words, answer_text, runs_right_to_left

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RISK = [
    {"id": "low", "display_text": {"en": "Low", "ar": "منخفضة"}},
    {"id": "old", "display_text": {"en": "Old word"}, "disabled": True},
]


def words(locale: str = "en", **more: Any) -> Words:
    given: dict[str, Any] = {
        "locale": locale,
        "fallback": "en",
        "rtl": locale == "ar",
        "calendar": "gregorian",
        "zone": "Africa/Nairobi",
        "options": {"lookup-risk": RISK},
        "places": {"KA01": "Tolma, Kaluna"},
        "agencies": {"agency-a": "Agency A"},
    }
    return Words(**given | more)


def field(name: str, kind: str = "text_field", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "display_name": {"en": name.title(), "ar": f"ع {name}"}, "visible": True} | more


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 1, "unique_id": "f", "name": {"en": "Form"}, "fields": list(fields)} | more


LOOKUP = {"option_strings_source": "lookup lookup-risk"}
TALLY = {"tally": [{"id": "boys", "display_text": {"en": "Boys"}}, {"id": "girls", "display_text": {"en": "Girls"}}]}


@pytest.mark.parametrize(
    ("asked", "value", "said"),
    [
        (field("a"), "  Noor ", "Noor"),
        (field("a"), None, ""),
        (field("a", "textarea"), "one\ntwo", "one\ntwo"),
        (field("a", "numeric_field"), 0, "0"),
        (field("a", "tick_box"), False, ""),
        (field("a", "tick_box"), True, "Yes"),
        (field("a", "tick_box", tick_box_label={"en": "Agreed"}), True, "Agreed"),
        (field("a", "select_box", **LOOKUP), "low", "Low"),
        (field("a", "select_box", **LOOKUP), "old", "Old word"),
        (field("a", "select_box", **LOOKUP), "gone", "gone"),
        (field("a", "select_box", multi_select=True, **LOOKUP), ["low", "old"], "Low, Old word"),
        (field("a", "select_box", multi_select=True, **LOOKUP), [], ""),
        (
            field("a", "radio_button", option_strings_text=[{"id": "true", "display_text": {"en": "True"}}]),
            True,
            "True",
        ),
        (field("a", "select_box", option_strings_source="Location"), "KA01", "Tolma, Kaluna"),
        (field("a", "select_box", option_strings_source="Agency"), "agency-a", "Agency A"),
        (field("a", "select_box", option_strings_source="User"), "amina", "amina"),
        (field("a", "date_field"), "2026-02-01", "1 February 2026"),
        (field("a", "date_field", date_include_time=True), "2026-02-01T22:15:00Z", "2 February 2026, 01:15"),
        (field("a", "date_field"), "not a day", "not a day"),
        (field("a", "calculated"), 3.5, "3.5"),
        (field("a", "calculated"), False, "No"),
        (field("a", "tally_field", **TALLY), {"boys": 2, "girls": None}, "Boys 2"),
        (field("a", "tally_field", autosum_total=True, **TALLY), {"boys": 2, "girls": 1}, "Boys 2, Girls 1, in all 3"),
        (field("a", "tally_field", **TALLY), {"boys": None}, ""),
        (field("a", "document_upload_box"), [], ""),
    ],
)
def test_an_answer_in_words(asked: dict[str, Any], value: Any, said: str) -> None:
    assert answer_text(asked, value, words()) == said


def test_days_are_named_by_the_readers_calendar() -> None:
    said = answer_text(field("a", "date_field"), "2026-02-01", words(calendar="ethiopic"))
    assert said != "1 February 2026"
    assert "2018" in said


def test_direction_is_that_of_the_first_letter() -> None:
    assert runs_right_to_left("نور Haddad")
    assert not runs_right_to_left("Noor حداد")
    assert not runs_right_to_left("+962 7 900")
    assert words("ar").run("+962 7 900") == "\u2068+962 7 900\u2069"
    assert words("ar").run("نور") == "نور"
    assert words("en").run("نور") == "\u2068نور\u2069"
    assert words("ar").say("print.code.case", code="AB-12") == "الحالة \u2068AB-12\u2069"


def test_signs_that_reorder_text_are_taken_out() -> None:
    assert answer_text(field("a"), "ab\u202edc\u2069", words()) == "abdc"


ROWS = form(field("kind"), field("note", "textarea"), field("secret", visible=False), id=2)


def test_sections_say_what_was_answered_and_nothing_else() -> None:
    asked = form(
        field("first"),
        field("empty"),
        field("hidden", visible=False),
        field("kept", hide_on_view_page=True),
        field("nothing_below", "separator"),
        field("never", display_conditions_record={"eq": {"first": "other"}}),
        field("below", "separator"),
        field("last"),
        field("rows", "subform", subform_section_id=2),
    )
    answers = {
        "first": "1", "hidden": "2", "kept": "3", "never": "4", "last": "5",
        "rows": [{"kind": "a", "note": "one\ntwo", "secret": "6"}, {}],
    }  # fmt: skip
    other = form(field("unanswered"), unique_id="g", name={"en": "Other"})
    found = case_sections([asked, other], {2: ROWS}, answers, words())
    assert found.empty == ["Other"]
    (section,) = found.sections
    assert section["title"] == "Form"
    kinds = [(b["kind"], b.get("label") or b.get("text")) for b in section["blocks"]]
    assert kinds == [("answer", "First"), ("heading", "Below"), ("answer", "Last"), ("rows", "Rows")]
    (row,) = section["blocks"][-1]["rows"]
    assert [(b["label"], b["text"]) for b in row] == [("Kind", "a"), ("Note", "one\ntwo")]


def test_short_rows_stand_in_a_table_and_in_the_forms_order() -> None:
    rows = {"subform_section_configuration": {"subform_sort_by": "kind", "subform_sort_by_direction": "desc"}}
    asked = form(field("rows", "subform", subform_section_id=2, **rows))
    answers = {"rows": [{"kind": "a", "note": "x"}, {"note": "none"}, {"kind": "b"}]}
    (block,) = case_sections([asked], {2: ROWS}, answers, words()).sections[0]["blocks"]
    assert block["kind"] == "table"
    assert block["columns"] == ["Kind", "Note"]
    assert block["rows"] == [["b", ""], ["a", "x"], ["", "none"]]


def test_rows_that_the_form_does_not_show_stay_away() -> None:
    shown = {"subform_section_configuration": {"fields": ["kind"], "display_conditions": {"eq": {"kind": "a"}}}}
    asked = form(field("rows", "subform", subform_section_id=2, **shown))
    answers = {"rows": [{"kind": "a", "note": "x"}, {"kind": "b", "note": "y"}]}
    (block,) = case_sections([asked], {2: ROWS}, answers, words()).sections[0]["blocks"]
    assert [[b["text"] for b in row] for row in block["rows"]] == [["a"]]


def test_an_empty_form_asks_what_a_person_can_answer() -> None:
    many = [{"id": str(n), "display_text": {"en": f"Option {n}"}} for n in range(40)]
    asked = form(
        field("line", required=True, guiding_questions={"en": "Ask gently"}),
        field("computed", "calculated"),
        field("system", disabled=True),
        field("hidden", visible=False),
        field("summed", subform_summary={"x": 1}),
        field("story", "textarea"),
        field("risk", "select_box", display_conditions_record={"eq": {"line": "x"}}, **LOOKUP),
        field("concerns", "select_box", multi_select=True, **LOOKUP),
        field("country", "select_box", option_strings_text=many),
        field("when", "date_field", date_include_time=True),
        field("heads", "tally_field", autosum_total=True, **TALLY),
        field("rows", "subform", subform_section_id=2),
        field("sign", "signature"),
        field("lonely", "separator"),
    )
    blocks = blank_section(asked, {2: ROWS}, words())["blocks"]
    assert [(b["label"], b["kind"]) for b in blocks] == [
        ("Line", "line"), ("Story", "lines"), ("Risk", "choices"), ("Concerns", "choices"), ("Country", "line"),
        ("When", "date"), ("Heads", "tally"), ("Rows", "blank_rows"), ("Sign", "box"),
    ]  # fmt: skip
    by = {b["label"]: b for b in blocks}
    assert by["Line"]["required"] and by["Line"]["hints"] == ["Ask gently"]
    assert by["Risk"]["options"] == ["Low"] and not by["Risk"]["many"]
    assert by["Risk"]["how"] == "Tick one. Only if it applies."
    assert by["Concerns"]["many"] and by["Concerns"]["how"] == "Tick all that fit."
    assert [part["boxes"] for part in by["When"]["parts"]] == [2, 2, 4, 2, 2]
    assert by["Heads"]["items"] == ["Boys", "Girls", "in all"]
    assert [b["label"] for b in by["Rows"]["blocks"]] == ["Kind", "Note"]


def page(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "kind": "case", "lang": "en", "rtl": False, "title": "T", "head": "H", "heading": "Heading", "facts": [],
        "note": "", "sections": [], "empty": "", "watermark": None, "page": "{page} of {pages}", "printed": "P",
        "confidential": "C", "by": [],
    }  # fmt: skip
    return given | more


def text_of(pdf: bytes) -> str:
    return "\n".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(pdf)).pages)


NASTY = [
    '#panic("caught")',
    "*bold* _slanted_ $x^2$ @ref <label> // gone",
    '#read("/etc/passwd") #import "@preview/x:1.0.0"',
    "\\u{41} \\ ] [ } { ` ``` = - + / ~ ' \"",
    '"}],"sections":[{"title":"forged',
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_answer_is_a_command(nasty: str) -> None:
    answer = {"kind": "answer", "label": nasty, "text": nasty}
    pdf = typeset(page(sections=[{"title": nasty, "blocks": [answer]}]), at=AT)
    assert text_of(pdf).split().count(nasty.split()[0]) == 3
    assert set(nasty.split()) <= set(text_of(pdf).split())


def test_every_script_that_is_promised_has_a_font() -> None:
    names = [
        "Noor",
        "Ñandú Œuvre",
        "نور الهدى",
        "ڕۆژ پښتو ٹھیک",
        "ሰላም",
        "မင်္ဂလာ",
        "নাসরিন",
        "नमस्ते",
        "Наталья",
        "Νίκος",
        "שלום",
        "ไทย",
    ]
    faces = faces_in()
    assert [name for name in names if fitted(name, faces.letters) != name] == []
    assert "U+" not in text_of(typeset(page(note=" ".join(names)), at=AT))


def test_a_letter_without_a_font_stops_the_print() -> None:
    with pytest.raises(ScriptWithoutFont) as refused:
        typeset(page(note="Li 你好 and ᚠ"), at=AT)
    assert refused.value.params == {"scripts": "Cjk, Runic"}
    letters = faces_in().letters
    assert fitted("a\u0007b\tc\u200d", letters) == "ab c\u200d"
    assert fitted("\ufe0f", frozenset()) == ""
    assert fitted("\U0001fa9f", frozenset()) == "\u2039U+1FA9F\u203a"
    assert fitted({"x": ["ﷲ", 3, None, True]}, frozenset(map(ord, "الله"))) == {"x": ["الله", 3, None, True]}


def test_the_letters_of_a_font_are_read_from_the_font() -> None:
    found = set(letters_of((PACKAGED[0] / "NotoSansEthiopic[wght].ttf").read_bytes()))
    assert {ord("ሰ"), ord("ላ")} <= found
    assert ord("你") not in found


def test_an_instance_brings_fonts_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PACKAGED", PACKAGED[1:])
    without = fonts.faces_in.__wrapped__(tmp_path)
    shutil.copy(PACKAGED[0] / "NotoSansEthiopic[wght].ttf", tmp_path)
    faces = fonts.faces_in.__wrapped__(tmp_path, tmp_path / "not_there")
    assert ord("ሰ") not in without.letters
    assert ord("ሰ") in faces.letters and "Noto Sans Ethiopic" in faces.families


def test_every_page_says_which_it_is() -> None:
    blocks = [{"kind": "answer", "label": f"L{n}", "text": "x"} for n in range(90)]
    pages = pypdf.PdfReader(io.BytesIO(typeset(page(sections=[{"title": "S", "blocks": blocks}]), at=AT))).pages
    assert len(pages) > 1
    for number, one in enumerate(pages, 1):
        said = one.extract_text()
        assert f"{number} of {len(pages)}" in said and "C" in said.split() and "H" in said.split()
