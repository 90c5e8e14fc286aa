"""Every sentence that an operator may read exists in every language, with the same gaps."""

from __future__ import annotations

import json
import re
from pathlib import Path

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


def test_arabic_is_complete() -> None:
    assert set(catalogue("ar")) == set(catalogue("en"))


def test_gaps_are_the_same() -> None:
    english, arabic = catalogue("en"), catalogue("ar")
    assert [key for key in english if set(GAP.findall(english[key])) != set(GAP.findall(arabic[key]))] == []
    quoting = [key for key in english if "'" in english[key] + arabic[key]]
    assert quoting == [], "an apostrophe quotes in this catalogue's grammar; use ’"


def test_every_long_file_is_known() -> None:
    for path in [*LAUNCH.glob("*.py"), ROOT / "cpims" / "lib" / "postgres.py", ROOT / "cpims" / "lib" / "processes.py"]:
        assert len(path.read_text().splitlines()) < 410, path
