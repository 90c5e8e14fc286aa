"""Keeping a configuration that was sent here, and making one that is kept hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cpims.access.rules.viewer import Viewer, require
from cpims.audit.actions import record
from cpims.configuration.actions.applying import Applied, apply_document
from cpims.configuration.actions.publishing import keep_document, label_problems, next_number
from cpims.configuration.events import ConfigurationReceived
from cpims.configuration.formats.bundle import bundle_problems, document_from
from cpims.configuration.formats.canonical import written
from cpims.configuration.models import ConfigurationVersion
from cpims.configuration.queries import configuration_document
from cpims.configuration.queries.versions import document_of, get_listed
from cpims.configuration.rules.versions import NEVER_HELD, PublicationInvalid, usual_label
from cpims.lib.ids import new_id
from cpims.lib.transactions import atomic
from cpims.settings.actions import hold_configuration


@atomic
def keep_bundle(*, values: Mapping[str, Any], bundle: Any, actor: Viewer, at: datetime) -> ConfigurationVersion:
    """An administrator keeps a configuration that she got from elsewhere; nothing here changes before it is applied.

    ``values``: ``name``, and if she likes ``description`` and ``version``.
    Raises: Forbidden, PublicationInvalid.
    Records: ConfigurationReceived.
    """
    require(actor, "primero_configuration", "manage")
    hold_configuration()
    problems = label_problems(values) + bundle_problems(bundle)
    if problems:
        raise PublicationInvalid(problems)
    document = keep_document(written(document_from(bundle, configuration_document(actor))))
    made = new_id()
    version = ConfigurationVersion.objects.create(
        id=made, number=next_number(), document=document, configuration=NEVER_HELD, at=at, by=actor.user_name,
        cause="bundle", reason=(values.get("description") or "").strip(), name=values["name"].strip(),
        version=values.get("version") or usual_label(at, made),
    )  # fmt: skip
    about = {"hash": document.hash, "name": version.name, "version": version.version}
    record(ConfigurationReceived(subject=f"configuration:{version.number}", about=about), actor=actor, at=at)
    return version


@atomic
def apply_version(*, version_id: UUID | None, actor: Viewer, at: datetime) -> Applied:
    """An administrator makes a configuration of the list hold, at once and without locking anybody out.

    Raises: Forbidden, VersionNotFound, ConfigurationClosed, and what ``apply_document`` refuses.
    Records: ConfigurationPublished, and the rest as ``apply_document``.
    """
    version = get_listed(actor, version_id)
    return apply_document(
        document=document_of(version),
        actor=actor,
        at=at,
        cause="bundle",
        reason=version.name or version.reason or version.version,
        source=f"configuration:{version.number}",
    )
