"""A note that was written stays written."""

from __future__ import annotations

import pytest

from cpims.forms.rules.keeping import keeping_problems

A, B = {"unique_id": "a", "text": "first"}, {"unique_id": "b", "text": "second"}


def notes(**flags: bool) -> dict:
    return {"name": "notes", "type": "subform", "subform": {"fields": [], **flags}}


@pytest.mark.parametrize(
    ("flags", "after", "codes"),
    [
        ({}, [], []),
        ({"subform_prevent_item_removal": True}, [A, B], []),
        ({"subform_prevent_item_removal": True}, [A, {**B, "text": "changed"}], []),
        ({"subform_prevent_item_removal": True}, [A], ["row_not_removable"]),
        ({"subform_prevent_item_removal": True}, None, ["row_not_removable", "row_not_removable"]),
        ({"subform_append_only": True}, [A, B, {"unique_id": "c"}], []),
        ({"subform_append_only": True}, [A, {**B, "text": "changed"}], ["row_not_changeable"]),
        ({"subform_append_only": True}, [{**A, "text": None}], ["row_not_removable", "row_not_changeable"]),
    ],
)
def test_rows_are_kept(flags, after, codes):
    assert [p.code for p in keeping_problems(notes(**flags), [A, B], after)] == codes
