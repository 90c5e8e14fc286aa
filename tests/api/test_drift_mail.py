"""A hand edit in production is told to those who look after its configuration, once, by a real mail server."""

from __future__ import annotations

import pytest

from cpims.accounts.models import User
from cpims.lib.clock import now
from cpims.lookups.models import Lookup
from cpims.promotion.actions.drift import raise_drift
from tests.cast import set_the_stage
from tests.letterbox import open_letterbox, work
from tests.promoting import paired_production, put_stewards


def test_those_who_look_after_it_hear_of_a_hand_edit_once(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_the_stage()
    put_stewards("ida", "omar")
    paired_production()
    User.objects.filter(user_name="omar").update(disabled=True)
    with open_letterbox(monkeypatch) as box:
        raise_drift(actor=None, at=now())
        work()
        assert box.letters == []
        was = dict(Lookup.objects.get(unique_id="lookup-risk").name)
        Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By hand"})
        for _ in range(2):
            raise_drift(actor=None, at=now())
            work()
        told = sorted(address for to, _ in box.letters for address in to)
        assert "ida@example.org" in told and "omar@example.org" not in told
        assert told.count("ida@example.org") == 1
        text = box.text_for("ida@example.org")
        assert "/app/admin/configuration" in text and "By hand" not in text

        # What is put right before the mail leaves is told to nobody.
        Lookup.objects.filter(unique_id="lookup-risk").update(name=was)
        raise_drift(actor=None, at=now())
        Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By hand"})
        raise_drift(actor=None, at=now())
        Lookup.objects.filter(unique_id="lookup-risk").update(name=was)
        raise_drift(actor=None, at=now())
        before = len(box.letters)
        work()
        assert len(box.letters) == before
