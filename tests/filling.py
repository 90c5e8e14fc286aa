"""Fills any form: with answers that are right, and with each kind of answer that is wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

FILES = ("photo_upload_box", "audio_upload_box", "document_upload_box", "signature")
SILENT = (*FILES, "separator", "custom", "date_range", "link_to_form")
Field = Mapping[str, Any]


class Filler:
    """A careful worker (and a careless one) in front of a form; the same seed gives the same answers."""

    def __init__(self, options: Mapping[str, tuple[str, ...]], places: list[str], seed: int) -> None:
        self.options, self.places, self.random = options, places, random.Random(seed)

    def option_ids(self, field: Field) -> list[str]:
        """The answers that are offered."""
        source = str(field.get("option_strings_source") or "")
        if source.startswith("lookup "):
            return list(self.options.get(source.split()[-1], ()))
        if source in ("Location", "ReportingLocation"):
            return self.places
        if source:
            return []
        return [option["id"] for option in field.get("option_strings_text") or []]

    def right(self, field: Field) -> Any:
        """An answer that fits, or nothing for what is not answered in words."""
        kind, name = field["type"], str(field["name"])
        if kind in SILENT or field.get("subform_summary") or kind == "calculated":
            return None
        if kind == "text_field" and field.get("phone_number"):
            return "+999" + str(self.random.randint(10**7, 10**8 - 1))
        if kind in ("text_field", "textarea"):
            return self.random.choice(
                ["نور", "Zeynep", "ሰላም", "a < b & \"c\" 'd'", "two\nlines" if kind == "textarea" else "one line"]
            )
        if kind == "numeric_field":
            return self.random.randint(0, 17) if name.endswith("age") else self.random.randint(0, 500)
        if kind == "tick_box":
            return self.random.random() < 0.6
        if kind == "date_field":
            day = f"20{self.random.randint(10, 25)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}"
            return f"{day}T08:30:00Z" if field.get("date_include_time") else day
        if kind in ("select_box", "radio_button"):
            return self._choice(field)
        if kind == "tally_field":
            return {item["id"]: self.random.randint(0, 9) for item in field.get("tally") or []}
        if kind == "subform":
            return [self.row(field["subform"]) for _ in range(2)]
        raise AssertionError(f"nobody knows how to answer a {kind}")

    def _choice(self, field: Field) -> Any:
        ids = self.option_ids(field)
        if not ids:
            return None
        if field.get("multi_select"):
            return sorted(self.random.sample(ids, k=min(2, len(ids))))
        return self.random.choice(ids)

    def row(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a subform."""
        answers = {f["name"]: self.right(f) for f in form["fields"]}
        identity = str(UUID(int=self.random.getrandbits(128), version=4))
        return {"unique_id": identity} | {k: v for k, v in answers.items() if v is not None}

    def wrong(self, field: Field) -> list[tuple[Any, str, str]]:
        """Each kind of wrong answer: the answer, where it is wrong, and the code of what is wrong."""
        kind, name = field["type"], str(field["name"])
        at = f"/{name}"
        if field.get("subform_summary"):
            return [(1, at, "not_writable")]
        if kind in SILENT:
            return [("x", at, "not_writable")]
        if kind in ("text_field", "textarea"):
            return [(5, at, "wrong_type"), (["x"], at, "wrong_type"), ("a\x00b", at, "invalid_text")]
        if kind == "numeric_field":
            found = [
                ("5", at, "wrong_type"),
                (True, at, "wrong_type"),
                (1.5, at, "not_an_integer"),
                (-1, at, "out_of_range"),
            ]
            return [*found, (131, at, "out_of_range")] if name == "age" or name.endswith("_age") else found
        if kind == "tick_box":
            return [("yes", at, "wrong_type"), (1, at, "wrong_type")]
        if kind == "date_field":
            found = [
                ("2026-02-31", at, "invalid_date"),
                ("yesterday", at, "invalid_date"),
                (20260101, at, "wrong_type"),
            ]
            later = "2999-01-01T00:00:00Z" if field.get("date_include_time") else "2999-01-01"
            return (
                [*found, (later, at, "date_in_future")] if field.get("date_validation") == "not_future_date" else found
            )
        if kind in ("select_box", "radio_button"):
            return self._wrong_choice(field, at)
        if kind == "tally_field":
            item = (field.get("tally") or [{"id": "none"}])[0]["id"]
            return [
                (5, at, "wrong_type"),
                ({item: "x"}, f"{at}/{item}", "wrong_type"),
                ({item: -1}, f"{at}/{item}", "out_of_range"),
            ]
        if kind == "subform":
            return self._wrong_rows(field, at)
        return []

    def _wrong_choice(self, field: Field, at: str) -> list[tuple[Any, str, str]]:
        listed = bool(self.option_ids(field)) and field.get("option_strings_source") not in (
            "Location",
            "ReportingLocation",
        )
        if field.get("multi_select"):
            found: list[tuple[Any, str, str]] = [("one", at, "wrong_type"), ([5], f"{at}/0", "wrong_type")]
            return [*found, (["no_such_option"], f"{at}/0", "not_an_option")] if listed else found
        found = [(["x"], at, "wrong_type"), (5, at, "wrong_type")]
        return [*found, ("no_such_option", at, "not_an_option")] if listed else found

    def _wrong_rows(self, field: Field, at: str) -> list[tuple[Any, str, str]]:
        found: list[tuple[Any, str, str]] = [("rows", at, "wrong_type"), (["row"], f"{at}/0", "wrong_type")]
        for inner in field["subform"]["fields"]:
            for value, pointer, code in self.wrong(inner):
                good = self.row(field["subform"])
                found.append(([good, self.row(field["subform"]) | {inner["name"]: value}], f"{at}/1{pointer}", code))
        return found
