"""One linear history, equal to the models."""

from __future__ import annotations

from itertools import pairwise

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from tests.consistency.reading import CPIMS


def test_no_migration_is_missing() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps={"cpims"}),
    )
    missing = detector.changes(graph=loader.graph, trim_to_apps={"cpims"})
    assert {app: [str(op) for m in changes for op in m.operations] for app, changes in missing.items()} == {}


def test_the_history_is_one_line() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    ours = sorted(key for key in loader.graph.nodes if key[0] == "cpims")
    assert len(loader.graph.leaf_nodes("cpims")) == 1
    for before, after in pairwise(ours):
        assert before in loader.get_migration(*after).dependencies, f"{after[1]} does not follow {before[1]}"
    files = sorted(path.stem for path in (CPIMS / "migrations").glob("0*.py"))
    assert [name for _, name in ours] == files


def test_one_app_holds_every_table() -> None:
    """A Django app is a label for the database, not a wall: rooms are packages, and all of them share one."""
    labels = {model._meta.app_label for model in apps.get_models() if model.__module__.startswith("cpims.")}
    assert labels == {"cpims"}


def test_nothing_is_deleted_along() -> None:
    """No cascade reaches a record or an account: what goes away, goes away by an act that says so."""
    from django.db.models import CASCADE

    allowed = {"Session", "Field", "FormGrant"}
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("cpims."):
            continue
        for field in model._meta.get_fields():
            remote = getattr(field, "remote_field", None)
            cascades = field.concrete and not field.many_to_many and getattr(remote, "on_delete", None) is CASCADE
            if cascades and model.__name__ not in allowed:
                found.append(f"{model.__name__}.{field.name}")
    assert found == []
