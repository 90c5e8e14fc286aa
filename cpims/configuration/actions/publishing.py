"""Keeping what is configured as a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.configuration.events import ConfigurationPublished, ConfigurationPutAway
from cpims.configuration.formats.canonical import Document, hash_of, packed, written
from cpims.configuration.models import ConfigurationDocument, ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.linting import find_problems
from cpims.configuration.queries.versions import get_listed, newest_version
from cpims.configuration.rules.applying import DocumentRefused
from cpims.configuration.rules.versions import (
    NothingToPublish,
    PublicationInvalid,
    publication_problems,
    usual_label,
)
from cpims.lib.errors import Problem
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration


@atomic
def publish_version(*, reason: str, actor: Viewer | None, at: datetime) -> ConfigurationVersion:
    """An operator (no actor) or administrator keeps what is configured now as a version, and says why.

    What is weak is let through; what is wrong is not: publishing it would carry the mistake to where it does harm.
    Raises: Forbidden, PublicationInvalid, DocumentRefused, NothingToPublish.
    Records: ConfigurationPublished.
    """
    if actor is not None:
        require(actor, "primero_configuration", "manage")
    instance = hold_configuration(actor)
    problems = publication_problems({"reason": reason}, needed="reason")
    if problems:
        raise PublicationInvalid(problems)
    require_sound(configuration_document(None))
    kept = keep_version(cause="publish", actor=actor, at=at, reason=reason.strip(), again=False)
    if kept is None:
        newest = newest_version()
        raise NothingToPublish(number=newest.number if newest else 0, configuration=instance.configuration)
    return kept


@atomic
def publish_snapshot(*, values: Mapping[str, Any], actor: Viewer, at: datetime) -> ConfigurationVersion:
    """An administrator keeps what is configured now under a name of hers, though nothing may have changed (as in Primero).

    ``values``: ``name``, and if she likes ``description`` and ``version``.
    Raises: Forbidden, PublicationInvalid.
    Records: ConfigurationPublished.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration(actor)
    problems = label_problems(values)
    if problems:
        raise PublicationInvalid(problems)
    kept = keep_version(
        cause="snapshot", actor=actor, at=at, reason=(values.get("description") or "").strip(),
        name=values["name"].strip(), label=values.get("version") or "", again=True,
    )  # fmt: skip
    assert kept is not None
    return kept


@atomic
def put_version_away(*, version_id: UUID | None, actor: Viewer, at: datetime) -> ConfigurationVersion:
    """An administrator takes a version off the list of configurations; the history keeps it.

    Raises: Forbidden, VersionNotFound.
    Records: ConfigurationPutAway.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration()
    version = get_listed(actor, version_id)
    version.put_away_at = at
    version.save(update_fields=["put_away_at"])
    changes = {"put_away_at": (None, at)}
    record(ConfigurationPutAway(subject=f"configuration:{version.number}", changes=changes), actor=actor, at=at)
    return version


def keep_version(
    *,
    cause: str,
    actor: Viewer | None,
    at: datetime,
    reason: str,
    again: bool,
    name: str = "",
    label: str = "",
    source: str = "",
) -> ConfigurationVersion | None:
    """Keep what is configured now for an act that holds the configuration; nothing if the newest version says the same."""
    document = keep_document(written(configuration_document(None)))
    newest = newest_version()
    if newest is not None and newest.document_id == document.hash and not again:
        return None
    made = new_id()
    version = ConfigurationVersion.objects.create(
        id=made,
        number=next_number(),
        document=document,
        configuration=hold_configuration().configuration,
        at=at,
        by=actor.user_name if actor else None,
        cause=cause,
        reason=reason,
        name=name,
        version=label or usual_label(at, made),
    )
    about = {"hash": document.hash, "cause": cause, "reason": reason, "version": version.version}
    if source:
        about["source"] = source
    record(ConfigurationPublished(subject=f"configuration:{version.number}", about=about), actor=actor, at=at)
    return version


def require_sound(document: Document) -> None:
    """Refuse a configuration in which anything is wrong, with all of it.

    Raises: DocumentRefused.
    """
    wrong = [finding.problem for finding in find_problems(None, document) if not finding.warning]
    if wrong:
        raise DocumentRefused(wrong)


def label_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the name and the version under which a configuration shall be kept."""
    problems = publication_problems(values, needed="name")
    label = values.get("version") or ""
    if not problems and label and ConfigurationVersion.objects.filter(version=label).exists():
        params = {"primero": "errors.models.configuration.version.uniqueness"}
        problems.append(Problem("/version", "configuration.version_taken", params))
    return problems


def keep_document(content: bytes) -> ConfigurationDocument:
    """Keep the bytes of a document under their hash, once."""
    document, _ = ConfigurationDocument.objects.get_or_create(
        hash=hash_of(content), defaults={"content": packed(content), "length": len(content)}
    )
    return document


def next_number() -> int:
    """The number of the next version, for an act that holds the configuration."""
    newest = ConfigurationVersion.objects.order_by("-number").values_list("number", flat=True).first()
    return (newest or 0) + 1
