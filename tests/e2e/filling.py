"""A worker's hands in front of any form: every question that the screen asks is answered, rightly or wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.screen import Worker
from tests.filling import SILENT, Filler

Field = Mapping[str, Any]
#: Which questions stand on the screen now, and how each is answered there.
READ = """(ids) => ids.flatMap((id) => {
  const element = document.getElementById(id);
  if (element === null) return [];
  const ticks = [...document.getElementsByName(id)].filter((one) => one.matches('[type=radio], [type=checkbox]'));
  const kind = element.matches('input[role=combobox]') ? 'search' : element.tagName === 'SELECT' ? 'list'
    : ticks.length ? ticks[0].type : element.tagName === 'FIELDSET' ? 'parts'
    : element.tagName === 'SECTION' ? 'rows' : element.tagName === 'INPUT' ? element.type
    : element.tagName === 'TEXTAREA' ? 'text' : 'fixed';
  const offered = kind === 'list' ? [...element.options].filter((one) => one.value && !one.disabled).map((one) => one.value)
    : ticks.filter((one) => !one.disabled).map((one) => one.value);
  const several = kind === 'search' && element.parentElement.parentElement.querySelector('[aria-multiselectable]') !== null;
  return [{id, kind, offered, several}];
})"""


@dataclass(frozen=True)
class Control:
    """A question as it stands on the screen."""

    id: str
    kind: str
    offered: list[str]
    several: bool


@dataclass
class Paper:
    """What was typed: the answers, and under ``rows`` those of each row that was added, by its id."""

    answers: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, Paper]] = field(default_factory=dict)


def hang(flat: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The served forms by name, each nested form in the field that shows it."""
    by_id = {form["id"]: form for form in flat}
    for form in flat:
        for one in form["fields"]:
            nested = by_id.get(one.get("subform_section_id"))
            if nested is not None:
                one["subform"] = nested
    return {form["unique_id"]: form for form in flat}


def is_asked(one: Field) -> bool:
    """May she answer it at all?"""
    silent = one["type"] in SILENT or one["type"] == "calculated" or one.get("subform_summary")
    return not silent and not one.get("disabled") and one.get("visible", True)


def fields_of_row(one: Field) -> list[Field]:
    """The questions that a row of this form asks."""
    only = (one.get("subform_section_configuration") or {}).get("fields")
    return [inner for inner in one["subform"]["fields"] if not only or inner["name"] in only]


def follows_a_day(one: Field, fields: list[Field]) -> bool:
    """Is this an age that the day of birth beside it settles?"""
    name = str(one["name"])
    is_age = one["type"] == "numeric_field" and (name == "age" or name.endswith("_age"))
    return is_age and any(other["name"] == f"{name[:-3]}date_of_birth" for other in fields)


