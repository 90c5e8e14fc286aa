"""``cpims demo --labelled-duplicates`` and ``cpims matching evaluate``: pairs out, figures in, neither with a database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.running import ROOT

VECTORS = ROOT / "contracts" / "vectors" / "names.json"


def evaluate(file: Path, **options: object) -> str:
    out = StringIO()
    call_command("matching_evaluate", str(file), stdout=out, **options)
    return out.getvalue()


def row(told: str, name: str) -> list[float]:
    line = next(line for line in told.splitlines() if line.split()[: len(name.split())] == name.split())
    return [float(cell) for cell in line.split()[-4:]]


def test_pairs_are_written_and_measured(tmp_path: Path) -> None:
    file, out = tmp_path / "pairs.json", StringIO()
    call_command("demo", labelled_duplicates=file, cases=200, seed=4, stdout=out)
    assert "200" in out.getvalue() and str(file) in out.getvalue()
    again = tmp_path / "again.json"
    call_command("demo", labelled_duplicates=again, cases=200, seed=4, stdout=out)
    assert file.read_bytes() == again.read_bytes() and len(json.loads(file.read_bytes())["pairs"]) == 200
    told = evaluate(file)
    pairs, precision, recall, f1 = row(told, "all")
    assert pairs == 200 and min(precision, recall, f1) > 0.9
    assert "0.40" in told and "sibling: 0 of" in told and "same: " in told
    assert row(evaluate(file, names_only=True), "all")[3] < f1


def test_the_vectors_are_measured_by_script() -> None:
    told = evaluate(VECTORS)
    assert row(told, "all")[0] == 250 and row(told, "arabic and latin")[0] == 17
    assert sum(row(told, scripts)[0] for scripts in ("arabic and latin", "latin")) == 180


def test_other_weights_are_tried(tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text(json.dumps({"possible": 0.7}))
    strict = evaluate(VECTORS, weights=weights)
    assert "0.70" in strict and row(strict, "all")[2] < row(evaluate(VECTORS), "all")[2]


@pytest.mark.parametrize("content", [None, "", "[]", "{", '{"pairs": [1]}'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "pairs.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match=r"pairs\.json"):
        evaluate(file)


def test_weights_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "weights.json"
    broken.write_text("{")
    with pytest.raises(CommandError):
        evaluate(VECTORS, weights=broken)
