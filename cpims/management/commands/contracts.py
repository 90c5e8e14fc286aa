"""``cpims contracts``: write down what the code promises (events, refusals, permissions, actions)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpims.management.contracts import CATALOGUES, FOLDER, as_text, current


class Command(BaseCommand):
    """Write ``contracts/*.json`` from the code."""

    help = "Writes contracts/events.json, errors.json, permissions.json and actions.json from the code."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each catalogue that differs."""
        for name in CATALOGUES:
            path, text = FOLDER / name, as_text(current(name))
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                self.stdout.write(f"contracts/{name}")
