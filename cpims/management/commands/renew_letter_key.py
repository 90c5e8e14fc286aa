"""``cpims renew_letter_key``: from now on devices seal unsent work to a fresh key of this instance."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cpims.lib.letters import renew_letter_box
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale


class Command(BaseCommand):
    """Make the next key pair; the older ones stay and open what is on its way."""

    help = "Makes a fresh key to which devices seal unsent work; older keys still open what was sealed to them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key and say its name."""
        self.stdout.write(sentence(locale(), "ops.letters.renewed", id=renew_letter_box().id))