class Hands:
    """Answers what stands on the screen; the same seed gives the same answers."""

    def __init__(self, worker: Worker, filler: Filler, labels: Mapping[str, Mapping[str, set[str]]]) -> None:
        """``labels``: for each source of options, which ids a text on the screen can mean."""
        self.worker, self.filler, self.labels = worker, filler, labels
        self.page: Page = worker.page

    def control(self, element: str) -> Locator:
        """A control by its id."""
        return self.page.locator(f"[id='{element}']")

    def see(self, fields: list[Field], prefix: str) -> Iterator[tuple[Field, Control]]:
        """The questions that stand there now."""
        names = {f"{prefix}-{one['name']}": one for one in fields if is_asked(one)}
        for found in self.page.evaluate(READ, list(names)):
            yield names[found["id"]], Control(**found)

    def fill(self, fields: list[Field], prefix: str = "answer") -> Paper:
        """Answer every question, also those that an answer brings to light."""
        paper, done = Paper(), set[str]()
        for _ in range(12):
            seen = [(one, control) for one, control in self.see(fields, prefix) if one["name"] not in done]
            if not seen:
                return paper
            for one, control in seen:
                done.add(one["name"])
                if follows_a_day(one, fields) or not self.control(control.id).count():
                    continue
                if one["type"] == "subform":
                    identity, row = self.add_row(one, control.id)
                    paper.rows[one["name"]] = {identity: row}
                else:
                    value = self.answer(one, control)
                    if value is not None:
                        paper.answers[one["name"]] = value
        raise AssertionError("the form asks for ever")

    def add_row(self, one: Field, section: str) -> tuple[str, Paper]:
        """Add a row and fill it in the sheet beside the page."""
        self.control(f"{section}-add").click()
        identity = self.row_at_hand(section)
        row = self.fill(fields_of_row(one), f"{section}-{identity}")
        self.done()
        expect(self.control(f"{section}-{identity}")).to_be_visible()
        return identity, row

    def row_at_hand(self, section: str) -> str:
        """The id of the row whose sheet is open."""
        inside = self.page.locator(f"dialog[open] [id^='{section}-']").first
        expect(inside).to_be_attached()
        found = re.match(re.escape(section) + r"-([0-9a-f-]{36})", inside.get_attribute("id") or "")
        assert found, "the sheet is not that of a row"
        return found[1]

    def done(self) -> None:
        """Close the sheet of a row, keeping it."""
        self.page.locator("dialog[open]").get_by_role(
            "button", name=re.compile("^" + self.worker.text("renderer.row.done"))
        ).click()

    def answer(self, one: Field, control: Control) -> Any:
        """Give one right answer; what should be stored for it."""
        element, choose = self.control(control.id), self.filler.random
        known = set(self.filler.option_ids(one))
        if control.kind in ("radio", "checkbox") and control.offered and one["type"] != "tick_box":
            assert set(control.offered) <= known, f"{control.id} offers what is not in the list"
            several = sorted(choose.sample(control.offered, k=min(2, len(control.offered))), key=control.offered.index)
            chosen = several if control.kind == "checkbox" else [choose.choice(control.offered)]
            for value in chosen:
                self.page.locator(f"input[name='{control.id}'][value='{value}']").check()
            return chosen if control.kind == "checkbox" else chosen[0]
        if control.kind == "list":
            assert set(control.offered) <= known, f"{control.id} offers what is not in the list"
            if control.offered:
                element.select_option(choose.choice(control.offered))
                return element.input_value()
            return None
        if control.kind == "search":
            return self.find(one, control)
        value = self.filler.right(one)
        if one["type"] == "tick_box":
            element.set_checked(value)
            return value or None
        if one["type"] == "tally_field":
            for item, count in value.items():
                self.control(f"{control.id}-{item}").fill(str(count))
        elif one["type"] == "date_field" and one.get("date_include_time"):
            element.fill(value.removesuffix(":00Z"))
        else:
            element.fill(str(value))
        return value

    def find(self, one: Field, control: Control) -> Any:
        """Look for an answer in a long list; the ids that its words can mean."""
        box, found = self.control(control.id), []
        known = self.labels.get(str(one.get("option_strings_source") or "").split(" ")[-1]) or {
            option["display_text"]["en"]: {option["id"]} for option in one.get("option_strings_text") or []
        }
        options = self.page.locator(f"[id='{control.id}-list'] [role=option]:not([aria-disabled])")
        for _ in range(2 if control.several else 1):
            box.click()
            if options.count() == 0:
                break
            option = options.nth(self.filler.random.randrange(min(options.count(), 30)))
            words = option.locator("> span").evaluate("(span) => span.firstChild.textContent")
            box.fill(words)
            match = options.filter(has_text=re.compile("^" + re.escape(words))).first
            picked = match.locator("> span").evaluate("(span) => span.textContent")
            match.click()
            found.append(known.get(picked, set()))
            assert found[-1], f"{control.id} offers {picked!r}, which its list does not hold"
        if control.several or not found:
            box.press("Escape")  # puts the list away, never the sheet around it
            expect(self.page.locator(f"[id='{control.id}-list']")).to_be_hidden()
        return found if control.several else (found[0] if found else None)


def differences(typed: Paper, stored: Mapping[str, Any]) -> list[str]:
    """Which answers are not stored as they were typed."""
    wrong = []
    for name, value in typed.answers.items():
        kept = stored.get(name)
        if isinstance(value, set):
            same = kept in value
        elif isinstance(value, list) and value and isinstance(value[0], set):
            same = isinstance(kept, list) and all(any(one in ids for one in kept) for ids in value)
        elif isinstance(value, list):
            same = isinstance(kept, list) and set(value) <= set(kept)
        elif isinstance(value, dict):
            same = isinstance(kept, dict) and value.items() <= kept.items()
        else:
            same = kept == value
        if not same:
            wrong.append(f"{name}: typed {value!r}, stored {kept!r}")
    for name, rows in typed.rows.items():
        kept_rows = {row["unique_id"]: row for row in stored.get(name) or []}
        for identity, row in rows.items():
            if identity in kept_rows:
                wrong += [f"{name}/{one}" for one in differences(row, kept_rows[identity])]
            else:
                wrong.append(f"{name}: the row was not stored")
    return wrong


def wrong_answers(one: Field) -> list[tuple[str, str]]:
    """Each kind of wrong answer that a hand can give on this screen, and the problem that must be named."""
    name = str(one["name"])
    if one["type"] == "numeric_field":
        found = [("seven", "not_an_integer"), ("1.5", "not_an_integer"), ("-1", "out_of_range")]
        return [*found, ("131", "out_of_range")] if name == "age" or name.endswith("_age") else found
    if one["type"] == "tally_field":
        return [("seven", "not_an_integer"), ("-1", "out_of_range")]
    if one["type"] == "date_field":
        found = [("impossible", "invalid_date")]
        time = "T10:00" if one.get("date_include_time") else ""
        future = one.get("date_validation") == "not_future_date"
        return [*found, (f"2999-01-01{time}", "date_in_future")] if future else found
    return []
