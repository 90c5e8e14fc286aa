"""``cpims audit verify``: are both books as they were written?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from cpims.audit.queries import BOOKS, verify_book


class Command(BaseCommand):
    """Check the chains of both books from the first entry to the last."""

    help = "Checks that nothing in the two books was changed, removed or put in between."

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk both books; the exit code is 1 when one does not hold."""
        broken = False
        for book in BOOKS:
            verdict = None
            for reached, found in verify_book(book):
                if sys.stderr.isatty():
                    self.stderr.write(f"\r{book.name}: {reached} checked", ending="")
                verdict = found
            assert verdict is not None
            if verdict.holds:
                self.stdout.write(
                    f"{book.name}: {verdict.sealed} sealed entries hold; {verdict.erased} erased, "
                    f"{verdict.unsealed} not sealed yet"
                )
            else:
                broken = True
                self.stdout.write(f"{book.name}: entry {verdict.fault_at} does not hold ({verdict.fault})")
        if broken:
            sys.exit(1)
