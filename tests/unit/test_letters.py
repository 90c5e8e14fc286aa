"""Letters to the instance: only its own keys open them, older ones too, and nothing that was changed on the way."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings

from cpims.lib.crypto import CannotOpen
from cpims.lib.letters import letter_box, letter_boxes, open_letter, pair_names, renew_letter_box, seal_letter
from cpims.lib.secrets import SecretMissing

INFO = b"cpims/handover/1"


@pytest.fixture
def _folder(tmp_path) -> Iterator[None]:
    before = settings.ENVIRONMENT.data
    (tmp_path / "secrets").mkdir()
    object.__setattr__(settings.ENVIRONMENT, "data", tmp_path)
    try:
        yield
    finally:
        object.__setattr__(settings.ENVIRONMENT, "data", before)


@pytest.mark.usefixtures("_folder")
def test_a_letter_opens_here_and_as_it_was_written():
    told = letter_box().public
    sealed = seal_letter(told["public_key"], b"Noor", INFO)
    assert b"Noor" not in sealed and open_letter(sealed, INFO) == b"Noor"
    for broken in (sealed[:-1], sealed[:70] + bytes([sealed[70] ^ 1]) + sealed[71:], b"", b"\x04" * 90):
        with pytest.raises(CannotOpen):
            open_letter(broken, INFO)
    with pytest.raises(CannotOpen):
        open_letter(sealed, b"another purpose")


@pytest.mark.usefixtures("_folder")
def test_after_a_change_of_keys_the_older_letters_still_open():
    first = letter_box()
    old = seal_letter(first.public["public_key"], b"old", INFO)
    second = renew_letter_box()
    assert letter_box().id == second.id != first.id
    assert open_letter(old, INFO) == b"old"
    assert open_letter(seal_letter(second.public["public_key"], b"new", INFO), INFO) == b"new"
    folder = settings.ENVIRONMENT.secrets
    assert pair_names(folder) == ["letters-0001", "letters-0002"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    (folder / "letters-0001.key").write_text("not a key")
    with pytest.raises(SecretMissing):
        letter_boxes()


@pytest.mark.usefixtures("_folder")
def test_made_at_the_same_moment_there_is_one_key():
    barrier, found = threading.Barrier(6), []

    def run() -> None:
        barrier.wait()
        found.append(letter_box().id)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [letter_box().id] * 6
    assert not list(settings.ENVIRONMENT.secrets.glob(".letters-*"))


@pytest.mark.usefixtures("_folder")
def test_another_instance_opens_nothing(tmp_path):
    sealed = seal_letter(letter_box().public["public_key"], b"Noor", INFO)
    shutil.rmtree(tmp_path / "secrets")
    (tmp_path / "secrets").mkdir()
    letter_box()
    with pytest.raises(CannotOpen):
        open_letter(sealed, INFO)
