"""``cpims openapi``: write the description of both APIs into ``contracts/openapi.json``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpims.management.contracts import FOLDER, as_text
from cpims.management.contracts.api import described


class Command(BaseCommand):
    """Write what every route takes and gives."""

    help = "Writes contracts/openapi.json; then `npm run api` in web/ makes the client's types of it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the document."""
        path = FOLDER / "openapi.json"
        path.write_text(as_text(described()), encoding="utf-8")
        self.stdout.write("contracts/openapi.json")
