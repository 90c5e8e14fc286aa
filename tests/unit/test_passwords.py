"""What a password must be."""

from __future__ import annotations

import pytest

from cpims.accounts.rules.passwords import password_problem

COMMON = frozenset({"sunshine", "dragon", "letmein", "monkey1", "trustno1", "elephant"})


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-pass1", "password.too_short"),
        ("x" * 129, "password.too_long"),
        ("aaaaaaaaaaaaaaa", "password.too_common"),
        ("abcabcabcabcabc", "password.too_common"),
        ("abcdefghijklmn", "password.too_common"),
        ("qwertyuiop1234", "password.too_common"),
        ("987654321012", "password.too_common"),
        ("Password12345!", "password.too_common"),
        ("P@ssw0rd!!2026", "password.too_common"),
        ("!!Sunshine2026", "password.too_common"),
        ("sunshinedragon", "password.too_common"),
        ("ELEPHANT-dragon", "password.too_common"),
        ("amina-amina-2026", "password.like_name"),
        ("2026!AMINA!2026", "password.like_name"),
        ("good phrase\x00with nothing", "password.unusable"),
    ],
)
def test_refused(password: str, code: str) -> None:
    assert password_problem(password, "amina", COMMON) == code


@pytest.mark.parametrize(
    "password",
    [
        "orange-lantern-42-river",
        "rain over the old bridge",
        "kT9#vv2LmQ!x",
        "مفتاح تحت الشجرة القديمة",
        "x7" * 3 + "brYant-Oak",
        "y" * 2 + "kettle boat fern " * 7,
    ],
)
def test_accepted(password: str) -> None:
    assert password_problem(password, "amina", COMMON) is None
