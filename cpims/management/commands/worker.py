"""``cpims worker``: background jobs and the sealer of the books."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpims.jobs.worker import run_worker


class Command(BaseCommand):
    """Run the worker process."""

    help = "Runs background jobs and seals the books."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to end."""
        run_worker()
