"""Work that older versions of the app left on a device arrives as what it was."""

from __future__ import annotations

from typing import Any

import pytest

from cpims.sync.actions.delivering import ACTS
from cpims.sync.rules import SchemaUnknown, read_item, upcast
from tests.vectors import cases


@pytest.mark.parametrize("case", cases("upcasting", "item"))
def test_an_old_item_is_brought_to_todays_shape(case: dict[str, Any]) -> None:
    found = upcast(case["kept"])
    assert found == case["delivered"]
    assert read_item(found, ACTS).told_at == case["delivered"]["at"]


@pytest.mark.parametrize("case", cases("upcasting", "item"))
def test_todays_shape_stays_as_it_is(case: dict[str, Any]) -> None:
    assert upcast(case["delivered"]) == case["delivered"]
    assert upcast(case["delivered"] | {"schema": 2}) == case["delivered"]


@pytest.mark.parametrize("case", cases("upcasting", "newer"))
def test_a_schema_that_is_not_known_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(SchemaUnknown):
        upcast(case["kept"])
