"""``cpims instance_facts``: what this instance says of itself, as one line of JSON, for ``cpims instance``."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.core.management.base import BaseCommand

from cpims.configuration.formats.canonical import hash_of, written
from cpims.configuration.queries import configuration_document
from cpims.promotion.models import Pair
from cpims.settings.models import Instance


def own_version() -> str:
    """The version of this program."""
    try:
        return version("cpims")
    except PackageNotFoundError:
        return "0"


class Command(BaseCommand):
    """Print kind, name, uuid, version, hash of the configuration, and the other instance of the pair."""

    help = "Prints what this instance says of itself, as JSON."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and print."""
        instance = Instance.objects.get()
        other = Pair.objects.filter(ended_at__isnull=True).first()
        facts = {
            "kind": instance.kind,
            "name": instance.name,
            "uuid": str(instance.uuid),
            "version": own_version(),
            "hash": hash_of(written(configuration_document(None))),
            "pair": {"uuid": str(other.uuid), "name": other.name, "url": other.url} if other else None,
        }
        self.stdout.write(json.dumps(facts))
