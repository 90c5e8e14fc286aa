"""Every sentence that an operator may read exists in every language, with the same gaps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cpims.management.launch.words import locale, text

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = ROOT / "cpims" / "management" / "launch"
GAP = re.compile(r"\{(\w+)\}")


def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ROOT / "contracts" / "messages" / language / "ops.json").read_text("utf-8"))
    return found


def used() -> set[str]:
    text = "\n".join(path.read_text() for path in [*LAUNCH.glob("*.py"), LAUNCH.parent / "cli.py"])
    keys = set(re.findall(r'"(ops\.[a-z_.]+)"', text)) - {"ops.json"}
    keys |= {f"ops.doctor.{key}" for key in re.findall(r'_finding\([^()]*?"([a-z_]+)"(?:,|\))', text)} - {
        "ops.doctor.good",
        "ops.doctor.care",
        "ops.doctor.bad",
    }
    problems = (ROOT / "cpims" / "lib" / "postgres.py").read_text()
    return keys | {f"ops.{key}" for key in re.findall(r'DatabaseProblem\(\s*"([a-z_.]+)"', problems)}


def test_every_sentence_that_is_said_exists() -> None:
    assert len(used()) > 90
    assert used() - set(catalogue("en")) == set()


@pytest.mark.parametrize("language", ["ar", "es", "fr"])
def test_every_language_is_complete_and_has_the_same_gaps(language: str) -> None:
    english, other = catalogue("en"), catalogue(language)
    assert set(other) == set(english)
    assert [key for key in english if set(GAP.findall(english[key])) != set(GAP.findall(other[key]))] == []
    quoting = [key for key in english if "'" in english[key] + other[key]]
    assert quoting == [], "an apostrophe quotes in this catalogue's grammar; use ’"


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "es"}, "es"),
        ({"LC_ALL": "ar_JO@latin", "LANG": "fr_FR.UTF-8"}, "ar"),
        ({"LC_MESSAGES": "C", "LANG": "es_CO.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "en"),
        ({"LANG": "../en"}, "en"),
        ({}, "en"),
    ],
)
def test_the_operator_is_told_in_her_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert locale() == language
    assert text("ops.run.stopped") == catalogue(language)["ops.run.stopped"]


def test_every_long_file_is_known() -> None:
    for path in [*LAUNCH.glob("*.py"), ROOT / "cpims" / "lib" / "postgres.py", ROOT / "cpims" / "lib" / "processes.py"]:
        assert len(path.read_text().splitlines()) < 410, path
