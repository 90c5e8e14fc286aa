"""``cpims pack check`` as a command, and on the packs that we ship."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.management import call_command

from cpims.configuration.formats import Shelf
from cpims.management.commands.pack_check import check_folder
from tests.unit.test_pack_check import FORM, PACKS, WORDS, files

SHIPPED = sorted(path.parent.name for path in PACKS.glob("*/pack.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_packs_that_we_ship_have_no_errors(name: str) -> None:
    folder = PACKS / name
    found = check_folder(folder, Shelf([folder]))
    assert [(f.problem.pointer, f.problem.code, dict(f.problem.params)) for f in found if not f.warning] == []


def test_the_command_names_every_problem_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in files(forms__a=f"{FORM}  - {{name: note, type: text_field, {WORDS}}}\n").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        call_command("pack_check", str(tmp_path))
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "forms/a.yaml:" in said and "privacy: free_text" in said
    (tmp_path / "forms" / "a.yaml").write_text(FORM)
    call_command("pack_check", str(tmp_path))


def test_the_standard_is_checked_in_little_time() -> None:
    started = time.process_time()
    check_folder(PACKS / "cpims", Shelf([PACKS / "cpims"]))
    assert time.process_time() - started < 3
