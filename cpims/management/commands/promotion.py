"""``cpims promotion key|pair FILE|check``: the other instance of this implementation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpims.lib.clock import now
from cpims.lib.errors import Invalid, Refusal
from cpims.lib.json import BadJson, dumps, loads
from cpims.lib.messages import sentence
from cpims.management.launch.words import locale
from cpims.promotion.actions.drift import raise_drift
from cpims.promotion.actions.pairing import KEYS, check_pair, pair_instance
from cpims.promotion.queries.standing import card


class Command(BaseCommand):
    """Tell what the other instance has to know of this one; name the other one; ask how the two stand."""

    help = sentence("en", "ops.promotion.help")

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and what the other instance printed: a file with it, or the line itself."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("key")
        acts.add_parser("pair").add_argument("card")
        acts.add_parser("check")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        try:
            if options["act"] == "key":
                self.stdout.write(dumps(card()).decode())
            elif options["act"] == "pair":
                pair = pair_instance(values=_card(options["card"]), actor=None, at=now())
                words = {"name": pair.name, "kind": pair.kind, "url": pair.url}
                self.stdout.write(sentence(locale(), "ops.promotion.paired", **words))
            else:
                raise_drift(actor=None, at=now())
                self.stdout.write(check_pair(actor=None, at=now()).state)
        except Refusal as refusal:
            first = refusal.problems[0].code if isinstance(refusal, Invalid) and refusal.problems else refusal.code
            said = sentence(locale(), first, **refusal.params)
            raise CommandError(sentence(locale(), "ops.promotion.refused", code=first, sentence=said)) from refusal


def _card(given: str) -> dict[str, str]:
    try:
        value = loads(given if given.lstrip().startswith("{") else Path(given).read_bytes())
    except (OSError, BadJson) as error:
        raise CommandError(sentence(locale(), "ops.promotion.unreadable", path=given[:80])) from error
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in KEYS):
        raise CommandError(sentence(locale(), "ops.promotion.unreadable", path=given[:80]))
    return {key: value[key] for key in KEYS}
