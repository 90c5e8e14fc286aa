"""Versions of the configuration: kept by every publication, once each, and never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from cpims.access.rules.viewer import Forbidden
from cpims.accounts.models import Role, User
from cpims.audit.models import ChangeEntry
from cpims.configuration.actions import load_pack, publish_snapshot, publish_version, put_version_away
from cpims.configuration.formats import read_folder, read_pack
from cpims.configuration.formats.canonical import hash_of
from cpims.configuration.models import ConfigurationDocument, ConfigurationVersion
from cpims.configuration.queries.versions import compared, content_of, find_listed, find_versions, standing_of
from cpims.configuration.rules.versions import NothingToPublish, PublicationInvalid, VersionNotFound
from cpims.forms.queries.viewers import current_viewer
from cpims.lookups.models import Lookup
from cpims.settings.models import Instance
from tests.cast import AT

PACKS = Path(__file__).resolve().parents[2] / "packs"
LATER = datetime(2026, 5, 6, 7, tzinfo=UTC)


def load(*names: str) -> None:
    for name in names:
        load_pack(pack=read_pack(read_folder(PACKS / name)), actor=None, at=AT)


def rename(word: str) -> None:
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": word})


def publications() -> int:
    return ChangeEntry.objects.filter(event="configuration.published").count()


def steward(name: str = "esther") -> None:
    """Somebody of the cast may manage configurations."""
    role = Role.objects.get(users__user_name=name)
    Role.objects.filter(pk=role.pk).update(permissions={**role.permissions, "primero_configuration": ["manage"]})


@pytest.mark.usefixtures("db")
def test_the_first_version_comes_with_the_pack_and_loading_again_makes_none() -> None:
    load("cpims")
    one = ConfigurationVersion.objects.get()
    assert (one.number, one.cause, one.by, one.at) == (1, "pack", None, AT)
    assert one.reason.startswith("cpims ") and one.configuration == Instance.objects.get().configuration
    assert hash_of(content_of(one)) == one.document_id and not standing_of(None).changed
    assert len(one.document.content) < one.document.length / 4
    load("cpims")
    assert ConfigurationVersion.objects.count() == 1 == publications()
    load("demo", "demo")
    assert [v.number for v in find_versions(None, offset=0, length=9)[0]] == [2, 1]


def test_publishing_keeps_what_is_configured_and_says_why(cast: None) -> None:
    steward()
    esther = current_viewer("esther")
    first = publish_version(reason="As it began", actor=None, at=AT)
    with pytest.raises(NothingToPublish):
        publish_version(reason="Again", actor=esther, at=LATER)
    rename("Danger")
    assert standing_of(esther).changed
    second = publish_version(reason=" Clearer words ", actor=esther, at=LATER)
    assert (second.number, second.by, second.reason, second.cause) == (2, "esther", "Clearer words", "publish")
    entry = ChangeEntry.objects.get(subject="configuration:2")
    assert entry.event == "configuration.published" and entry.actor_name == "esther"
    assert [change.property for change in compared(esther, before=1, after=2).changes] == ["name/ar", "name/en"]
    assert [change.after for change in compared(esther, before=2, after=1).changes] == [
        "ع lookup-risk", "lookup-risk",
    ]  # fmt: skip
    assert compared(esther, before=2, after=None).changes == []
    rename("lookup-risk")
    Lookup.objects.filter(unique_id="lookup-risk").update(name={"en": "lookup-risk", "ar": "ع lookup-risk"})
    third = publish_version(reason="Back", actor=esther, at=LATER)
    assert third.document_id == first.document_id and ConfigurationDocument.objects.count() == 2
    assert content_of(third) == content_of(first)


def test_what_is_refused_publishes_nothing(cast: None) -> None:
    for name in ("amina", "chantal", "esther", "farid"):
        with pytest.raises(Forbidden):
            publish_version(reason="Mine", actor=current_viewer(name), at=AT)
        with pytest.raises(Forbidden):
            publish_snapshot(values={"name": "Mine"}, actor=current_viewer(name), at=AT)
        with pytest.raises(Forbidden):
            find_versions(current_viewer(name), offset=0, length=1)
    assert ConfigurationVersion.objects.count() == publications() == 0


def test_what_is_said_badly_publishes_nothing(cast: None) -> None:
    steward()
    esther = current_viewer("esther")
    for reason in ("", "  ", "x" * 2001):
        with pytest.raises(PublicationInvalid):
            publish_version(reason=reason, actor=esther, at=AT)
    for values in ({}, {"name": ""}, {"name": 3}, {"name": "x", "version": 4}):
        with pytest.raises(PublicationInvalid):
            publish_snapshot(values=values, actor=esther, at=AT)
    assert ConfigurationVersion.objects.count() == publications() == 0
    with pytest.raises(VersionNotFound):
        compared(esther, before=7, after=None)


def test_a_snapshot_has_a_name_and_can_be_put_away_but_not_lost(cast: None) -> None:
    steward()
    esther = current_viewer("esther")
    one = publish_snapshot(values={"name": "Before", "version": "1.0"}, actor=esther, at=AT)
    two = publish_snapshot(values={"name": "Same", "description": "why"}, actor=esther, at=AT)
    assert two.document_id == one.document_id and two.version.startswith("20260302.093000.")
    with pytest.raises(PublicationInvalid) as refused:
        publish_snapshot(values={"name": "Third", "version": "1.0"}, actor=esther, at=AT)
    assert refused.value.problems[0].params == {"primero": "errors.models.configuration.version.uniqueness"}
    put_version_away(version_id=one.id, actor=esther, at=LATER)
    with pytest.raises(VersionNotFound):
        put_version_away(version_id=one.id, actor=esther, at=LATER)
    assert [row.id for row in find_listed(esther, offset=0, length=9)[0]] == [two.id]
    assert [row.id for row in find_versions(esther, offset=0, length=9)[0]] == [two.id, one.id]


def test_nobody_changes_a_version_afterwards(cast: None) -> None:
    version = publish_version(reason="As it began", actor=None, at=AT)
    for change in (
        lambda: ConfigurationVersion.objects.update(reason="other"),
        lambda: ConfigurationVersion.objects.all().delete(),
        lambda: ConfigurationDocument.objects.update(content=b""),
        lambda: ConfigurationVersion.objects.update(number=5),
    ):
        with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
            change()
    assert ConfigurationVersion.objects.get().reason == version.reason


def test_the_command_tells_hash_document_and_differences(
    cast: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def said(*arguments: str) -> list[str]:
        call_command("configuration", *arguments)
        return capsys.readouterr().out.splitlines()

    one, two = str(tmp_path / "one.json"), str(tmp_path / "two.json")
    hashed = said("hash")
    said("export", one)
    assert hashed == [hash_of(Path(one).read_bytes())] == [standing_of(None).hash]
    assert said("diff", one) == ["Nothing differs."]
    rename("Danger")
    line = "The option list “Danger”: name (en) is now “Danger” (before: “lookup-risk”)."
    assert line in said("diff", one)
    said("export", two)
    assert line in said("diff", one, two) and said("diff", two, two) == ["Nothing differs."]
    for wrong in (("export", one), ("diff", one, two, one), ("diff", str(tmp_path / "none.json"))):
        with pytest.raises(CommandError):
            call_command("configuration", *wrong)
    assert hash_of(Path(one).read_bytes()) == hashed[0]
    assert User.objects.exists()
