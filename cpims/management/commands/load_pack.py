"""``cpims load_pack``: the former name of ``cpims pack load``."""

from cpims.management.commands.pack_load import Command, told

__all__ = ["Command", "told"]
