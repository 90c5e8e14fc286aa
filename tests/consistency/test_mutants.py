"""What is altered on purpose, to see whether tests notice, is still found in the code: one that is not would never be tried."""

from __future__ import annotations

import pytest

from benchmarks.altering import ROOT, Alteration
from benchmarks.faults import FAULTS
from benchmarks.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("alteration", [*MUTANTS, *FAULTS], ids=lambda alteration: alteration.name)
def test_each_alteration_finds_its_code(alteration: Alteration) -> None:
    assert (ROOT / alteration.file).read_text().count(alteration.old) == 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_tests_of_each_mutant_are_there(mutant: Mutant) -> None:
    assert all((ROOT / name).is_file() for name in mutant.tests)
