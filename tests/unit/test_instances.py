"""Several instances on one machine: where each lies and listens, and which are a pair."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cpims.management.launch.both import twin_of
from cpims.management.launch.instance import Place, noted, this_place
from cpims.management.launch.instances import at_home, environment_of, is_paired, placed
from cpims.management.launch.words import Stop


def place(folder: Path, port: int = 8000) -> Place:
    folder.mkdir(parents=True, exist_ok=True)
    return Place(folder=folder, host="127.0.0.1", port=port, database_url="")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("CPIMS_PORT", "CPIMS_HOST", "CPIMS_KIND", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CPIMS_DATA", str(tmp_path / "live"))
    return monkeypatch


def test_the_port_and_the_kind_that_were_noted_hold_until_another_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert this_place().port == 8000
    environment.setenv("CPIMS_PORT", "")
    environment.setenv("CPIMS_KIND", "")
    place(tmp_path / "live", 8042).keep(kind="production")
    assert this_place().port == 8042
    assert environment_of(at_home(tmp_path / "live"), "production")["CPIMS_PORT"] == "8042"
    import os

    assert os.environ["CPIMS_KIND"] == "production"
    environment.setenv("CPIMS_PORT", "8043")
    assert this_place().port == 8043


@pytest.mark.parametrize("text", ["", "no json", "[1]", '"8000"'])
def test_a_broken_note_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "place.json").write_text(text)
    assert noted(tmp_path) == {} and at_home(tmp_path).port == 8000


def test_another_instance_is_told_nothing_that_is_this_ones(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("CPIMS_PUBLIC_URL", "https://live.example.org")
    environment.setenv("CPIMS_MAIL_URL", "smtp://mail.example.org")
    told = environment_of(place(tmp_path / "trial", 8001), "demo")
    assert told["CPIMS_DATA"] == str(tmp_path / "trial") and told["CPIMS_KIND"] == "demo"
    assert "CPIMS_PUBLIC_URL" not in told and "DATABASE_URL" not in told
    assert told["CPIMS_MAIL_URL"] == "smtp://mail.example.org", "both send by the same server"


@pytest.mark.parametrize("name", ["", "..", "Über", "-x", "a b", "x" * 60])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(Stop):
        placed(name)


@pytest.mark.parametrize(("name", "beside"), [("default", "production"), ("trial", "trial-production")])
def test_production_stands_beside_the_demo_on_the_next_port_or_its_own(tmp_path: Path, name: str, beside: str) -> None:
    twin = twin_of(place(tmp_path / name, 8100))
    assert (twin.folder, twin.port) == (tmp_path / beside, 8101)
    place(tmp_path / beside, 8555).keep(kind="production")
    assert twin_of(place(tmp_path / name, 8100)).port == 8555
    assert json.loads((tmp_path / beside / "place.json").read_text()) == {"port": 8555, "kind": "production"}


def test_only_two_that_know_each_other_are_a_pair() -> None:
    demo, production = {"uuid": "a", "pair": {"uuid": "b"}}, {"uuid": "b", "pair": {"uuid": "a"}}
    assert is_paired(demo, production)
    assert not is_paired(demo, production | {"pair": None})
    assert not is_paired(demo | {"pair": {"uuid": "c"}}, production)
