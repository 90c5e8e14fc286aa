"""The policy for what goes out of the kinds beside cases: papers and spreadsheets (api.md §13)."""

from __future__ import annotations

from tests.kinds import KINDS, PLURALS
from tests.properties.policy import V1
from tests.properties.record_policy import one_record
from tests.properties.shapes import Rule, Shape


def _sheet(kind: str) -> Rule:
    def answers(shape: Shape) -> int:
        return 200 if shape.may(kind, "export_xls") and shape.may(kind, "read") else 403

    return Rule({kind: ["export_xls", "read"]}, answers)


PAPER_RULES: dict[tuple[str, str], Rule] = {
    ("POST", f"{V1}/{PLURALS[kind]}/list.xlsx"): _sheet(kind) for kind in KINDS
} | {
    ("POST", f"{V1}/{PLURALS[kind]}/{{{kind}_id}}/print"): one_record(kind, "export_pdf", "read")
    for kind in KINDS
    if kind != "registry_record"
}
