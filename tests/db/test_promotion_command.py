"""What an operator says at the server: the key, the other instance, and what production begins with."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cpims.configuration.models import ConfigurationVersion
from cpims.jobs.tasks import look_at_the_other_instance, look_for_drift
from cpims.lookups.models import Lookup
from cpims.promotion.models import Drift, Pair
from cpims.settings.actions import by_promotion, hold_configuration
from cpims.settings.models import Instance
from cpims.settings.rules import ConfigurationClosed
from tests.cast import viewer
from tests.promoting import STRANGER, card_of


def said(*words: str) -> str:
    output = io.StringIO()
    call_command("promotion", *words, stdout=output)
    return output.getvalue().strip()


def test_the_key_is_what_the_other_one_takes(cast: None, tmp_path: Path) -> None:
    card = json.loads(said("key"))
    assert set(card) == {"uuid", "name", "kind", "url", "public_key"} and card["uuid"] == str(
        Instance.objects.get().uuid
    )
    assert json.loads(said("key")) == card
    file = tmp_path / "other.json"
    file.write_text(json.dumps(card_of("production")))
    assert "The other" in said("pair", str(file))
    assert Pair.objects.get().kind == "production" and not Instance.objects.get().closed
    said("pair", json.dumps(card_of("production", seed=STRANGER)))
    assert Pair.objects.filter(ended_at__isnull=True).count() == Pair.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    ["nowhere.json", "{", '{"uuid": 1}', json.dumps(card_of("demo")), json.dumps(card_of("production") | {"url": "x"})],
)
def test_what_is_no_card_is_refused(cast: None, wrong: str) -> None:
    with pytest.raises(CommandError):
        said("pair", wrong)
    assert not Pair.objects.exists()


def test_production_is_closed_by_its_pair(cast: None) -> None:
    Instance.objects.update(kind="production")
    said("pair", json.dumps(card_of("demo")))
    assert Instance.objects.get().closed
    assert ConfigurationVersion.objects.get().cause == "publish"
    with pytest.raises(ConfigurationClosed):
        hold_configuration(viewer("farid"))
    assert hold_configuration().closed
    with by_promotion():
        assert hold_configuration(viewer("farid")).closed
    with pytest.raises(ConfigurationClosed):
        hold_configuration(viewer("farid"))
    with pytest.raises(CommandError):
        said("check")


def test_the_worker_looks_for_drift_and_never_stumbles(cast: None) -> None:
    call: Any
    for call in (look_for_drift, look_at_the_other_instance):
        call(0)
    Instance.objects.update(kind="production")
    said("pair", json.dumps(card_of("demo")))
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "By hand"})
    look_for_drift(0)
    look_for_drift(0)
    look_at_the_other_instance(0)
    assert Drift.objects.get().resolved_at is None
